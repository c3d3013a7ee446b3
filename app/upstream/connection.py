"""One HTTP/1.1 connection to a server: one exchange at a time, read as the bytes come."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Final, cast

import httptools
import httpx

# More than this of a body that nobody reads yet stays in the socket.
_MOST_UNREAD_BYTES: Final = 262_144
# What may come without a piece of the body in it (an answer's head, or its trailers): more than any server
# sends, and little enough to be held.
_MOST_HEAD_BYTES: Final = 100_000
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class Exchange(httpx.AsyncByteStream):
    """A request that was sent, and its answer: `status` and `headers`, and as a stream the raw body.

    Whatever ends it before the answer does is raised as httpx's own transports raise it.
    """

    def __init__(self, connection: "Connection") -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        # Whether the head of the answer is here, and whether all of it is.
        self.is_answered = False
        self.is_complete = False
        # Whether anything at all came back.
        self.has_begun = False
        self.is_paused = False
        # Asked first for a piece of the body that somebody waits for: what it takes wakes nobody.
        self.taker: Callable[[bytes], bool] | None = None
        self._connection = connection
        self._pieces: list[bytes] = []
        self._unread_bytes = 0
        self._error: httpx.TransportError | None = None
        self._waiter: asyncio.Future[None] | None = None

    def more(self) -> "asyncio.Future[None]":
        """Done when there is more to look at than now. Raises httpx.TransportError where none will come."""
        if self._error is not None:
            raise self._error
        self._waiter = self._connection.loop.create_future()
        return self._waiter

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """What has come of the body since, at least a byte. Raises httpx.TransportError."""
        while not self._pieces:
            if self.is_complete:
                raise StopAsyncIteration
            await self.more()
        pieces = self._pieces
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._pieces = []
        self._unread_bytes = 0
        if self.is_paused:
            self._connection.resume(self)
        return body

    async def aclose(self) -> None:
        """Lets go of the connection, which is lost where the answer is not whole."""
        if not self.is_complete:
            self._connection.abort()

    def add(self, piece: bytes) -> None:
        """More of the body."""
        self._pieces.append(piece)
        self._unread_bytes += len(piece)
        if self._unread_bytes > _MOST_UNREAD_BYTES and not self.is_paused:
            self._connection.pause(self)

    def tell(self) -> None:
        """Something came: whoever waits looks again, unless it is a piece that is taken at once."""
        waiter, pieces = self._waiter, self._pieces
        if waiter is None or waiter.done():
            return
        is_alone = len(pieces) == 1 and not self.is_complete and not self.is_paused
        if self.taker is not None and is_alone and self.taker(pieces[0]):
            pieces.clear()
            self._unread_bytes = 0
        else:
            waiter.set_result(None)

    def fail(self, error: httpx.TransportError) -> None:
        """No more will come. What has come before can still be read."""
        if self._error is None and not self.is_complete:
            self._error = error
        self.wake()

    def wake(self) -> None:
        """Lets whoever waits look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Connection(asyncio.Protocol):
    """A connection. `on_free` hears when it can take another exchange, `on_lost` when it is gone."""

    # What bytes go through, and what lies below it where that is TLS.
    _transport: asyncio.Transport
    _wire: asyncio.Transport

    def __init__(
        self, on_free: Callable[["Connection"], None], on_lost: Callable[["Connection"], None]
    ) -> None:
        # Python 3.11 asks the system each time before it says which loop runs.
        self.loop = asyncio.get_running_loop()
        self.free_since = 0.0
        self._on_free = on_free
        self._on_lost = on_lost
        self._parser = httptools.HttpResponseParser(self)
        self._exchange: Exchange | None = None
        # Since the request, or the last piece of the body.
        self._head_bytes = 0
        # Whether the server leaves the connection open behind the answer.
        self._is_kept = False
        # Whether something came that nobody had asked for.
        self._is_dirty = False

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return not self._transport.is_closing()

    async def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speaks TLS from here on. Raises OSError."""
        if not self.is_open:
            raise ConnectionResetError("the server closed the connection at once")
        secured = await self.loop.start_tls(self._wire, self, context, server_hostname=host)
        self._transport = cast("asyncio.Transport", secured)

    def ask(self, request: tuple[bytes, bytes]) -> Exchange:
        """Sends a request, its head and its body; only where no other exchange is under way."""
        exchange = self._exchange = Exchange(self)
        self._head_bytes = 0
        self._transport.writelines(request)
        return exchange

    def abort(self) -> None:
        """Closes it at once, whatever is under way."""
        self._transport.abort()

    def pause(self, exchange: Exchange) -> None:
        """Leaves in the socket what is still to come of the answer."""
        exchange.is_paused = True
        self._transport.pause_reading()

    def resume(self, exchange: Exchange) -> None:
        """Reads again."""
        exchange.is_paused = False
        if self.is_open:
            self._transport.resume_reading()

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        self._transport = self._wire = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Reads what has come."""
        exchange = self._exchange
        if exchange is None:
            self.abort()
            return
        exchange.has_begun = True
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            exchange.fail(httpx.RemoteProtocolError(f"the answer is no HTTP: {error}"))
            self.abort()
            return
        if exchange.is_complete:
            self._end(exchange)
        elif self._head_bytes > _MOST_HEAD_BYTES:
            exchange.fail(httpx.RemoteProtocolError("the head of the answer is too large"))
            self.abort()
        exchange.tell()

    def eof_received(self) -> None:
        """The server has closed its side, which ends a body that nothing else does."""
        exchange = self._exchange
        if exchange is not None and exchange.is_answered and _lasts_until_the_end(exchange.headers):
            self._exchange = None
            exchange.is_complete = True
            exchange.wake()
        # To close would be to wait until the rest of the request is out, which nobody may read any more.
        self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            failure = httpx.ReadError("the connection broke")
            failure.__cause__ = error
            exchange.fail(failure if error else httpx.RemoteProtocolError("the server closed the connection"))
        # They hold each other.
        del self._parser
        self._on_lost(self)

    # What the parser tells.

    def on_message_begin(self) -> None:
        """An answer begins; after a whole one nobody has asked for it."""
        if self._exchange is None or self._exchange.is_complete:
            self._is_dirty = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or after the body a trailer, which says nothing that matters here."""
        exchange = self._exchange
        if exchange is not None and not exchange.is_answered:
            # What is behind a value is not part of it (RFC 9110, section 5.5).
            exchange.headers.append((name, value.rstrip()))

    def on_headers_complete(self) -> None:
        """The head of an answer is here."""
        exchange, status = self._exchange, self._parser.get_status_code()
        if exchange is None or exchange.is_answered:
            return
        if 100 <= status < 200:
            # Only to say that the answer is on its way.
            exchange.headers.clear()
        else:
            exchange.status = status
            exchange.is_answered = True

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        if self._exchange is not None and not self._is_dirty:
            self._head_bytes = 0
            self._exchange.add(piece)

    def on_message_complete(self) -> None:
        """An answer is whole."""
        if self._exchange is not None and self._exchange.is_answered:
            self._exchange.is_complete = True
            self._is_kept = self._parser.should_keep_alive()

    def _end(self, exchange: Exchange) -> None:
        self._exchange = None
        # An answer may come before its request is out; the rest of that is in the way of the next.
        # TLS knows nothing of that once it has handed it down.
        is_sent = not self._wire.get_write_buffer_size()
        if not self._is_kept or not is_sent or self._is_dirty:
            self.abort()
            return
        if exchange.is_paused:
            self.resume(exchange)
        self._on_free(self)


def _lasts_until_the_end(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether only the end of the connection can end the body."""
    return not any(name.lower() in _FRAMING for name, _ in headers)
