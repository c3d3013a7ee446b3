import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.errors import ConnectionFailed, UpstreamForbidden, UpstreamTimeout
from app.settings import Settings
from app.upstream import Upstream
from app.upstream import network as network_module
from app.upstream.network import is_private, public_addresses
from tests.upstream.servers import Exchange, serve


@pytest.fixture
async def guarded(upstream_settings: Settings) -> AsyncIterator[Upstream]:
    client = Upstream(upstream_settings.model_copy(update={"allow_private_upstreams": False}))
    yield client
    await client.close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("0.0.0.0", True),
        ("10.0.0.1", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("100.100.100.200", True),
        ("169.254.169.254", True),
        ("168.63.129.16", True),
        ("192.0.0.192", True),
        ("64:ff9b:1::1", True),
        ("192.0.2.1", True),
        ("198.18.0.1", True),
        ("224.0.0.1", True),
        ("239.1.1.1", True),
        ("240.0.0.1", True),
        ("255.255.255.255", True),
        ("::", True),
        ("::1", True),
        ("fe80::1", True),
        ("fe80::1%eth0", True),
        ("fc00::1", True),
        ("fd00:ec2::254", True),
        ("fec0::1", True),
        ("ff02::1", True),
        ("2001:db8::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("::10.0.0.1", True),
        ("64:ff9b::a00:1", True),
        ("64:ff9b::7f00:1", True),
        ("2002:a00:1::1", True),
        ("2001:0:0:0::1", True),
        ("8.8.8.8", False),
        ("104.18.6.192", False),
        ("172.32.0.1", False),
        ("2606:4700::6812:6c0", False),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::808:808", False),
    ],
)
def test_knows_private_addresses(address: str, expected: bool) -> None:
    assert is_private(address) is expected


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0"],
)
async def test_never_connects_into_a_private_network(guarded: Upstream, host: str) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"secret")

    async with serve(handler) as server:
        with pytest.raises(UpstreamForbidden) as refusal:
            await guarded.send("GET", f"http://{host}:{server.port}/", (), b"")

    assert "ALLOW_PRIVATE_UPSTREAMS" in refusal.value.message
    assert server.connections == 0


async def test_connects_to_the_very_address_that_was_checked(
    guarded: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No public server can be reached from a test, so a local one plays its part: the first answer of the
    # resolver passes as public, every later one would be another machine.
    asked: list[str] = []

    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"ok")

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(network_module, "public_addresses", resolve)
    async with serve(handler) as server:
        answer = await guarded.send("GET", f"http://rebound.invalid:{server.port}/", (), b"")
        body = await answer.read(100)
        await answer.close()

        host = server.requests[0].head.split(b"\r\n")[1]
    assert (asked, body, host) == (
        ["rebound.invalid"],
        b"ok",
        f"Host: rebound.invalid:{server.port}".encode(),
    )


async def test_goes_on_to_the_next_address_where_one_is_dead(
    guarded: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"ok")

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    monkeypatch.setattr(network_module, "public_addresses", resolve)
    async with serve(handler) as server:
        answer = await guarded.send("GET", f"http://two.invalid:{server.port}/", (), b"")
        await answer.close()

    assert answer.status == 200


async def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # A resolver of our own, for a name with an address of each kind.
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)),
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)

    with pytest.raises(UpstreamForbidden):
        await public_addresses("mixed.example", 443)


async def test_all_addresses_dead_is_a_refusal(guarded: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    # A local address stands for a public one, which no test can have.
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.3"]

    monkeypatch.setattr(network_module, "public_addresses", resolve)

    with pytest.raises(ConnectionFailed) as failure:
        await guarded.send("GET", "http://dead.invalid:9/", (), b"")

    assert failure.value.message == "no connection to the provider: it was refused"


async def test_a_resolver_that_takes_too_long_is_a_time_out(
    upstream_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A resolver that never answers; a real one cannot be made to.
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(network_module, "public_addresses", resolve)
    client = Upstream(
        upstream_settings.model_copy(update={"allow_private_upstreams": False, "connect_timeout_s": 0.05})
    )

    with pytest.raises(UpstreamTimeout):
        await client.send("GET", "http://slow.invalid/", (), b"")
    await client.close()


async def test_a_public_name_has_each_of_its_addresses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # A resolver of our own: public names do not resolve in tests.
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        addresses = ["8.8.8.8", "2606:4700::6812:6c0", "8.8.8.8"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)

    assert await public_addresses("public.example", 443) == ["8.8.8.8", "2606:4700::6812:6c0"]


async def test_a_name_that_does_not_resolve_has_failed_to_connect(guarded: Upstream) -> None:
    with pytest.raises(ConnectionFailed) as failure:
        await guarded.send("GET", "http://nowhere.invalid/", (), b"")

    assert failure.value.message == "no connection to the provider: its host name does not resolve"
