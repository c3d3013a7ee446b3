import asyncio
import socket

import pytest

from app.errors import (
    ConnectionsExhausted,
    UpstreamTimeout,
)
from app.settings import Settings
from app.upstream import Upstream
from app.upstream import client as client_module
from tests.upstream.servers import Exchange, Server, post, read, serve


async def test_cancelling_while_the_headers_are_awaited_closes_the_connection(upstream: Upstream) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        asked.set()
        await exchange.client_is_gone()
        closed.set()

    async with serve(handler) as server:
        sending = asyncio.create_task(post(upstream, server))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

        await asyncio.wait_for(closed.wait(), 1)


async def test_a_time_limit_around_send_closes_the_connection(upstream: Upstream) -> None:
    closed = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.client_is_gone()
        closed.set()

    async with serve(handler) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await post(upstream, server)

        await asyncio.wait_for(closed.wait(), 1)


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["closed", "cancelled while reading"])
async def test_leaving_a_body_half_read_closes_the_connection(upstream: Upstream, is_cancelled: bool) -> None:
    closed = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        await exchange.client_is_gone()
        closed.set()

    async with serve(handler) as server:
        answer = await post(upstream, server)
        await answer.piece()
        if is_cancelled:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await answer.piece()
        await answer.close()

        await asyncio.wait_for(closed.wait(), 1)


async def test_a_cancelled_request_frees_its_place(upstream_settings: Settings) -> None:
    upstream = Upstream(upstream_settings.model_copy(update={"max_upstream_connections": 1}))
    is_silent = True

    async def handler(exchange: Exchange) -> None:
        if is_silent:
            await exchange.client_is_gone()
        else:
            await exchange.answer(b"ok")

    async with serve(handler) as server:
        for _ in range(5):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await post(upstream, server)
        is_silent = False
        body = await read(upstream, server)
        await upstream.close()

    assert body == b"ok"


async def test_waiting_for_a_connection_of_our_own_is_our_failure(
    upstream_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The wait is no setting; two seconds are too long for a test.
    monkeypatch.setattr(client_module, "_POOL_WAIT_S", 0.05)
    upstream = Upstream(upstream_settings.model_copy(update={"max_upstream_connections": 1}))

    async def handler(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        await exchange.client_is_gone()

    async with serve(handler) as server:
        answer = await post(upstream, server)
        with pytest.raises(ConnectionsExhausted):
            await post(upstream, server)
        await answer.close()
        await upstream.close()


async def test_a_connection_that_nobody_takes_times_out(upstream_settings: Settings) -> None:
    upstream = Upstream(upstream_settings.model_copy(update={"connect_timeout_s": 0.1}))

    # A listener that accepts nobody: once its backlog is full, the kernel leaves the next SYN unanswered.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        with pytest.raises(UpstreamTimeout):
            await post(upstream, Server(port))
        for filler in fillers:
            filler.close()
    await upstream.close()
