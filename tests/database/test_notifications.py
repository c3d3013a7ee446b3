import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from tortoise.connection import get_connection

from app.database import DEFAULT, connect, listen, notify, transaction
from app.database.address import postgres_dsn
from app.settings import Settings
from tests.conftest import make_settings
from tests.front_door import until

Events = asyncio.Queue[tuple[str, ...]]


@asynccontextmanager
async def listening(settings: Settings, *channels: str) -> AsyncIterator[Events]:
    events: Events = asyncio.Queue()
    task = asyncio.create_task(
        listen(
            settings,
            channels,
            lambda channel, payload: events.put_nowait((channel, payload)),
            lambda: events.put_nowait(("connected",)),
        )
    )
    try:
        async with asyncio.timeout(10):
            yield events
    finally:
        task.cancel()
        await asyncio.wait([task])


async def notify_and_fail(channel: str, payload: str) -> None:
    async with transaction() as connection:
        await notify(connection, channel, payload)
        raise ZeroDivisionError


async def test_a_message_arrives_when_its_transaction_commits(postgres_settings: Settings) -> None:
    async with connect(postgres_settings), listening(postgres_settings, "news", "other") as events:
        connected = await events.get()
        with pytest.raises(ZeroDivisionError):
            await notify_and_fail("news", "taken back")
        async with transaction() as connection:
            await notify(connection, "unheard", "x")
            await notify(connection, "other", "ä")
            await notify(connection, "news", "kept", "this too")
            early = events.empty()

        assert connected == ("connected",)
        assert early is True
        heard = [await events.get() for _ in range(3)]
        assert heard == [("other", "ä"), ("news", "kept"), ("news", "this too")]


async def test_a_listener_whose_connection_ends_makes_another(
    postgres_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(postgres_settings), listening(postgres_settings, "news") as events:
        await events.get()
        await get_connection(DEFAULT).execute_query_dict(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'perpetuo listener' AND datname = current_database()"
        )
        again = await events.get()
        async with transaction() as connection:
            await notify(connection, "news", "after")

        assert again == ("connected",)
        assert await events.get() == ("news", "after")
    assert len(caplog.records) == 1


async def test_a_listener_makes_room_in_the_queue_that_another_one_filled(
    postgres_settings: Settings,
) -> None:
    slow = await asyncpg.connect(postgres_dsn(postgres_settings))
    await slow.execute("LISTEN anything")
    await slow.execute("BEGIN")
    async with connect(postgres_settings):

        async def files() -> int:
            return len(await get_connection(DEFAULT).execute_query_dict("SELECT pg_ls_dir('pg_notify')"))

        async def is_empty() -> bool:
            return await files() == 1

        for _ in range(10):
            async with transaction() as connection:
                await notify(connection, "anything", *(f"{number} {'x' * 7_000}" for number in range(15)))
        await slow.execute("ROLLBACK")
        await slow.close()
        full = await files()

        async with listening(postgres_settings, "news"):
            await until(is_empty)

    assert full > 1


async def test_a_connection_that_breaks_where_its_driver_expects_no_break_is_made_again(
    postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_really, failures = asyncpg.connect, [asyncpg.InternalClientError("unexpected connection_lost()")]

    async def fail_first(dsn: str, **options: object) -> asyncpg.Connection:
        if failures:
            raise failures.pop()
        return await connect_really(dsn, **options)

    monkeypatch.setattr(asyncpg, "connect", fail_first)

    async with listening(postgres_settings, "news") as events:
        assert await events.get() == ("connected",)


async def test_an_outage_is_logged_once_and_without_the_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that many tries fit into the test.
    monkeypatch.setattr("app.database.notifications._LONGEST_DELAY_S", 0.001)
    settings = make_settings(tmp_path, "postgres://perpetuo:hunter2@127.0.0.1:1/perpetuo")
    caplog.set_level(logging.WARNING)

    async with listening(settings, "news") as events:
        await asyncio.sleep(0.5)

    assert events.empty()
    assert len(caplog.records) == 1
    assert "127.0.0.1:1/perpetuo" in caplog.text
    assert "hunter2" not in caplog.text


async def test_sqlite_has_nobody_to_listen_to(sqlite_settings: Settings) -> None:
    def never() -> None:
        raise AssertionError

    await listen(sqlite_settings, ["news"], lambda _channel, _payload: never(), never)

    async with connect(sqlite_settings), transaction() as connection:
        await notify(connection, "news", "unheard")
