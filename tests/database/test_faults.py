import asyncio
from collections.abc import Awaitable

import pytest
from tortoise.connection import get_connection

from app.core.clock import now
from app.core.ids import new_id
from app.database import DEFAULT, LEDGER, Fault, Value, dialect, execute_many, fault, transaction
from app.models import Workspace

pytestmark = pytest.mark.usefixtures("database")

RAISE_VERSION = "UPDATE workspace SET version = version + $1"


async def make_workspace() -> Workspace:
    return await Workspace.create(id=new_id(), owner_id=new_id(), name="mine", created_at=now())


async def failure(work: Awaitable[object]) -> BaseException:
    (outcome,) = await asyncio.gather(work, return_exceptions=True)
    assert isinstance(outcome, Exception)
    return outcome


async def execute(sql: str, *values: Value) -> None:
    async with transaction() as connection:
        await execute_many(connection, sql, [values])


async def test_a_value_that_is_there_already_is_refused() -> None:
    workspace = await make_workspace()

    error = await failure(Workspace.create(id=workspace.id, owner_id=new_id(), name="twin", created_at=now()))

    assert fault(error) is Fault.REFUSED


async def test_a_value_that_no_column_can_hold_is_refused() -> None:
    await make_workspace()

    error = await failure(execute(RAISE_VERSION, 2**70))

    assert fault(error) is Fault.REFUSED


async def test_a_row_that_somebody_holds_is_busy() -> None:
    await make_workspace()
    impatient = {"sqlite": "PRAGMA busy_timeout = 10", "postgres": "SET lock_timeout = '10ms'"}[dialect()]

    async with transaction(LEDGER) as holder:
        await execute_many(holder, RAISE_VERSION, [(1,)])
        update = f"{impatient}; UPDATE workspace SET version = 7"
        error = await failure(get_connection(DEFAULT).execute_script(update))

    assert fault(error) is Fault.BUSY


async def test_a_database_that_takes_no_writes_is_away() -> None:
    await make_workspace()
    shut = {"sqlite": "PRAGMA query_only = ON", "postgres": "SET TRANSACTION READ ONLY"}[dialect()]

    async with transaction() as connection:
        await connection.execute_query(shut)
        error = await failure(execute_many(connection, RAISE_VERSION, [(1,)]))

    assert fault(error) is Fault.AWAY


async def test_a_mistake_of_ours_is_no_fault_of_the_database() -> None:
    error = await failure(get_connection(DEFAULT).execute_query("SELEKT 1"))

    assert fault(error) is None
    assert fault(asyncio.CancelledError()) is None
