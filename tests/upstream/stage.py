"""The same server for both transports: what it sends, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.errors import MalformedAnswer, PerpetuoError
from app.settings import UpstreamTransport
from app.upstream import Upstream, UpstreamAnswer
from tests.conftest import make_settings
from tests.upstream.servers import Exchange, Server, post, serve

LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast"
FRAMING = (b"content-length", b"transfer-encoding")
# Far more than any example takes; without it, one that hangs would say nothing.
_PATIENCE_S = 5


@dataclass(frozen=True, slots=True)
class Script:
    """What a server sends: pieces, each with the seconds before it, and what it does with the connection."""

    pieces: tuple[tuple[float, bytes], ...]
    ending: Literal["keep", "close", "reset"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: the answer or the class of the error, and whether the connection was kept."""

    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    error: type[BaseException] | None = None
    is_reused: bool = False


class Stage:
    """A server that plays a script for the first request, and closes after the second."""

    def __init__(self, server: Server, clients: dict[UpstreamTransport, Upstream]) -> None:
        self._server = server
        self._clients = clients
        self.script = Script((), "close")
        self.is_over = asyncio.Event()

    async def outcome(self, transport: UpstreamTransport, script: Script) -> Outcome:
        """What one of the transports makes of a script."""
        self.script = script
        self.is_over.clear()
        self._server.requests.clear()
        upstream = self._clients[transport]
        async with asyncio.timeout(_PATIENCE_S):
            found = await _ask(upstream, self._server)
            await self.is_over.wait()
            last = await _ask(upstream, self._server)
        first, *_, second = self._server.requests
        assert (last.body, last.error) == (b"last", None)
        # httpx keeps no connection whose body was not decoded to its end, though it may be whole.
        is_reused = first.connection == second.connection and found.error is not MalformedAnswer
        return replace(found, is_reused=is_reused)

    async def play(self, exchange: Exchange) -> None:
        """Answers one request."""
        if exchange.number > 1:
            await exchange.write(LAST)
            raise ConnectionError
        try:
            for pause_s, piece in self.script.pieces:
                await asyncio.sleep(pause_s)
                await exchange.write(piece)
            if self.script.ending == "reset":
                exchange.reset()
            if self.script.ending != "keep":
                exchange.writer.close()
                await exchange.writer.wait_closed()
                raise ConnectionError
        finally:
            self.is_over.set()


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """A server, and a client with each transport."""
    settings = make_settings(folder)
    clients = {
        transport: Upstream(settings.model_copy(update={"upstream_transport": transport}))
        for transport in UpstreamTransport
    }
    stages: list[Stage] = []

    async def play(exchange: Exchange) -> None:
        await stages[0].play(exchange)

    async with serve(play) as server:
        stages.append(Stage(server, clients))
        yield stages[0]
        for client in clients.values():
            await client.close()


async def _ask(upstream: Upstream, server: Server) -> Outcome:
    answer: UpstreamAnswer | None = None
    body = b""
    error: type[BaseException] | None = None
    try:
        answer = await post(upstream, server)
        while (piece := await answer.piece()) is not None:
            body += piece
    except PerpetuoError as failure:
        error = type(failure)
    if answer is None:
        return Outcome(error=error)
    await answer.close()
    # httpx gives the headers that frame the body as it understands them, not as they came.
    headers = tuple(
        (name, value.lower().lstrip(b"0") if name.lower() in FRAMING else value)
        for name, value in answer._headers
    )
    if error is MalformedAnswer:
        # How much could be decoded before is a matter of how it was split.
        body = b""
    return Outcome(answer.status, headers, body, error)
