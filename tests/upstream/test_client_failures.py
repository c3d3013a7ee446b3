import asyncio
import socket

import pytest

from app.errors import (
    ConnectionFailed,
    UpstreamCut,
    UpstreamError,
)
from app.upstream import Upstream
from tests.upstream.servers import HEADERS, Exchange, Server, post, serve


async def test_a_refused_connection_says_so(upstream: Upstream) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(ConnectionFailed) as failure:
            await post(upstream, Server(port))

    assert failure.value.message == "no connection to the provider: it was refused"


@pytest.mark.parametrize("host", ["nowhere.invalid", "api..example.com", "a" * 64 + ".example.com", "."])
async def test_a_name_that_does_not_resolve_says_so(upstream: Upstream, host: str) -> None:
    with pytest.raises(ConnectionFailed) as failure:
        await upstream.send("POST", f"http://{host}/v1", HEADERS, b"{}")

    assert failure.value.message == "no connection to the provider: its host name does not resolve"


async def test_plain_http_where_tls_is_expected_says_so(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"ok")

    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(speak_plainly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionFailed) as failure:
            await upstream.send("POST", f"https://127.0.0.1:{port}/v1", HEADERS, b"{}")

    assert failure.value.message == "no connection to the provider: the TLS handshake failed"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-", id="half the headers"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="no HTTP"),
    ],
)
@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
async def test_a_connection_lost_before_the_headers_has_failed(
    upstream: Upstream, sent: bytes, is_reset: bool
) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.write(sent)
        if is_reset:
            exchange.reset()
        raise ConnectionError

    async with serve(handler) as server:
        with pytest.raises(ConnectionFailed):
            await post(upstream, server)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Content-Length: 100\r\n\r\nonly this", id="length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n", id="chunked"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n64\r\nonly this", id="inside a chunk"),
        pytest.param(b"Transfer-Encoding: chunked \r\n\r\n64\r\nonly this", id="space behind chunked"),
    ],
)
@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
async def test_a_cut_body_is_a_cut_after_what_came_before(
    upstream: Upstream, head: bytes, is_reset: bool
) -> None:
    seen = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n" + head)
        await seen.wait()
        if is_reset:
            exchange.reset()
        raise ConnectionError

    async with serve(handler) as server:
        answer = await post(upstream, server)
        first = await answer.piece()
        seen.set()
        with pytest.raises(UpstreamCut):
            await answer.piece()
        await answer.close()

    assert first == b"only this"


@pytest.mark.parametrize(
    ("url", "header"),
    [
        pytest.param("ftp://127.0.0.1/v1", "fine", id="scheme"),
        pytest.param("/v1", "fine", id="no host"),
        pytest.param("http://[::1/v1", "fine", id="bad address"),
        pytest.param("http://127.0.0.1:1/v1", "sk-secret\r\nx: y", id="line break in a header"),
        pytest.param("http://127.0.0.1:1/v1", "sk-secret\ud800", id="no Unicode in a header"),
    ],
)
async def test_a_request_that_cannot_be_sent_fails_without_showing_the_secret(
    upstream: Upstream, url: str, header: str
) -> None:
    with pytest.raises(UpstreamError) as failure:
        await upstream.send("POST", url, (("authorization", header),), b"{}")

    shown: BaseException | None = failure.value
    while shown is not None:
        assert "sk-secret" not in str(shown)
        shown = shown.__cause__
    assert type(failure.value) is ConnectionFailed
