"""What one process tells, another hears."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.core.changes import CHANGED_CHANNEL, Change, Changes, RequestsLogged, WorkspaceChanged
from app.core.ids import new_id
from app.database import connect, notify, transaction
from app.gateway.ledger import LOGGED_CHANNEL
from app.gateway.notifications import hear
from app.settings import Settings
from tests.front_door import until


@pytest.fixture
async def changes(postgres_settings: Settings) -> AsyncIterator[Changes]:
    changes = Changes()
    async with connect(postgres_settings):
        hearing = asyncio.create_task(hear(postgres_settings, changes, "ourselves"))
        await _is_listening()
        yield changes
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def test_a_change_elsewhere_is_published_here(changes: Changes) -> None:
    workspace_id = new_id()

    heard = await _heard(changes, (CHANGED_CHANNEL, str(workspace_id)))

    assert heard == WorkspaceChanged(workspace_id)


async def test_rows_logged_elsewhere_are_published_here(changes: Changes) -> None:
    workspace_id, first, second = new_id(), new_id(), new_id()

    heard = await _heard(changes, (LOGGED_CHANNEL, f"another {workspace_id} {first} {second}"))

    assert heard == RequestsLogged(workspace_id, (first, second))


async def test_our_own_rows_and_nonsense_are_passed_over(changes: Changes) -> None:
    workspace_id = new_id()

    heard = await _heard(
        changes,
        (LOGGED_CHANNEL, f"ourselves {new_id()} {new_id()}"),
        (LOGGED_CHANNEL, "another nonsense"),
        (CHANGED_CHANNEL, "nonsense"),
        (CHANGED_CHANNEL, str(workspace_id)),
    )

    assert heard == WorkspaceChanged(workspace_id)


async def test_on_sqlite_there_is_nobody_to_hear(sqlite_settings: Settings) -> None:
    await asyncio.wait_for(hear(sqlite_settings, Changes(), "ourselves"), 1)


async def _heard(changes: Changes, *messages: tuple[str, str]) -> Change:
    """The first change that is published once the messages were sent, one after the other."""
    heard: asyncio.Queue[Change] = asyncio.Queue()
    with changes.listening(heard.put_nowait):
        for channel, payload in messages:
            async with transaction() as connection:
                await notify(connection, channel, payload)
        return await asyncio.wait_for(heard.get(), 5)


async def _is_listening() -> None:
    # What it asks once its LISTEN statements are through.
    listener = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'perpetuo listener' AND query LIKE '%queue_usage()'"
    )

    async def is_there() -> bool:
        async with transaction() as connection:
            return bool(await connection.execute_query_dict(listener))

    await until(is_there)
