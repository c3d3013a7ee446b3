import asyncio
import gzip
import zlib

import httpx
import pytest
import respx

from app.errors import (
    AnswerTooLarge,
    MalformedAnswer,
)
from app.upstream import Upstream
from tests.upstream.servers import HEADERS, LIMIT, Exchange, post, read, serve


async def test_sends_exactly_what_it_is_given(upstream: Upstream) -> None:
    async def echo(exchange: Exchange) -> None:
        await exchange.answer(exchange.body, "X-Request-Id: 7", status="201 Created")

    async with serve(echo) as server:
        answer = await post(upstream, server, b'{"a": "\xc3\xa4"}')
        body = await answer.read(LIMIT)
        await answer.close()

        lines = server.requests[0].head.decode().strip().split("\r\n")
    assert (answer.status, answer.headers["x-request-id"], body) == (201, "7", b'{"a": "\xc3\xa4"}')
    assert lines[0] == "POST /v1/chat HTTP/1.1"
    assert sorted(line.partition(":")[0].lower() for line in lines[1:]) == [
        "authorization",
        "content-length",
        "content-type",
        "host",
    ]


async def test_keeps_the_connection_for_the_next_request(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"ok")

    async with serve(handler) as server:
        bodies = [await read(upstream, server) for _ in range(3)]

    assert (bodies, server.connections) == ([b"ok"] * 3, 1)


async def test_remembers_no_cookies_and_follows_no_redirect(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"", "Set-Cookie: a=b", "Location: /elsewhere", status="302 Found")

    async with serve(handler) as server:
        answers = [await post(upstream, server) for _ in range(2)]
        for answer in answers:
            await answer.close()

    assert [answer.status for answer in answers] == [302, 302]
    assert all(b"cookie" not in request.head.lower() for request in server.requests)
    assert not upstream._client.cookies


async def test_gives_the_body_as_it_comes(upstream: Upstream) -> None:
    go_on = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await go_on.wait()
        await exchange.write(b"3\r\ntwo\r\n0\r\n\r\n")

    async with serve(handler) as server:
        answer = await post(upstream, server)
        first = await answer.piece()
        go_on.set()
        rest = [await answer.piece(), await answer.piece(), await answer.piece()]
        await answer.close()

    assert (first, rest) == (b"one", [b"two", None, None])


async def test_a_compressed_answer_is_decompressed(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(gzip.compress(b"hello"), "Content-Encoding: gzip")

    async with serve(handler) as server:
        assert await read(upstream, server) == b"hello"


async def test_a_badly_compressed_answer_is_malformed(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"hello", "Content-Encoding: gzip")

    async with serve(handler) as server:
        with pytest.raises(MalformedAnswer):
            await read(upstream, server)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_what_unpacks_to_a_thousand_times_as_much_is_unpacked_little_by_little(
    upstream: Upstream, coding: str
) -> None:
    size_bytes = 50_000_000
    body = gzip.compress(bytes(size_bytes)) if coding == "gzip" else zlib.compress(bytes(size_bytes))

    async def handler(exchange: Exchange) -> None:
        await exchange.answer(body, f"Content-Encoding: {coding}")

    sizes: list[int] = []
    async with serve(handler) as server:
        answer = await post(upstream, server)
        while (piece := await answer.piece()) is not None:
            sizes.append(len(piece))
        await answer.close()

    assert sum(sizes) == size_bytes
    assert max(sizes) < 1_100_000


async def test_what_is_compressed_twice_is_malformed(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(gzip.compress(gzip.compress(b"hello")), "Content-Encoding: gzip, gzip")

    async with serve(handler) as server:
        with pytest.raises(MalformedAnswer):
            await read(upstream, server)


async def test_an_answer_over_the_limit_is_refused_and_its_connection_closed(upstream: Upstream) -> None:
    closed = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 2000)
        await exchange.client_is_gone()
        closed.set()

    async with serve(handler) as server:
        with pytest.raises(AnswerTooLarge):
            await read(upstream, server, limit_bytes=1000)

        await closed.wait()


async def test_a_body_of_exactly_the_limit_is_read(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"x" * 1000)

    async with serve(handler) as server:
        assert len(await read(upstream, server, limit_bytes=1000)) == 1000


async def test_twenty_at_once_are_served(upstream: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(exchange.body)

    async with serve(handler) as server:

        async def ask(number: int) -> bytes:
            answer = await post(upstream, server, str(number).encode())
            body = await answer.read(LIMIT)
            await answer.close()
            return body

        bodies = await asyncio.gather(*(ask(number) for number in range(20)))

    assert bodies == [str(number).encode() for number in range(20)]


async def test_can_be_mocked_with_respx(upstream: Upstream) -> None:
    async with respx.mock(using="httpx") as router:
        router.post("https://api.openai.com/v1/x").mock(httpx.Response(200, content=b"mocked"))

        answer = await upstream.send("POST", "https://api.openai.com/v1/x", HEADERS, b"{}")

        assert await answer.read(LIMIT) == b"mocked"
        await answer.close()
