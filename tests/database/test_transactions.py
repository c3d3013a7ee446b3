import asyncio
from uuid import UUID

import pytest
from tortoise.connection import get_connection

from app.core.clock import now
from app.core.ids import new_id
from app.database import DEFAULT, LEDGER, READ, connect, transaction
from app.models import Workspace
from app.settings import Settings


async def make_workspace() -> UUID:
    async with transaction():
        workspace = await Workspace.create(id=new_id(), owner_id=new_id(), name="mine", created_at=now())
    return workspace.id


async def version_of(workspace_id: UUID) -> int:
    workspace = await Workspace.get(id=workspace_id, using_db=get_connection(READ))
    version: int = workspace.version
    return version


async def set_version_and_fail(workspace_id: UUID, version: int) -> None:
    async with transaction():
        await Workspace.filter(id=workspace_id).update(version=version)
        raise ZeroDivisionError


@pytest.mark.usefixtures("database")
async def test_a_block_that_raises_leaves_nothing_behind() -> None:
    workspace_id = await make_workspace()

    with pytest.raises(ZeroDivisionError):
        await set_version_and_fail(workspace_id, 5)

    assert await version_of(workspace_id) == 0


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", [DEFAULT, LEDGER])
async def test_nobody_sees_a_transaction_before_it_commits(name: str) -> None:
    workspace_id = await make_workspace()

    async with transaction(name) as connection:
        await Workspace.filter(id=workspace_id).using_db(connection).update(version=5)
        before = await version_of(workspace_id)

    assert (before, await version_of(workspace_id)) == (0, 5)


@pytest.mark.usefixtures("database")
async def test_a_transaction_inside_another_fails_alone() -> None:
    workspace_id = await make_workspace()

    async with transaction():
        await Workspace.filter(id=workspace_id).update(version=1)
        with pytest.raises(ZeroDivisionError):
            await set_version_and_fail(workspace_id, 2)

    assert await version_of(workspace_id) == 1


async def test_sqlite_writers_that_read_first_wait_for_each_other(sqlite_settings: Settings) -> None:
    async def raise_version(name: str, workspace_id: UUID) -> None:
        for _ in range(100):
            async with transaction(name) as connection:
                workspace = await Workspace.get(id=workspace_id, using_db=connection)
                await asyncio.sleep(0)
                await (
                    Workspace.filter(id=workspace_id)
                    .using_db(connection)
                    .update(version=workspace.version + 1)
                )

    async with connect(sqlite_settings):
        workspace_id = await make_workspace()
        await asyncio.gather(raise_version(DEFAULT, workspace_id), raise_version(LEDGER, workspace_id))

        assert await version_of(workspace_id) == 200


async def test_a_sqlite_writer_waits_for_the_one_that_runs_and_for_no_more(sqlite_settings: Settings) -> None:
    order: list[str] = []
    has_begun, is_waiting = asyncio.Event(), asyncio.Event()

    async def drain() -> None:
        for number in range(3):
            async with transaction(LEDGER) as connection:
                order.append(f"batch {number}")
                has_begun.set()
                await is_waiting.wait()
                await Workspace.all().using_db(connection).update(version=number)

    async def revoke() -> None:
        await has_begun.wait()
        # It goes on to its place in the queue before anybody hears of this.
        is_waiting.set()
        async with transaction():
            order.append("revocation")
            await Workspace.all().update(version=7)

    async with connect(sqlite_settings):
        await asyncio.gather(drain(), revoke())

    assert order == ["batch 0", "revocation", "batch 1", "batch 2"]


async def test_a_sqlite_writer_that_gives_up_its_place_keeps_nobody_waiting(
    sqlite_settings: Settings,
) -> None:
    async def write() -> None:
        async with transaction():
            await Workspace.all().update(version=1)

    async with connect(sqlite_settings):
        async with transaction(LEDGER):
            waiting = [asyncio.create_task(write()) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
            waiting[1].cancel()
        async with asyncio.timeout(5):
            ended = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(one) for one in ended] == [asyncio.CancelledError, asyncio.CancelledError, type(None)]


async def test_a_task_cancelled_while_its_transaction_begins_locks_nobody_out(
    sqlite_settings: Settings,
) -> None:
    async def write(workspace_id: UUID, version: int) -> None:
        async with transaction():
            await Workspace.filter(id=workspace_id).update(version=version)

    async with connect(sqlite_settings):
        workspace_id = await make_workspace()
        async with transaction(LEDGER):
            waiting = asyncio.create_task(write(workspace_id, 1))
            # One turn to reach BEGIN, which cannot succeed before the ledger's transaction ends.
            await asyncio.sleep(0.05)
            waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(5):
            await write(workspace_id, 2)

        assert await version_of(workspace_id) == 2


async def test_tasks_cancelled_at_any_point_give_their_postgres_connections_back(
    postgres_settings: Settings,
) -> None:
    async def write(workspace_id: UUID) -> None:
        async with transaction():
            await Workspace.filter(id=workspace_id).update(version=1)

    async with connect(postgres_settings):
        workspace_id = await make_workspace()
        for turns in range(40):
            task = asyncio.create_task(write(workspace_id))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        async with asyncio.timeout(5):
            await asyncio.gather(*(write(workspace_id) for _ in range(20)))

        assert await version_of(workspace_id) == 1
