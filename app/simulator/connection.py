"""One HTTP/1.1 connection on the bare transport: server libraries do not misbehave on demand."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.client import responses
from typing import cast

import httptools


@dataclass(frozen=True, slots=True)
class Request:
    """A whole HTTP request. Header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    keeps_alive: bool


class Wire:
    """The answering half of a connection: what is written goes out as it is, or not at all."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._writable = asyncio.Event()
        self._writable.set()
        self._is_chunked = False

    @property
    def is_open(self) -> bool:
        """Whether another answer can go out on this connection."""
        return not self._transport.is_closing()

    async def start(self, status: int, headers: Mapping[str, str], length: int | None) -> None:
        """Sends status and headers; a body without a length is sent in chunks."""
        self._is_chunked = length is None
        framing = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
        reason = responses.get(status, "")
        lines = [f"{name}: {value}\r\n" for name, value in {**headers, **framing}.items()]
        await self._write(f"HTTP/1.1 {status} {reason}\r\n{''.join(lines)}\r\n".encode())

    async def send(self, piece: bytes) -> None:
        """Sends a piece of the body."""
        await self._write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._is_chunked and piece else piece)

    async def finish(self) -> None:
        """Ends the body as HTTP wants it; the connection stays open for the next request."""
        if self._is_chunked:
            await self._write(b"0\r\n\r\n")

    def cut(self) -> None:
        """Closes the connection once what was written is out, wherever the body stands."""
        self._transport.close()

    def reset(self) -> None:
        """Closes the connection with a RST instead of a FIN; what was not sent yet is lost."""
        endpoint = cast("socket.socket", self._transport.get_extra_info("socket"))
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def pause(self) -> None:
        """Makes writers wait: the client does not read."""
        self._writable.clear()

    def resume(self) -> None:
        """Lets writers go on."""
        self._writable.set()

    async def _write(self, piece: bytes) -> None:
        self._transport.write(piece)
        await self._writable.wait()


Answerer = Callable[[Request, Wire], Awaitable[None]]


class Connection(asyncio.Protocol):
    """Has requests answered one after the other; a client that goes away cancels its answer."""

    def __init__(self, answer: Answerer, connections: "set[Connection]") -> None:
        self._answer = answer
        self._connections = connections
        self._requests: asyncio.Queue[Request] = asyncio.Queue()
        self._parser = httptools.HttpRequestParser(self)
        self._path = ""
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Starts answering."""
        self._transport = cast("asyncio.Transport", transport)
        self._wire = Wire(self._transport)
        self._connections.add(self)
        self._task = asyncio.create_task(self._serve())

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancels the answer that is under way."""
        self._connections.discard(self)
        self._task.cancel()

    def pause_writing(self) -> None:
        """Called when the client reads too slowly."""
        self._wire.pause()

    def resume_writing(self) -> None:
        """Called when the client has caught up."""
        self._wire.resume()

    def data_received(self, data: bytes) -> None:
        """Feeds the parser; what is not HTTP ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        """Called by the parser: a request begins."""
        self._path, self._headers, self._body = "", {}, bytearray()

    def on_url(self, url: bytes) -> None:
        """Called by the parser, for each piece of the request's target."""
        self._path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser, for each header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Called by the parser: the body may come, if the client waits to be told so."""
        if self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Called by the parser, for each piece of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Called by the parser: the request is whole."""
        method = self._parser.get_method().decode("ascii")
        keeps_alive = self._parser.should_keep_alive()
        request = Request(method, self._path, self._headers, bytes(self._body), keeps_alive)
        self._requests.put_nowait(request)

    async def close(self) -> None:
        """Drops the connection without waiting for the answer that is under way."""
        self._transport.abort()
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _serve(self) -> None:
        is_kept = True
        try:
            while is_kept and self._wire.is_open:
                request = await self._requests.get()
                await self._answer(request, self._wire)
                is_kept = request.keeps_alive
        finally:
            self._wire.cut()
