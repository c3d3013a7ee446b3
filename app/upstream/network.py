"""The way out for upstream connections where private networks are forbidden."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeVar

import httpcore
import httpx
from aiohappyeyeballs import AddrInfoType

from app.errors import UpstreamForbidden

_T = TypeVar("_T")
# What looks up a host and a port.
LookUp = Callable[[str, int], Coroutine[object, object, _T]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

# An IPv4 address in the last 32 bits: NAT64 (RFC 6052) and IPv4-compatible addresses (RFC 4291).
_EMBEDDING: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
# What Python counts as public, at least in 3.11: Azure's host agent (learn.microsoft.com, "What is IP address
# 168.63.129.16"), IETF protocol assignments (Oracle's metadata is at 192.0.0.192), and the NAT64 prefix for
# private use (RFC 8215).
_ALSO_PRIVATE: Final = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "64:ff9b:1::/48")))


def is_private(address: str) -> bool:
    """Whether an IP address leads anywhere but into the public internet."""
    return not _is_public(ip_address(address))


async def look_up(host: str, port: int) -> Sequence[AddrInfoType]:
    """What the resolver knows of a host. Raises socket.gaierror where its name does not resolve."""
    try:
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        # An empty label, or one of more than 63 characters: Python does not even ask.
        raise socket.gaierror(socket.EAI_NONAME, "no host can have this name") from error


async def public_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses of `host`, all of them public.

    Raises UpstreamForbidden where one is not, and socket.gaierror where the name does not resolve.
    """
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in await look_up(host, port)))
    if any(is_private(address) for address in addresses):
        raise UpstreamForbidden(
            "the base URL leads into a private network, and ALLOW_PRIVATE_UPSTREAMS is off"
        )
    return addresses


class Turns:
    """Lets few look-ups run at a time; None: as many as come.

    Nothing can stop the system's resolver, which takes long for a name whose servers are silent: one that was
    given up keeps its turn until then.
    """

    def __init__(self, most: int | None) -> None:
        self._free = None if most is None else asyncio.Semaphore(most)

    async def of(self, look_up: LookUp[_T], host: str, port: int) -> _T:
        """What `look_up` gives, once it is its turn. Raises what it raises."""
        free = self._free
        if free is None:
            return await look_up(host, port)

        def end(ended: asyncio.Future[_T]) -> None:
            free.release()
            # Heard here, for perhaps nobody waits for it any more.
            if not ended.cancelled():
                ended.exception()

        await free.acquire()
        running = asyncio.ensure_future(look_up(host, port))
        running.add_done_callback(end)
        return await asyncio.shield(running)


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, and to the very address that was checked."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to `host`, by the first of its addresses that answers. Raises UpstreamForbidden."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._turns.of(public_addresses, host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        # Each address has its share of the time, so that a dead one leaves some for the others.
        share = None if timeout is None else timeout / len(addresses)
        last: Exception | None = None
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await self._network.sleep(seconds)


class PublicTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, by way of a PublicNetwork."""

    def __init__(self, limits: httpx.Limits, turns: Turns) -> None:
        # httpx hands no network backend on, so its pool is made here, as httpx makes it.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=PublicNetwork(turns),
        )


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return _is_public(inner)
        if address.is_site_local:
            return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _ALSO_PRIVATE)
    )


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, or is routed by."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _EMBEDDING) and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
