"""What a connection of our own makes of servers that die, talk too much, or are slow."""

import asyncio
import gc
import weakref
from pathlib import Path
from typing import cast

import pytest

from app.errors import ConnectionFailed, UpstreamCut
from app.upstream import Upstream
from app.upstream.connection import Exchange as Asked
from tests.conftest import make_settings
from tests.upstream.servers import Exchange, post, read, serve, until

POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

either_end = pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])


def die(exchange: Exchange, *, is_reset: bool) -> None:
    """Ends a connection without an answer."""
    if is_reset:
        exchange.reset()
    raise ConnectionError


@either_end
async def test_a_kept_connection_that_dies_before_a_byte_came_is_replaced(
    direct: Upstream, is_reset: bool
) -> None:
    async def handler(exchange: Exchange) -> None:
        if exchange.number == 2:
            die(exchange, is_reset=is_reset)
        await exchange.answer(b"%d" % exchange.number)

    async with serve(handler) as server:
        bodies = [await read(direct, server) for _ in range(3)]

    assert bodies == [b"1", b"3", b"4"]
    assert [exchange.connection for exchange in server.requests] == [1, 1, 2, 2]
    assert server.requests[1].head == server.requests[2].head


@either_end
async def test_a_connection_is_replaced_once(direct: Upstream, is_reset: bool) -> None:
    async def handler(exchange: Exchange) -> None:
        if exchange.number > 1:
            die(exchange, is_reset=is_reset)
        await exchange.answer(b"ok")

    async with serve(handler) as server:
        await read(direct, server)
        with pytest.raises(ConnectionFailed):
            await post(direct, server)

    assert [exchange.connection for exchange in server.requests] == [1, 1, 2]


async def test_it_is_replaced_once_though_the_other_one_is_kept_too(tmp_path: Path) -> None:
    # There is one place. When its connection dies, who waits opens another, and the first waits for that.
    upstream = Upstream(make_settings(tmp_path).model_copy(update={"max_upstream_connections": 1}))

    async def handler(exchange: Exchange) -> None:
        if exchange.number in {2, 4}:
            raise ConnectionError
        await exchange.answer(b"ok")

    async with serve(handler) as server:
        await read(upstream, server)
        dying, waiting = await asyncio.gather(
            read(upstream, server), read(upstream, server), return_exceptions=True
        )
        await upstream.close()

    assert (type(dying), waiting) == (ConnectionFailed, b"ok")
    assert [exchange.connection for exchange in server.requests] == [1, 1, 2, 2]


async def test_what_replaces_it_is_new_though_others_are_free(direct: Upstream) -> None:
    both = asyncio.Barrier(2)

    async def handler(exchange: Exchange) -> None:
        # Two at once, so that there are two connections; then both die when they are asked.
        if exchange.number <= 2:
            await both.wait()
        elif exchange.connection <= 2:
            raise ConnectionError
        await exchange.answer(b"ok")

    async with serve(handler) as server:
        await asyncio.gather(read(direct, server), read(direct, server))
        body = await read(direct, server)

    assert (body, len(server.requests), server.connections) == (b"ok", 4, 3)


@either_end
async def test_nothing_is_sent_again_once_a_byte_came(direct: Upstream, is_reset: bool) -> None:
    async def handler(exchange: Exchange) -> None:
        if exchange.number > 1:
            await exchange.write(b"H")
            die(exchange, is_reset=is_reset)
        await exchange.answer(b"ok")

    async with serve(handler) as server:
        await read(direct, server)
        with pytest.raises(ConnectionFailed):
            await post(direct, server)

    assert len(server.requests) == 2


@either_end
async def test_nothing_is_sent_again_that_a_new_connection_took(direct: Upstream, is_reset: bool) -> None:
    async def handler(exchange: Exchange) -> None:
        die(exchange, is_reset=is_reset)

    async with serve(handler) as server:
        with pytest.raises(ConnectionFailed):
            await post(direct, server)

    assert len(server.requests) == 1


@pytest.mark.parametrize("noise", [b"x", b"H", b"\r\n", POISON], ids=["letter", "begin", "line", "answer"])
async def test_what_comes_unasked_closes_the_connection(direct: Upstream, noise: bytes) -> None:
    gone = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"%d" % exchange.number)
        if exchange.number == 1:
            # Behind its answer, once the client has that.
            await is_read.wait()
            await exchange.write(noise)
            await exchange.client_is_gone()
            gone.set()

    is_read = asyncio.Event()
    async with serve(handler) as server:
        first = await read(direct, server)
        is_read.set()
        await asyncio.wait_for(gone.wait(), 5)
        second = await read(direct, server)

    assert (first, second, server.connections) == (b"1", b"2", 2)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(OK + b"x", id="letter"),
        pytest.param(OK + b"H", id="begin"),
        pytest.param(OK + POISON, id="answer"),
        pytest.param(OK + POISON[:-3], id="part of an answer"),
        pytest.param(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", id="body of no body"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\n\r\n" + POISON, id="answer behind no body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n0\r\n\r\n", id="chunk"
        ),
    ],
)
async def test_what_is_behind_an_answer_is_not_the_next(direct: Upstream, sent: bytes) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.write(sent if exchange.number == 1 else OK)

    async with serve(handler) as server:
        first = await read(direct, server)
        second = await read(direct, server)

    assert (first in {b"ok", b""}, second, server.connections) == (True, b"ok", 2)


async def test_a_trailer_is_no_header_of_the_next_answer(direct: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        chunks = b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n"
        await exchange.write(b"HTTP/1.1 200 OK\r\n" + chunks)

    async with serve(handler) as server:
        await read(direct, server)
        answer = await post(direct, server)
        await answer.close()

    assert (dict(answer.headers), server.connections) == ({"transfer-encoding": "chunked"}, 1)


@pytest.mark.parametrize(
    ("begin", "more", "error"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 999, ConnectionFailed, id="header"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 99, ConnectionFailed, id="headers"),
        pytest.param(b"", b"HTTP/1.1 103 Hints\r\nX: y\r\n\r\n" * 30, ConnectionFailed, id="103"),
        pytest.param(CHUNKED + b"0\r\nX: ", b"x" * 999, UpstreamCut, id="trailer"),
        pytest.param(CHUNKED + b"0\r\n", b"X: y\r\n" * 99, UpstreamCut, id="trailers"),
        pytest.param(CHUNKED + b"2;x=", b"x" * 999, UpstreamCut, id="extension"),
    ],
)
async def test_what_never_ends_is_given_up(
    direct: Upstream, begin: bytes, more: bytes, error: type[Exception]
) -> None:
    sent = 0
    gone = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.write(begin)
        try:
            # Far beyond the limit, so that a client that takes it all does not hang, but fails the test.
            while sent < 50_000_000:
                await exchange.write(more)
                sent += len(more)
        finally:
            gone.set()

    async with serve(handler) as server:
        with pytest.raises(error):
            await read(direct, server)
        await gone.wait()

    assert 100_000 - len(more) < sent < 50_000_000


async def test_a_large_head_in_reason_is_read(direct: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"ok", "X-Large: " + "x" * 90_000)

    async with serve(handler) as server:
        assert await read(direct, server) == b"ok"


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "closed"])
async def test_an_exchange_is_forgotten_without_the_garbage_collector(
    direct: Upstream, is_kept: bool
) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(b"ok", *([] if is_kept else ["Connection: close"]))

    gc.collect()
    gc.disable()
    try:
        async with serve(handler) as server:
            answer = await post(direct, server)
            body = await answer.read(100)
            await answer.close()
            asked = cast("Asked", answer._stream)
            exchange, connection = weakref.ref(asked), weakref.ref(asked._connection)
            del answer, asked
            await until(lambda: exchange() is None and (is_kept or connection() is None))
    finally:
        gc.enable()

    assert body == b"ok"
    assert (connection() is not None) is is_kept
