"""The simulated provider inside the gateway's own process, for who has no provider yet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.errors import SimulatorUnavailable
from app.settings import Settings
from app.simulator.server import running
from app.simulator.simulator import Simulator

# Slow enough for the eye to see a stream, quick enough not to wait for it.
_PACE_S = 0.02


class EmbeddedSimulator:
    """A simulator at an address of its own, which is the same after each restart.

    It listens on loopback only, from the first `ensure` until the block of `running` ends.
    """

    def __init__(self, settings: Settings) -> None:
        self._port = settings.simulator_port
        self._starting = asyncio.Lock()
        self._is_listening = False
        # What is open; comes with `running`.
        self._opened: AsyncExitStack | None = None

    @property
    def base_url(self) -> str:
        """What a provider key for it has as its base URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Lets it be started while the block runs, and ends it with the block."""
        async with AsyncExitStack() as opened:
            self._opened = opened
            try:
                yield
            finally:
                self._opened = None
                self._is_listening = False

    async def ensure(self) -> None:
        """Listens, if it does not yet. Raises SimulatorUnavailable."""
        async with self._starting:
            if self._is_listening:
                return
            if self._opened is None:
                raise SimulatorUnavailable("The simulated provider lives as long as the server runs.")
            # Nobody looks at what it has seen, and it lives as long as the gateway does.
            simulator = Simulator(pace_s=_PACE_S, remembered=0)
            try:
                await self._opened.enter_async_context(running(simulator, self._port, is_shared=True))
            except OSError as error:
                raise SimulatorUnavailable(
                    f"The simulated provider cannot listen on port {self._port}; another program may have "
                    "it. Set SIMULATOR_PORT to a free one and start again."
                ) from error
            self._is_listening = True
