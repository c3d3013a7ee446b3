import asyncio
import errno
from collections.abc import Awaitable
from hashlib import sha256

import asyncpg
import pytest
from tortoise.connection import get_connection

from app.core.clock import now
from app.core.ids import new_id
from app.database import DEFAULT, LEDGER, Fault, Value, dialect, execute_many, fault, reason, transaction
from app.models import Workspace

pytestmark = pytest.mark.usefixtures("database")

RAISE_VERSION = "UPDATE workspace SET version = version + $1"

# As PostgreSQL sends it, in its administrator's language. Filling that queue takes 8 GB.
FULL_QUEUE = asyncpg.PostgresError.new(
    {
        "S": "FEHLER",
        "V": "ERROR",
        "C": "54000",
        "M": "zu viele Benachrichtigungen in NOTIFY-Schlange",
        "F": "async.c",
        "L": "947",
        "R": "PreCommit_Notify",
    }
)


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


async def test_a_trigger_that_refuses_a_row_refuses_it() -> None:
    workspace = await make_workspace()
    forbid = {
        "sqlite": "CREATE TRIGGER forbid BEFORE UPDATE ON workspace BEGIN SELECT RAISE(ABORT, 'no'); END",
        "postgres": "CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no'; END $$; "
        "CREATE TRIGGER forbid BEFORE UPDATE ON workspace FOR EACH ROW EXECUTE FUNCTION forbid()",
    }[dialect()]
    await get_connection(DEFAULT).execute_script(forbid)

    error = await failure(execute(RAISE_VERSION, 1))

    assert fault(error) is Fault.REFUSED
    assert (await Workspace.get(id=workspace.id)).version == workspace.version


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
async def test_a_row_that_is_too_large_is_refused() -> None:
    await get_connection(DEFAULT).execute_script("CREATE TABLE wide (name text UNIQUE)")
    # So long, and nothing in it that comes again, that no index takes it.
    name = "".join(sha256(b"%d" % number).hexdigest() for number in range(500))

    error = await failure(execute("INSERT INTO wide (name) VALUES ($1)", name))

    assert isinstance(error, asyncpg.ProgramLimitExceededError)
    assert fault(error) is Fault.REFUSED


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_database_that_is_full_is_away() -> None:
    await get_connection(DEFAULT).execute_script("PRAGMA max_page_count = 1")

    error = await failure(asyncio.gather(*(make_workspace() for _ in range(500))))

    assert fault(error) is Fault.AWAY


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Fault.AWAY),
        (OSError(errno.EFBIG, "File too large"), Fault.AWAY),
        (asyncpg.DiskFullError("could not extend file"), Fault.AWAY),
        (asyncpg.InternalClientError("cannot switch to state 15"), Fault.AWAY),
        (TimeoutError(), Fault.AWAY),
        (FULL_QUEUE, Fault.AWAY),
    ],
    ids=[
        "no space",
        "file too large",
        "server's disk full",
        "connection broke in between",
        "no answer",
        "queue of notifications full",
    ],
)
def test_what_passes_by_itself_is_away(error: Exception, expected: Fault) -> None:
    assert fault(error) is expected


def test_an_error_without_words_has_a_name() -> None:
    assert (reason(TimeoutError()), reason(OSError("gone"))) == ("TimeoutError", "gone")


async def test_a_mistake_of_ours_is_no_fault_of_the_database() -> None:
    error = await failure(get_connection(DEFAULT).execute_query("SELEKT 1"))

    assert fault(error) is None
    assert fault(asyncio.CancelledError()) is None
