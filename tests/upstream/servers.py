"""Servers for the tests, scripted down to the byte."""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.upstream import Upstream, UpstreamAnswer

LIMIT = 10_000_000
HEADERS = (("authorization", "Bearer sk-secret"), ("content-type", "application/json"))

Handler = Callable[["Exchange"], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Exchange:
    """One request as the server sees it, and the way to answer it."""

    head: bytes
    body: bytes
    connection: int
    # Of its server's requests, from one.
    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def write(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, *headers: str, status: str = "200 OK") -> None:
        """Sends a whole answer."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        await self.write("\r\n".join(lines).encode() + body)

    def reset(self) -> None:
        """Breaks the connection with an RST."""
        own: int = self.writer.get_extra_info("socket").fileno()
        # Of its own, because uvloop lends none that takes options.
        with socket.socket(fileno=os.dup(own)) as handle:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def client_is_gone(self) -> None:
        """Returns when the client has closed its side."""
        while await self.reader.read(65_536):
            pass


@dataclass(slots=True)
class Server:
    """A running server: its address, and what it has seen."""

    port: int
    # Those that were ever made, and those that are open.
    connections: int = 0
    open: int = 0
    requests: list[Exchange] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/v1"


@asynccontextmanager
async def serve(
    handler: Handler, tls: ssl.SSLContext | None = None, *, reads_bodies: bool = True
) -> AsyncIterator[Server]:
    """A server that lets `handler` answer each request, on a free port of loopback."""
    server = Server(0)
    tasks: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open += 1
        connection = server.connections
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head) if reads_bodies else 0)
                number = len(server.requests) + 1
                exchange = Exchange(head, body, connection, number, reader, writer)
                server.requests.append(exchange)
                await handler(exchange)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            server.open -= 1
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio complains loudly when the one that it would make is cancelled.
        tasks.add(asyncio.create_task(converse(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    """Returns when something is so that no event tells of."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 # it is a look into our own transport, which has no events for it
            await asyncio.sleep(0.001)


async def post(upstream: Upstream, server: Server, body: bytes = b"{}") -> UpstreamAnswer:
    """The answer to a request, once its headers are in."""
    return await upstream.send("POST", server.url + "/chat", HEADERS, body)


async def read(upstream: Upstream, server: Server, limit_bytes: int = LIMIT) -> bytes:
    """The whole body of the answer to a request."""
    answer = await post(upstream, server)
    try:
        return await answer.read(limit_bytes)
    finally:
        await answer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
