"""Bodies larger than any buffer, readers that rest, and answers that come before their request is out."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from app.errors import ConnectionFailed
from app.settings import Settings
from app.upstream import Upstream, UpstreamAnswer
from app.upstream.connection import Exchange as Asked
from tests.conftest import make_settings
from tests.upstream.fetching import certified
from tests.upstream.servers import HEADERS, LIMIT, Exchange, Server, post, read, serve, until

SIZE = 8_000_000
LARGE = bytes(range(250)) * (SIZE // 250)
# What may be kept of a body that nobody reads: the limit, and one read of the largest size.
HELD_BYTES = 262_144 + 262_144


@pytest.fixture(params=["http", "https"])
def tls(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext | None:
    """What the server speaks."""
    if request.param == "http":
        return None
    context = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    return context


@pytest.fixture
async def client(tls: ssl.SSLContext | None, upstream_settings: Settings) -> AsyncIterator[Upstream]:
    """Either transport, which trusts the server."""
    upstream = Upstream(upstream_settings)
    yield upstream
    await upstream.close()


@pytest.fixture
async def direct(tls: ssl.SSLContext | None, tmp_path: Path) -> AsyncIterator[Upstream]:
    """Our own transport, which trusts the server."""
    upstream = Upstream(make_settings(tmp_path))
    yield upstream
    await upstream.close()


async def send(
    upstream: Upstream, server: Server, tls: ssl.SSLContext | None, body: bytes = b"{}"
) -> UpstreamAnswer:
    """The answer to a request, by what the server speaks."""
    scheme = "https" if tls else "http"
    return await upstream.send("POST", f"{scheme}://127.0.0.1:{server.port}/", HEADERS, body)


async def test_a_large_body_goes_both_ways(client: Upstream, tls: ssl.SSLContext | None) -> None:
    async def echo(exchange: Exchange) -> None:
        await exchange.answer(exchange.body)

    async with serve(echo, tls) as server:
        bodies = []
        for body in (LARGE, b"", LARGE):
            answer = await send(client, server, tls, body)
            bodies.append(await answer.read(LIMIT))
            await answer.close()

    assert bodies == [LARGE, b"", LARGE]
    assert server.connections == 1


@pytest.mark.parametrize("framing", [f"Content-Length: {SIZE}", "Connection: close"])
async def test_a_body_that_nobody_reads_stays_in_the_socket(
    direct: Upstream, tls: ssl.SSLContext | None, framing: str
) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.write(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode() + LARGE)
        if framing == "Connection: close":
            raise ConnectionError

    async with serve(handler, tls) as server:
        answer = await send(direct, server, tls)
        asked = cast("Asked", answer._stream)
        await until(lambda: asked.is_paused)
        held = asked._unread_bytes
        body = await answer.read(LIMIT)
        await answer.close()
        again = await send(direct, server, tls)
        await again.close()

    assert held <= HELD_BYTES
    assert body == LARGE
    assert server.connections == (2 if framing == "Connection: close" else 1)


async def test_a_connection_is_read_again_though_its_last_body_ended_in_a_pause(
    direct: Upstream, tls: ssl.SSLContext | None
) -> None:
    is_in = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        if exchange.number == 1:
            await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 270000\r\n\r\n" + b"x" * 260_000)
            await is_in.wait()
            # So little that it comes at once, and enough to be too much.
            await exchange.write(b"x" * 10_000)
        else:
            await exchange.answer(b"ok")

    async with serve(handler, tls) as server:
        answer = await send(direct, server, tls)
        asked = cast("Asked", answer._stream)
        await until(lambda: asked._unread_bytes == 260_000)
        is_in.set()
        await until(lambda: asked.is_complete)
        again = await asyncio.wait_for(send(direct, server, tls), 5)
        bodies = [len(await answer.read(LIMIT)), len(await again.read(LIMIT))]
        for it in (answer, again):
            await it.close()

    assert (bodies, server.connections) == ([270_000, 2], 1)


async def test_a_paused_body_can_be_left(direct: Upstream, tls: ssl.SSLContext | None) -> None:
    gone = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        if exchange.number > 1:
            await exchange.answer(b"ok")
            return
        try:
            await exchange.answer(LARGE)
            await exchange.client_is_gone()
        finally:
            gone.set()

    async with serve(handler, tls) as server:
        answer = await send(direct, server, tls)
        asked = cast("Asked", answer._stream)
        await until(lambda: asked.is_paused)
        await answer.close()
        await gone.wait()
        again = await send(direct, server, tls)
        body = await again.read(LIMIT)
        await again.close()

    assert (body, server.connections) == (b"ok", 2)


async def test_an_answer_before_the_request_is_out_leaves_no_connection_behind(
    direct: Upstream, tls: ssl.SSLContext | None
) -> None:
    gone = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"%d" % exchange.number, status="413 Content Too Large")
        if exchange.number == 1:
            # Reads no more until the client has hung up.
            await is_read.wait()
            try:
                await exchange.client_is_gone()
            finally:
                gone.set()

    is_read = asyncio.Event()
    async with serve(handler, tls, reads_bodies=False) as server:
        answer = await send(direct, server, tls, LARGE * 2)
        first = await answer.read(LIMIT)
        await answer.close()
        is_read.set()
        await asyncio.wait_for(gone.wait(), 5)
        again = await send(direct, server, tls, b"")
        second = await again.read(LIMIT)
        await again.close()

    assert (answer.status, first, second, server.connections) == (413, b"1", b"2", 2)


async def test_a_server_that_answers_early_and_closes_is_heard(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"too large", "Connection: close", status="413 Content Too Large")
        await exchange.client_is_gone()

    async with serve(handler, reads_bodies=False) as server:
        answer = await post(upstream, server, LARGE)
        body = await answer.read(LIMIT)
        await answer.close()

    assert (answer.status, body) == (413, b"too large")


async def test_a_server_that_only_stops_talking_has_failed(tmp_path: Path) -> None:
    # It closes its side and reads nothing more, so that what is left of the request can never be sent.
    async def handler(exchange: Exchange) -> None:
        exchange.writer.write_eof()
        await is_over.wait()

    is_over = asyncio.Event()
    upstream = Upstream(make_settings(tmp_path))
    async with serve(handler, reads_bodies=False) as server:
        with pytest.raises(ConnectionFailed):
            await asyncio.wait_for(post(upstream, server, LARGE * 4), 5)
        is_over.set()
    await upstream.close()


async def test_a_body_that_comes_byte_by_byte_is_whole(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + b"slowly" * 3 + b"ok":
            await exchange.write(bytes([byte]))
            await asyncio.sleep(0)

    async with serve(handler) as server:
        bodies = [await read(upstream, server) for _ in range(2)]

    assert (bodies, server.connections) == ([b"slowly" * 3 + b"ok"] * 2, 1)
