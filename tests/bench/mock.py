"""A provider that costs next to nothing: what the gateways under measurement ask.

    .venv/bin/python -m tests.bench.mock PORT [CERTIFICATE KEY]

It answers in OpenAI's words, below /v1/messages in Anthropic's, always the same. A model with "slow" in its
name streams a chunk every 200 ms, any other every 20 ms. GET gives how many connections and completions there
were.
"""

import asyncio
import re
import ssl
import sys
from collections.abc import Sequence
from typing import cast

import uvloop

from tests.bench.speech import ANTHROPIC, OPENAI

_TICK_S = 0.001
_TICKS, _SLOW_TICKS = 20, 200
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Stream:
    """Pieces on their way to one client."""

    __slots__ = ("connection", "left", "ticks")

    def __init__(self, connection: "_Connection", pieces: Sequence[bytes], ticks: int) -> None:
        self.connection = connection
        self.left = iter(pieces)
        self.ticks = ticks

    def go_on(self) -> bool:
        """Sends a piece; whether there may be another one."""
        piece = next(self.left, None)
        if piece is None or self.connection.is_lost:
            return False
        self.connection.transport.write(piece)
        return True


class _Wheel:
    """The one clock of all streams: those that are due at the same millisecond stand in one slot."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._slots: list[list[_Stream]] = [[] for _ in range(_SLOW_TICKS + 1)]
        self._tick = 0
        self._streams = 0
        self._due = 0.0

    def add(self, stream: _Stream) -> None:
        """Sends its first piece an interval from now."""
        self._streams += 1
        if self._streams == 1:
            self._due = self._loop.time() + _TICK_S
            self._loop.call_at(self._due, self._turn)
        self._place(stream)

    def _place(self, stream: _Stream) -> None:
        self._slots[(self._tick + stream.ticks) % len(self._slots)].append(stream)

    def _turn(self) -> None:
        # More than one slot where the clock is late: the pace of a stream is that of its provider.
        while self._due <= self._loop.time():
            self._due += _TICK_S
            self._tick += 1
            slot = self._tick % len(self._slots)
            streams, self._slots[slot] = self._slots[slot], []
            for stream in streams:
                if stream.go_on():
                    self._place(stream)
                else:
                    self._streams -= 1
        if self._streams:
            self._loop.call_at(self._due, self._turn)


class _Mock:
    """What all connections share."""

    def __init__(self) -> None:
        self.wheel = _Wheel()
        self.connections = 0
        self.completions = 0

    def connection(self) -> "_Connection":
        """A connection to come."""
        return _Connection(self)


class _Connection(asyncio.Protocol):
    __slots__ = ("_mock", "_rest", "is_lost", "transport")

    transport: asyncio.Transport

    def __init__(self, mock: _Mock) -> None:
        self._mock = mock
        self._rest = b""
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are none of asyncio's classes.
        self.transport = cast("asyncio.Transport", transport)
        self._mock.connections += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True

    def data_received(self, piece: bytes) -> None:
        data = self._rest + piece if self._rest else piece
        while (end := data.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(data, 0, end)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(data) < size:
                break
            self._answer(data[:size])
            data = data[size:]
        self._rest = data

    def _answer(self, request: bytes) -> None:
        if request.startswith(b"GET "):
            seen = b'{"connections": %d, "completions": %d}' % (
                self._mock.connections,
                self._mock.completions,
            )
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(seen), seen))
            return
        self._mock.completions += 1
        speech = ANTHROPIC if request.startswith(b"POST /v1/messages") else OPENAI
        if b'"stream":true' in request:
            ticks = _SLOW_TICKS if b"slow" in request else _TICKS
            self._mock.wheel.add(_Stream(self, speech.stream, ticks))
        else:
            self.transport.write(speech.plain)


async def serve(port: int, certificate: str = "", key: str = "") -> None:
    """Answers at this port of loopback until the process ends."""
    context: ssl.SSLContext | None = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    mock = _Mock()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(mock.connection, "127.0.0.1", port, ssl=context, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), *sys.argv[2:]))
