"""The only opener of upstream sockets, and the only place where a foreign HTTP error becomes one of ours."""

import os
import socket
import ssl
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, cast

import httpx

from app.errors import (
    AnswerTooLarge,
    ConnectionFailed,
    ConnectionsExhausted,
    MalformedAnswer,
    PerpetuoError,
    StartRefused,
    UpstreamCut,
    UpstreamTimeout,
)
from app.settings import Settings, UpstreamTransport
from app.upstream import proxies
from app.upstream.compression import unpacked
from app.upstream.connection import Exchange
from app.upstream.network import PublicTransport, Turns
from app.upstream.transport import DirectTransport, Origin, origin_of, to_head

# How long a request waits for one of our own connections.
_POOL_WAIT_S: Final = 2.0
# More idle connections of httpx cost more time per request than new ones: it looks at each of them each time.
_IDLE_CONNECTIONS: Final = 20
_IDLE_S: Final = 30.0
# A stranger can name hosts whose name servers are silent, and must not keep the resolver from the providers.
_STRANGERS_LOOK_UPS: Final = 8
# OpenSSL's codes for a certificate with another name or address; its words for them quote the host.
_FOR_ANOTHER_HOST: Final = frozenset({62, 64})
# Where httpx looks for certificates before it takes its own.
_CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_ENCODING: Final = b"content-encoding"
_TYPE: Final = b"content-type"


class UpstreamAnswer:
    """An HTTP answer whose headers have come; the body is read once, whole or in pieces. Always close it."""

    def __init__(
        self, status: int, headers: Sequence[tuple[bytes, bytes]], stream: httpx.AsyncByteStream
    ) -> None:
        self.status = status
        self._headers = headers
        self._stream = stream
        self._body = _decompressed(status, headers, stream)
        self._next = aiter(self._body).__anext__

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, names in lower case."""
        return httpx.Headers(self._headers)

    @property
    def is_json(self) -> bool:
        """Whether its headers say that the body is JSON."""
        for name, value in self._headers:
            if len(name) == len(_TYPE) and name.lower() == _TYPE and b"json" in value.lower():
                return True
        return False

    @property
    def is_whole(self) -> bool:
        """Whether all of the body is known to have come, read or not."""
        return isinstance(self._body, Exchange) and self._body.is_complete

    async def read(self, limit_bytes: int) -> bytes:
        """The whole body, decompressed. Raises AnswerTooLarge, UpstreamCut or MalformedAnswer."""
        pieces: list[bytes] = []
        size_bytes = 0
        try:
            # A loop of its own, and not one over `piece`: most answers are short and read right here.
            while True:
                piece = await self._next()
                size_bytes += len(piece)
                if size_bytes > limit_bytes:
                    raise AnswerTooLarge(f"the provider's answer is larger than {limit_bytes} bytes")
                pieces.append(piece)
        except StopAsyncIteration:
            return b"".join(pieces)
        except (httpx.HTTPError, OSError) as error:
            raise _broken(error) from error

    async def piece(self) -> bytes | None:
        """The next of the body as it comes, decompressed; None after the last.

        Raises UpstreamCut or MalformedAnswer.
        """
        try:
            return await self._next()
        except StopAsyncIteration:
            return None
        except (httpx.HTTPError, OSError) as error:
            raise _broken(error) from error

    def hand_on(self, taker: Callable[[bytes], bool] | None) -> None:
        """Asks `taker` first for what somebody waits for in `piece`, in the callback in which it came.

        What it takes wakes nobody. It need not be asked: of a compressed body, for example. None ends it.
        """
        if isinstance(self._body, Exchange):
            self._body.taker = taker

    async def close(self) -> None:
        """Gives the connection back, or closes it where the body was not read to its end."""
        await self._stream.aclose()


def _decompressed(
    status: int, headers: Sequence[tuple[bytes, bytes]], stream: httpx.AsyncByteStream
) -> AsyncIterable[bytes]:
    for name, _ in headers:
        if len(name) == len(_ENCODING) and name.lower() == _ENCODING:
            return unpacked(status, headers, stream)
    return stream


class _Address(NamedTuple):
    """An address, taken apart once."""

    url: httpx.URL
    origin: Origin
    host: str
    target: str


class Upstream:
    """One shared HTTP client for all providers, or for addresses that strangers name (`is_for_strangers`).

    Of those a proxy could not tell which lead into its private network, so they are asked directly.
    """

    def __init__(self, settings: Settings, *, is_for_strangers: bool = False) -> None:
        """Raises StartRefused where the environment names proxies or certificates that are none."""
        self.max_answer_bytes = settings.max_answer_bytes
        # Silence is bounded by whoever asks, who knows what is a long time for it.
        self._connect_s = settings.connect_timeout_s or None
        limits = httpx.Limits(
            max_connections=settings.max_upstream_connections,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_S,
        )
        # With the certificates that the environment names, whoever is asked.
        ssl_context = _trust(*map(os.environ.get, _CERTIFICATES))
        may_be_private = (
            settings.allow_private_media if is_for_strangers else settings.private_upstreams_allowed
        )
        turns = Turns(_STRANGERS_LOOK_UPS if is_for_strangers else None)
        transport: httpx.AsyncBaseTransport | None = None
        if settings.upstream_transport is UpstreamTransport.DIRECT:
            transport = DirectTransport(
                ssl_context, turns, most=settings.max_upstream_connections, is_public_only=not may_be_private
            )
        elif not may_be_private:
            transport = PublicTransport(limits, turns)
        self._client = httpx.AsyncClient(
            transport=transport,
            mounts=None if is_for_strangers else proxies.transports(ssl_context, limits),
            limits=limits,
            verify=ssl_context,
            # It would read the proxies itself.
            trust_env=False,
        )

    async def send(
        self, method: str, url: str, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> UpstreamAnswer:
        """Sends a request and returns when the answer's headers are in; the caller bounds the time.

        Raises ConnectionFailed, ConnectionsExhausted, UpstreamTimeout (connecting) and UpstreamForbidden.
        Cancelling it closes the connection. Redirects are answers like any other.
        """
        try:
            address = _parsed(url)
            # Past the client, which takes longer for what nobody needs here: cookies, redirects, hooks.
            transport = self._client._transport_for_url(address.url)  # noqa: SLF001
            if isinstance(transport, DirectTransport):
                head = _head(method, url, headers)
                length = b"\r\n" if method == "GET" else b"Content-Length: %d\r\n\r\n" % len(body)
                exchange = await transport.exchange(
                    address.origin, (head + length, body), wait_s=_POOL_WAIT_S, connect_s=self._connect_s
                )
                return UpstreamAnswer(exchange.status, exchange.headers, exchange)
            response = await transport.handle_async_request(self._request(method, address, headers, body))
            return UpstreamAnswer(
                response.status_code, response.headers.raw, cast("httpx.AsyncByteStream", response.stream)
            )
        except (httpx.LocalProtocolError, UnicodeEncodeError):
            # Not chained: the complaint quotes the header, and the header may be the secret.
            raise ConnectionFailed("the request cannot be sent: a header's value is not valid") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _not_answered(error) from error

    def _request(
        self, method: str, address: _Address, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> httpx.Request:
        length = () if method == "GET" else (("Content-Length", str(len(body))),)
        # A stream, for to content httpx would add headers of its own.
        return httpx.Request(
            method,
            address.url,
            headers=[("Host", address.host), *headers, *length],
            stream=httpx.ByteStream(body),
            extensions={
                "timeout": {"connect": self._connect_s, "pool": _POOL_WAIT_S, "read": None, "write": None}
            },
        )

    async def close(self) -> None:
        """Closes every connection."""
        await self._client.aclose()


@lru_cache(maxsize=1)
def _trust(*_named: str | None) -> ssl.SSLContext:
    """Whom to trust, by what the environment names now; read once, for that takes a while.

    Raises StartRefused.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        namer = next((name for name in _CERTIFICATES if os.environ.get(name)), "certifi")
        raise StartRefused(f"{namer} names no certificates that can be read.") from error


@lru_cache(maxsize=1024)
def _parsed(url: str) -> _Address:
    """Raises httpx.InvalidURL and httpx.UnsupportedProtocol."""
    address = httpx.URL(url)
    host, target = address.netloc.decode("ascii"), address.raw_path.decode("ascii")
    return _Address(address, origin_of(address), host, target)


@lru_cache(maxsize=1024)
def _head(method: str, url: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The head of a request but for its length, which alone differs from one request of a key to the next.

    Raises what `to_head` raises.
    """
    address = _parsed(url)
    return to_head(method, address.target, (("Host", address.host), *headers)).removesuffix(b"\r\n")


def _broken(error: Exception) -> PerpetuoError:
    """What went wrong inside an answer's body, as our error."""
    if isinstance(error, httpx.DecodingError):
        return MalformedAnswer("the provider's answer is compressed in a way that cannot be undone")
    return UpstreamCut("the provider's answer ended before it was whole")


def _not_answered(error: Exception) -> PerpetuoError:
    """What went wrong before an answer's headers, as our error."""
    match error:
        case httpx.PoolTimeout():
            return ConnectionsExhausted("all connections to the provider are in use")
        case httpx.TimeoutException():
            return UpstreamTimeout("the provider took no connection within the time limit")
        case httpx.ConnectError():
            return ConnectionFailed(f"no connection to the provider: {_reason(error)}")
        case httpx.ProxyError():
            return ConnectionFailed("no connection to the provider: the proxy refused it")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return ConnectionFailed("the base URL is not a valid http:// or https:// address")
        case _:
            return ConnectionFailed("the provider closed the connection before it answered")


def _reason(error: BaseException) -> str:
    """Why a connection could not be made, without the host's name or address."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case socket.gaierror():
                return "its host name does not resolve"
            case ssl.SSLCertVerificationError(verify_code=code) if code in _FOR_ANOTHER_HOST:
                return "its certificate is for another host"
            case ssl.SSLCertVerificationError():
                return f"its certificate is not trusted ({cause.verify_message})"
            case ssl.SSLError():
                return "the TLS handshake failed"
            case ConnectionRefusedError():
                return "it was refused"
        cause = cause.__cause__ or cause.__context__
    return "it could not be made"
