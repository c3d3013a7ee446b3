"""Health tells the truth: 200 while a completion can be taken, and what is wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.front_door import Gateway, open_gateway, until


async def test_a_healthy_process_says_so(gateway: Gateway) -> None:
    live = await gateway.http.get(f"{gateway.url}/health/live")
    health = await gateway.http.get(f"{gateway.url}/health")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert health.status_code == 200
    assert health.json()["status"] == "ok"
    assert health.json()["reasons"] == []


async def test_a_draining_process_leaves_the_balancer_and_still_answers(
    gateway: Gateway, simulator: RunningSimulator
) -> None:
    account = await gateway.sign_up()
    await account.add_provider(simulator)

    gateway.app.drain.is_draining = True

    health = await gateway.http.get(f"{gateway.url}/health")
    live = await gateway.http.get(f"{gateway.url}/health/live")
    answer = await account.complete(
        {"model": "gpt-4o", "messages": [{"role": "user", "content": "Still there?"}]}
    )
    assert (health.status_code, health.json()["reasons"]) == (503, ["draining"])
    assert live.status_code == 200
    assert answer.status_code == 200


async def test_a_full_journal_is_503_before_any_upstream_byte(
    settings: Settings, simulator: RunningSimulator
) -> None:
    limits = {"journal_max_bytes": 1, "ledger_batch_interval_s": 0.5}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator)
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}

        first = await account.complete(body)
        second = await account.complete(body)

        health = await gateway.http.get(f"{gateway.url}/health")

        async def has_room_again() -> bool:
            return (await account.complete(body)).status_code == 200

        await until(has_room_again)
        rows = await account.logs(2)
    assert [row["statusCode"] for row in rows] == [200, 200]
    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]["code"]) == (503, "journal_unavailable")
    assert (health.status_code, health.json()["reasons"]) == (503, ["the journal is full"])
    assert len(simulator.simulator.requests) == 2


@pytest.mark.parametrize(("limit_s", "status", "word"), [(600, 200, "degraded"), (0.2, 503, "unavailable")])
async def test_an_outage_of_the_database_is_degraded_within_its_limit(
    postgres_settings: Settings,
    postgres_server: str,
    simulator: RunningSimulator,
    limit_s: float,
    status: int,
    word: str,
) -> None:
    settings = postgres_settings.model_copy(update={"database_outage_limit_s": limit_s})
    async with open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator)
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
        await account.complete(body)
        await account.logs(1)

        async with outage(postgres_server, settings):
            answer = await account.complete(body)

            async def is_noticed() -> bool:
                health = await gateway.http.get(f"{gateway.url}/health")
                return (health.status_code, health.json()["status"]) == (status, word)

            await until(is_noticed)

        async def has_recovered() -> bool:
            health = await gateway.http.get(f"{gateway.url}/health")
            return (health.status_code, health.json()["status"]) == (200, "ok")

        await until(has_recovered)
        rows = await account.logs(2)
    assert answer.status_code == 200
    assert [row["statusCode"] for row in rows] == [200, 200]


@asynccontextmanager
async def outage(server: str, settings: Settings) -> AsyncIterator[None]:
    """Nobody reaches the database of these settings while the block runs."""
    name = urlsplit(settings.database_url).path.removeprefix("/")
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        yield
    finally:
        await admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        await admin.close()
