"""Proxies that the environment names: asked by httpx's transport, whichever is chosen for the rest."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.errors import ConnectionFailed, StartRefused, UpstreamForbidden
from app.settings import Settings, UpstreamTransport
from app.upstream import Upstream
from app.upstream.transport import DirectTransport
from tests.conftest import make_settings
from tests.upstream.servers import HEADERS, Exchange, Server, read, serve


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A proxy for everything but loopback, which answers by itself."""

    async def handler(exchange: Exchange) -> None:
        if exchange.head.startswith(b"CONNECT"):
            await exchange.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        else:
            await exchange.answer(b"proxied")

    for name in ("ALL_PROXY", "all_proxy", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with serve(handler) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield server


@pytest.fixture
async def proxied(proxy: Server, upstream_settings: Settings) -> AsyncIterator[Upstream]:
    """A client that was made while the environment named the proxy."""
    client = Upstream(upstream_settings)
    yield client
    await client.close()


async def direct_answer(exchange: Exchange) -> None:
    await exchange.answer(b"direct")


async def test_a_host_behind_the_proxy_is_asked_through_it(proxied: Upstream, proxy: Server) -> None:
    answer = await proxied.send("POST", "http://provider.invalid/v1", HEADERS, b"{}")
    body = await answer.read(100)
    await answer.close()

    assert body == b"proxied"
    assert proxy.requests[0].head.startswith(b"POST http://provider.invalid/v1 HTTP/1.1\r\n")


async def test_https_goes_through_a_tunnel(proxied: Upstream, proxy: Server) -> None:
    with pytest.raises(ConnectionFailed) as failure:
        await proxied.send("POST", "https://provider.invalid/v1", HEADERS, b"{}")

    assert failure.value.message == "no connection to the provider: the proxy refused it"
    assert proxy.requests[0].head.startswith(b"CONNECT provider.invalid:443 HTTP/1.1\r\n")


async def test_a_host_that_the_environment_exempts_is_asked_directly(
    proxied: Upstream, proxy: Server
) -> None:
    async with serve(direct_answer) as server:
        body = await read(proxied, server)

    assert (body, proxy.requests) == (b"direct", [])


async def test_only_what_is_not_proxied_uses_our_own_transport(proxy: Server, tmp_path: Path) -> None:
    client = Upstream(make_settings(tmp_path))

    through, straight = (
        client._client._transport_for_url(httpx.URL(url))
        for url in ("http://a.invalid/", "http://127.0.0.1/")
    )
    await client.close()

    assert (type(through), type(straight)) == (httpx.AsyncHTTPTransport, DirectTransport)


async def test_what_is_not_proxied_is_kept_out_of_private_networks(
    proxy: Server, upstream_settings: Settings
) -> None:
    client = Upstream(upstream_settings.model_copy(update={"allow_private_upstreams": False}))

    async with serve(direct_answer) as server:
        with pytest.raises(UpstreamForbidden):
            await read(client, server)
    await client.close()

    assert (server.connections, proxy.connections) == (0, 0)


@pytest.mark.parametrize(
    ("exempt", "url"),
    [
        ("::1", "http://[::1]/"),
        ("[::1]", "http://[::1]/"),
        ("::1/128,localhost", "http://localhost/"),
        ("fd00::/8,::1/128", "http://[::1]/"),
        ("10.0.0.0/8,10.1.2.3", "http://10.1.2.3/"),
        (".inner.example", "http://a.inner.example/"),
        ("inner.example", "http://inner.example/"),
        ("https://a.invalid", "https://a.invalid/"),
        ("a.invalid, *", "http://b.invalid/"),
    ],
)
async def test_what_is_exempted_is_asked_directly(
    proxy: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exempt: str, url: str
) -> None:
    monkeypatch.setenv("NO_PROXY", exempt)
    client = Upstream(make_settings(tmp_path))

    chosen = client._client._transport_for_url(httpx.URL(url))
    await client.close()

    assert type(chosen) is DirectTransport


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://user:secret@127.0.0.1:1080"),
        ("HTTPS_PROXY", "ftp://user:secret@127.0.0.1"),
        ("HTTP_PROXY", "http://user:secret@127.0.0.1:port"),
        ("NO_PROXY", "secret:port"),
        ("SSL_CERT_FILE", "/nowhere/secret.pem"),
        ("SSL_CERT_FILE", __file__),
    ],
)
def test_what_the_environment_names_in_vain_refuses_the_start_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(StartRefused) as refusal:
        Upstream(make_settings(tmp_path))

    assert refusal.value.message.startswith(variable)
    assert "secret" not in refusal.value.message


@pytest.mark.parametrize("transport", list(UpstreamTransport))
async def test_addresses_of_strangers_are_never_asked_through_a_proxy(
    proxy: Server, tmp_path: Path, transport: UpstreamTransport
) -> None:
    settings = make_settings(tmp_path).model_copy(
        update={"upstream_transport": transport, "allow_private_media": True}
    )
    client = Upstream(settings, is_for_strangers=True)

    with pytest.raises(ConnectionFailed):
        await client.send("GET", "http://stranger.invalid/x.png", (), b"")
    await client.close()

    assert proxy.connections == 0
