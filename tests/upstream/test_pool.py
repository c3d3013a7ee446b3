"""The connections of our own transport: who gets one when, and that none is ever lost."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from app.upstream import Upstream
from app.upstream import client as client_module
from app.upstream import transport as transport_module
from app.upstream.connection import Connection
from app.upstream.pool import Pool
from app.upstream.transport import DirectTransport
from tests.conftest import make_settings
from tests.upstream.servers import LIMIT, Exchange, Server, post, read, serve, until

MOST = 3


@pytest.fixture
async def few(tmp_path: Path) -> AsyncIterator[Upstream]:
    """A client with three connections to each origin."""
    upstream = Upstream(make_settings(tmp_path).model_copy(update={"max_upstream_connections": MOST}))
    yield upstream
    await upstream.close()


def transport_of(upstream: Upstream) -> DirectTransport:
    transport = upstream._client._transport
    assert isinstance(transport, DirectTransport)
    return transport


def pool_of(upstream: Upstream) -> Pool:
    """The pool of the only origin."""
    (pool,) = transport_of(upstream)._pools.values()
    return pool


async def ask(upstream: Upstream, server: Server, body: bytes) -> bytes:
    answer = await post(upstream, server, body)
    try:
        return await answer.read(LIMIT)
    finally:
        await answer.close()


async def echo(exchange: Exchange) -> None:
    await exchange.answer(exchange.body)


async def test_hundreds_at_once_share_what_there_is(few: Upstream) -> None:
    async with serve(echo) as server:
        bodies = await asyncio.gather(*(ask(few, server, b"%d" % number) for number in range(400)))

    assert bodies == [b"%d" % number for number in range(400)]
    assert server.connections == MOST


async def test_hundreds_at_once_have_one_each_where_they_may(direct: Upstream) -> None:
    everybody = asyncio.Barrier(300)

    async def handler(exchange: Exchange) -> None:
        await everybody.wait()
        await exchange.answer(exchange.body)

    async with serve(handler) as server:
        bodies = await asyncio.gather(*(ask(direct, server, b"%d" % number) for number in range(300)))

    assert bodies == [b"%d" % number for number in range(300)]
    assert server.connections == 300


async def test_a_slow_origin_takes_nothing_from_another(few: Upstream) -> None:
    async def stall(exchange: Exchange) -> None:
        await exchange.client_is_gone()

    async with serve(stall) as slow, serve(echo) as quick:
        stalled = [asyncio.create_task(ask(few, slow, b"")) for _ in range(MOST + 2)]
        await until(lambda: len(slow.requests) == MOST)
        body = await ask(few, quick, b"quick")
        for task in stalled:
            task.cancel()
        await asyncio.gather(*stalled, return_exceptions=True)

    assert (body, len(slow.requests)) == (b"quick", MOST)


async def test_who_waits_longest_is_served_first(tmp_path: Path) -> None:
    # One place, for of several connections no server knows which was asked first.
    single = Upstream(make_settings(tmp_path).model_copy(update={"max_upstream_connections": 1}))

    async with serve(echo) as server:
        await asyncio.gather(*(ask(single, server, b"%d" % number) for number in range(12)))
        await single.close()

    assert [int(exchange.body) for exchange in server.requests] == list(range(12))


async def test_a_connection_that_breaks_gives_its_place_to_who_waits(few: Upstream) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(exchange.body, "Connection: close")

    async with serve(handler) as server:
        bodies = await asyncio.gather(*(ask(few, server, b"%d" % number) for number in range(20)))

    assert bodies == [b"%d" % number for number in range(20)]
    assert server.connections == 20


@pytest.mark.parametrize("seed", range(4))
async def test_no_place_is_lost_however_many_give_up(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The wait is no setting; so short, some give up by themselves just when it is their turn.
    monkeypatch.setattr(client_module, "_POOL_WAIT_S", 0.02)
    few = Upstream(make_settings(tmp_path).model_copy(update={"max_upstream_connections": MOST}))
    dice = random.Random(seed)

    async def handler(exchange: Exchange) -> None:
        await asyncio.sleep(dice.choice([0, 0, 0.001, 0.004]))
        if dice.random() < 0.1:
            raise ConnectionError
        await exchange.answer(exchange.body, *(["Connection: close"] if dice.random() < 0.1 else []))

    async def give_up_some_time(server: Server, number: int) -> None:
        asking = asyncio.create_task(ask(few, server, b"%d" % number))
        for _ in range(dice.randrange(200)):
            await asyncio.sleep(0)
        if dice.random() < 0.7:
            asking.cancel()
        outcome = (await asyncio.gather(asking, return_exceptions=True))[0]
        assert not isinstance(outcome, bytes) or outcome == b"%d" % number

    async with serve(handler) as server:
        await asyncio.gather(*(give_up_some_time(server, number) for number in range(150)))
        pool = pool_of(few)
        await until(lambda: pool._count == len(pool._all) == len(pool._free) == server.open)
        left = pool._count
        await few.close()

    assert left <= MOST
    assert not [turn for turn in pool._waiting if not turn.done()]


async def lend(few: Upstream) -> tuple[Pool, Connection, "list[asyncio.Task[tuple[Connection, bool]]]"]:
    """A pool with all of its places taken, one of its connections, and two that wait for it."""
    pool = pool_of(few)
    taken = [await pool.borrow(wait_s=1, connect_s=1) for _ in range(MOST)]
    waiting = [asyncio.create_task(pool.borrow(wait_s=0.2, connect_s=1)) for _ in range(2)]
    await asyncio.sleep(0)
    return pool, taken[0][0], waiting


def give_back(pool: Pool, connection: Connection) -> None:
    pool._take_back(connection)


def break_off(pool: Pool, connection: Connection) -> None:
    connection.abort()
    pool._forget(connection)


@pytest.mark.parametrize("happens", [give_back, break_off])
async def test_the_turn_of_who_gives_up_in_that_moment_is_the_next_ones(
    few: Upstream, happens: Callable[[Pool, Connection], None]
) -> None:
    async with serve(echo) as server:
        await read(few, server)
        pool, connection, (first, second) = await lend(few)
        happens(pool, connection)
        first.cancel()
        got, is_new = await second

    assert first.cancelled()
    assert (got is connection, is_new) == ((True, False) if happens is give_back else (False, True))
    assert pool._count == MOST


@pytest.mark.parametrize("gives_up", [False, True], ids=["stays", "gives up"])
async def test_a_connection_lost_on_its_way_to_who_waits_is_not_used(few: Upstream, gives_up: bool) -> None:
    async with serve(echo) as server:
        await read(few, server)
        pool, connection, (first, second) = await lend(few)
        pool._take_back(connection)
        connection.abort()
        if gives_up:
            # It is known to be lost before whoever waits has heard of it.
            pool._forget(connection)
            first.cancel()
        outcomes = await asyncio.gather(first, second, return_exceptions=True)

    # There is one place: the other one has none to get before its time is over.
    got = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
    assert [is_new for _, is_new in got] == [True]
    assert all(found is not connection for found, _ in got)
    assert connection not in pool._free
    assert pool._count == MOST


async def test_a_connection_that_breaks_as_it_is_asked_for_is_not_used(few: Upstream) -> None:
    async with serve(echo) as server:
        await read(few, server)
        pool = pool_of(few)
        (broken,) = pool._free
        broken.abort()
        got, is_new = await pool.borrow(wait_s=1, connect_s=1)

    assert (got is broken, is_new, pool._count) == (False, True, 1)


async def test_who_wants_a_new_one_gets_the_place_of_one_that_rests(few: Upstream) -> None:
    async with serve(echo) as server:
        await read(few, server)
        pool = pool_of(few)
        taken = [(await pool.borrow(wait_s=1, connect_s=1))[0] for _ in range(MOST)]
        for connection in taken:
            pool._take_back(connection)

        got, is_new = await pool.borrow(wait_s=1, connect_s=1, is_fresh=True)
        are_open = [connection.is_open for connection in taken]

    assert is_new
    assert got not in taken
    assert are_open == [False, True, True]


async def test_who_gets_none_in_time_is_told(few: Upstream) -> None:
    async with serve(echo) as server:
        await read(few, server)
        pool, connection, waiting = await lend(few)
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        pool._take_back(connection)

    assert [type(outcome) for outcome in outcomes] == [httpx.PoolTimeout] * 2
    assert list(pool._free) == [connection]


async def test_idle_connections_are_closed_and_their_pool_is_dropped(
    direct: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half a minute is no setting, and too long for a test.
    monkeypatch.setattr(transport_module, "_IDLE_S", 0.05)
    monkeypatch.setattr(transport_module, "_SWEEP_EVERY_S", 0.01)
    transport = transport_of(direct)

    async with serve(echo) as server:
        await read(direct, server)
        await until(lambda: server.open == 0)
        await until(lambda: not transport._pools and transport._sweep is None)
        await read(direct, server)

    assert server.connections == 2


async def test_a_connection_in_use_is_not_idle(direct: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    # Half a minute is no setting, and too long for a test.
    monkeypatch.setattr(transport_module, "_IDLE_S", 0.02)
    monkeypatch.setattr(transport_module, "_SWEEP_EVERY_S", 0.01)

    async def handler(exchange: Exchange) -> None:
        await asyncio.sleep(0.1)
        await exchange.answer(b"slow")

    async with serve(handler) as server:
        assert await read(direct, server) == b"slow"


async def test_closing_the_client_closes_every_connection(few: Upstream) -> None:
    async with serve(echo) as server:
        await asyncio.gather(*(ask(few, server, b"%d" % number) for number in range(9)))
        await few.close()

        await until(lambda: server.open == 0)
    assert server.connections == MOST
