"""Our own way to a server: an httpx transport at a fraction of the costs of httpx's (docs/benchmarks.md)."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

import httpx
from aiohappyeyeballs import AddrInfoType, start_connection

from app.upstream import network
from app.upstream.connection import Connection, Exchange
from app.upstream.pool import Pool

# How long a connection that nobody uses is kept, and how often it is looked at.
_IDLE_S: Final = 30.0
_SWEEP_EVERY_S: Final = 10.0
# How long an address may take before the next is tried beside it (RFC 8305, section 8).
_NEXT_ADDRESS_AFTER_S: Final = 0.25
_PORTS: Final = {b"http": 80, b"https": 443}

_Told = Callable[[Connection], None]
# Scheme, host and port.
Origin = tuple[bytes, bytes, int]


class DirectTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 straight to the server, GET and POST with whole bodies, over connections that are kept.

    Honours the time limits `connect` and `pool` of a request. How long an answer may take is up to whoever
    waits for it: to cancel is to close the connection.
    """

    def __init__(
        self, ssl_context: ssl.SSLContext, turns: network.Turns, *, most: int, is_public_only: bool
    ) -> None:
        """`most` connections to each origin. `is_public_only`: none of them into private networks."""
        self._turns = turns
        self._ssl_context = ssl_context
        self._ssl_context.set_alpn_protocols(["http/1.1"])
        self._most = most
        self._is_public_only = is_public_only
        self._pools: dict[Origin, Pool] = {}
        self._sweep: asyncio.TimerHandle | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx asks: the answer, once its head is here.

        Raises UpstreamForbidden and what httpx's transports raise: UnsupportedProtocol, LocalProtocolError,
        PoolTimeout, ConnectTimeout, ConnectError, ReadError and RemoteProtocolError.
        """
        if "transfer-encoding" in request.headers:
            raise httpx.LocalProtocolError("a body is sent whole, with its length")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        head = to_head(request.method, request.url.raw_path.decode("ascii"), headers)
        limits = request.extensions.get("timeout", {})
        exchange = await self.exchange(
            origin_of(request.url),
            (head, await request.aread()),
            wait_s=limits.get("pool"),
            connect_s=limits.get("connect"),
        )
        return httpx.Response(exchange.status, headers=exchange.headers, stream=exchange)

    async def exchange(
        self, origin: Origin, request: tuple[bytes, bytes], *, wait_s: float | None, connect_s: float | None
    ) -> Exchange:
        """The same without httpx's objects, which cost more than the rest of it: head and body go out."""
        pool = self._pools.get(origin) or self._new_pool(origin)
        is_retry = False
        while True:
            is_new, connection = False, None if is_retry else pool.take()
            if connection is None:
                connection, is_new = await pool.borrow(wait_s=wait_s, connect_s=connect_s, is_fresh=is_retry)
            exchange = connection.ask(request)
            try:
                while not exchange.is_answered:
                    await exchange.more()
            except BaseException as error:
                await exchange.aclose()
                # A server may close a kept connection in the very moment it is used: it has not read a word.
                is_stale = not is_new and not exchange.has_begun and isinstance(error, httpx.TransportError)
                if is_retry or not is_stale:
                    raise
                is_retry = True
            else:
                return exchange

    async def aclose(self) -> None:
        """Closes every connection."""
        if self._sweep is not None:
            self._sweep.cancel()
        for pool in self._pools.values():
            pool.close()

    def _new_pool(self, origin: Origin) -> Pool:
        pool = self._pools[origin] = Pool(partial(self._connect, origin), self._most)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_SWEEP_EVERY_S, self._close_idle)
        return pool

    def _close_idle(self) -> None:
        loop = asyncio.get_running_loop()
        for origin, pool in tuple(self._pools.items()):
            pool.close_free(loop.time() - _IDLE_S)
            if pool.is_unused:
                del self._pools[origin]
        self._sweep = loop.call_later(_SWEEP_EVERY_S, self._close_idle) if self._pools else None

    async def _connect(
        self, origin: Origin, on_free: _Told, on_lost: _Told, limit_s: float | None
    ) -> Connection:
        scheme, raw_host, port = origin
        host = raw_host.decode("ascii")
        try:
            async with asyncio.timeout(limit_s):
                connection = await _adopted(
                    await self._reach(host, port), lambda: Connection(on_free, on_lost)
                )
                if scheme == b"https":
                    await connection.secure(self._ssl_context, host)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("nobody took the connection within the time limit") from error
        except (OSError, RuntimeError) as error:
            # uvloop has a RuntimeError for some of them.
            raise httpx.ConnectError("the connection could not be made") from error
        return connection

    async def _reach(self, host: str, port: int) -> socket.socket:
        """A connected socket, by whichever of the host's addresses answers first."""
        found = await self._turns.of(_public if self._is_public_only else network.look_up, host, port)
        return await start_connection(found, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER_S)


async def _public(host: str, port: int) -> Sequence[AddrInfoType]:
    """As `network.look_up`, of public addresses alone. Raises UpstreamForbidden too."""
    # Those very addresses, with no second look-up that could give others.
    addresses = await network.public_addresses(host, port)
    return [info for address in addresses for info in await network.look_up(address, port)]


async def _adopted(connected: socket.socket, make: Callable[[], Connection]) -> Connection:
    """The connection of a socket, which is the event loop's from then on.

    To give up does not stop it half-way. There uvloop has closed the socket's number, but the socket does not
    know; once forgotten it closes the number again, whoever has it by then (MagicStack/uvloop#738).
    """
    loop = asyncio.get_running_loop()
    adoption = loop.create_task(loop.create_connection(make, sock=connected))
    try:
        _, connection = await asyncio.shield(adoption)
    except asyncio.CancelledError:
        adoption.add_done_callback(_hang_up)
        raise
    return connection


def _hang_up(adoption: "asyncio.Task[tuple[asyncio.Transport, Connection]]") -> None:
    if not adoption.cancelled() and adoption.exception() is None:
        adoption.result()[0].abort()


def origin_of(url: httpx.URL) -> Origin:
    """Where to connect to. Raises httpx.UnsupportedProtocol."""
    if url.raw_scheme not in _PORTS or not url.raw_host:
        raise httpx.UnsupportedProtocol("expected an http:// or https:// address")
    return url.raw_scheme, url.raw_host, url.port or _PORTS[url.raw_scheme]


def to_head(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head of a request. Raises httpx.LocalProtocolError and UnicodeEncodeError."""
    lines = [f"{method} {target} HTTP/1.1", *[f"{name}: {value}" for name, value in headers], "", ""]
    head = "\r\n".join(lines).encode("ascii")
    ends = len(lines) - 1
    if head.count(b"\n") != ends or head.count(b"\r") != ends or b"\0" in head:
        # Its value may be a secret.
        raise httpx.LocalProtocolError("a header's value is not valid")
    return head
