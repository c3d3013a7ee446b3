"""Serving the simulated providers on loopback."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from app.core.provider_name import ProviderName
from app.simulator.connection import Connection
from app.simulator.simulator import Simulator

_PATHS: Mapping[ProviderName, str] = MappingProxyType(
    {
        ProviderName.OPENAI: "/v1",
        ProviderName.ANTHROPIC: "/anthropic",
        ProviderName.GOOGLE: "/google",
        ProviderName.COHERE: "/cohere",
        ProviderName.MISTRAL: "/mistral",
        ProviderName.CUSTOM: "/v1",
    }
)


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that listens at `url`, which is without path."""

    url: str
    simulator: Simulator

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        return self.base_url_of(ProviderName.OPENAI)

    def base_url_of(self, provider: ProviderName) -> str:
        """What the provider's own client takes as its base URL."""
        return self.url + _PATHS[provider]


@asynccontextmanager
async def running(
    simulator: Simulator | None = None, port: int = 0, *, is_shared: bool = False
) -> AsyncIterator[RunningSimulator]:
    """A simulator that listens on 127.0.0.1 while the block runs; port 0 takes a free one.

    Processes of one user may share a port if all say so. At the end connections are dropped, those with a
    hanging answer too.
    """
    simulator = simulator or Simulator()
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(simulator.answer, connections), "127.0.0.1", port, reuse_port=is_shared
    )
    try:
        bound = server.sockets[0].getsockname()[1]
        yield RunningSimulator(f"http://127.0.0.1:{bound}", simulator)
    finally:
        server.close()
        await asyncio.gather(*(connection.close() for connection in tuple(connections)))
        await server.wait_closed()
