"""The only opener of upstream sockets, and the only place where a foreign HTTP error becomes one of ours."""

import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, cast

import httpx

from app.errors import (
    AnswerTooLarge,
    ConnectionFailed,
    ConnectionsExhausted,
    MalformedAnswer,
    PerpetuoError,
    UpstreamCut,
    UpstreamTimeout,
)
from app.settings import Settings, UpstreamTransport
from app.upstream.network import PublicTransport
from app.upstream.transport import Body, DirectTransport

# How long a request waits for one of our own connections.
_POOL_WAIT_S: Final = 2.0
# More idle connections of httpx cost more time per request than new ones: it looks at each of them each time.
_IDLE_CONNECTIONS: Final = 20
_IDLE_S: Final = 30.0


class UpstreamAnswer:
    """An HTTP answer whose headers have come; the body is read once, whole or in pieces. Always close it."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, names in lower case."""
        return self._response.headers

    async def read(self, limit_bytes: int) -> bytes:
        """The whole body, decompressed. Raises AnswerTooLarge, UpstreamCut or MalformedAnswer."""
        pieces: list[bytes] = []
        size_bytes = 0
        async for piece in self.chunks():
            size_bytes += len(piece)
            if size_bytes > limit_bytes:
                raise AnswerTooLarge(f"the provider's answer is larger than {limit_bytes} bytes")
            pieces.append(piece)
        return b"".join(pieces)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes, decompressed. Raises UpstreamCut or MalformedAnswer."""
        try:
            async for piece in self._pieces():
                yield piece
        except httpx.DecodingError as error:
            raise MalformedAnswer(
                "the provider's answer is compressed in a way that cannot be undone"
            ) from error
        except (httpx.TransportError, OSError) as error:
            raise UpstreamCut("the provider's answer ended before it was whole") from error

    def _pieces(self) -> AsyncIterator[bytes]:
        if "content-encoding" in self._response.headers:
            return self._response.aiter_bytes()
        return aiter(cast("httpx.AsyncByteStream", self._response.stream))

    async def close(self) -> None:
        """Gives the connection back, or closes it where the body was not read to its end."""
        await self._response.aclose()


class Upstream:
    """One shared HTTP client for all providers, or for addresses that strangers name (`is_for_strangers`).

    Of those a proxy could not tell which lead into its private network, so they are asked directly.
    """

    def __init__(self, settings: Settings, *, is_for_strangers: bool = False) -> None:
        self.max_answer_bytes = settings.max_answer_bytes
        # Silence is bounded by whoever asks, who knows what is a long time for it.
        timeouts = {
            "connect": settings.connect_timeout_s or None,
            "pool": _POOL_WAIT_S,
            "read": None,
            "write": None,
        }
        self._extensions = {"timeout": timeouts}
        limits = httpx.Limits(
            max_connections=settings.max_upstream_connections,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_S,
        )
        # With the certificates that the environment names, whoever is asked.
        ssl_context = httpx.create_ssl_context()
        self._client = httpx.AsyncClient(limits=limits, trust_env=not is_for_strangers, verify=ssl_context)
        may_be_private = (
            settings.allow_private_media if is_for_strangers else settings.private_upstreams_allowed
        )
        # As an argument it would turn off the proxies that the environment names.
        if settings.upstream_transport is UpstreamTransport.DIRECT:
            self._client._transport = DirectTransport(  # noqa: SLF001
                ssl_context, most=settings.max_upstream_connections, is_public_only=not may_be_private
            )
        elif not may_be_private:
            self._client._transport = PublicTransport(limits)  # noqa: SLF001

    async def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> UpstreamAnswer:
        """Sends a request and returns when the answer's headers are in; the caller bounds the time.

        Raises ConnectionFailed, ConnectionsExhausted, UpstreamTimeout (connecting) and UpstreamForbidden.
        Cancelling it closes the connection. Redirects are answers like any other.
        """
        try:
            address, host = _parsed(url)
            framing = [] if method == "GET" else [("Content-Length", str(len(body)))]
            request = httpx.Request(
                method,
                address,
                headers=[("Host", host), *headers, *framing],
                stream=Body(body),
                extensions=self._extensions,
            )
            # Past the client, which takes longer for what nobody needs here: cookies, redirects, hooks.
            transport = self._client._transport_for_url(address)  # noqa: SLF001
            return UpstreamAnswer(await transport.handle_async_request(request))
        except (httpx.LocalProtocolError, UnicodeEncodeError):
            # Not chained: the complaint quotes the header, and the header may be the secret.
            raise ConnectionFailed("the request cannot be sent: a header's value is not valid") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _not_answered(error) from error

    async def close(self) -> None:
        """Closes every connection."""
        await self._client.aclose()


@lru_cache(maxsize=1024)
def _parsed(url: str) -> tuple[httpx.URL, str]:
    """An address, and the host as its server knows it. Raises httpx.InvalidURL."""
    address = httpx.URL(url)
    return address, address.netloc.decode("ascii")


def _not_answered(error: Exception) -> PerpetuoError:
    """What went wrong before an answer's headers, as our error."""
    match error:
        case httpx.PoolTimeout():
            return ConnectionsExhausted("all upstream connections are in use")
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
            case ssl.SSLCertVerificationError():
                return f"its certificate is not trusted ({cause.verify_message})"
            case ssl.SSLError():
                return "the TLS handshake failed"
            case ConnectionRefusedError():
                return "it was refused"
        cause = cause.__cause__ or cause.__context__
    return "it could not be made"
