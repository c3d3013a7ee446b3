"""Our transport inside a client of httpx's: what else uses it asks it like that."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.upstream.network import Turns
from app.upstream.transport import DirectTransport
from tests.upstream.servers import Exchange, serve


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = DirectTransport(httpx.create_ssl_context(), Turns(None), most=2, is_public_only=False)
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


async def test_serves_a_client_of_httpx(client: httpx.AsyncClient) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(exchange.body, "X-Answer: 7", status="201 Created")

    async with serve(handler) as server:
        answers = [await client.post(server.url, content=content) for content in (b"one", b"two")]
        answers.append(await client.get(server.url))

    assert [answer.content for answer in answers] == [b"one", b"two", b""]
    assert [(answer.status_code, answer.headers["x-answer"]) for answer in answers] == [(201, "7")] * 3
    assert server.connections == 1


async def test_streams_to_a_client_of_httpx(client: httpx.AsyncClient) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"x" * 100_000)

    async with serve(handler) as server:
        async with client.stream("GET", server.url) as answer:
            size = sum([len(piece) async for piece in answer.aiter_raw()])
        await client.get(server.url)

    assert (size, server.connections) == (100_000, 1)


async def test_a_body_without_a_length_is_not_sent(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"piece"

    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"")

    async with serve(handler) as server:
        with pytest.raises(httpx.LocalProtocolError):
            await client.post(server.url, content=pieces())

    assert server.connections == 0


async def test_other_schemes_are_not_spoken(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        await client.get("ftp://127.0.0.1/")
