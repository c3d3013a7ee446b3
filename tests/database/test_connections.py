import asyncio
import contextvars
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from tortoise.connection import get_connection

from app.core.clock import now
from app.core.ids import new_id
from app.database import (
    DEFAULT,
    LEDGER,
    READ,
    Fault,
    connect,
    connections,
    dialect,
    fault,
    migrate,
    transaction,
)
from app.errors import StartRefused
from app.models import Workspace
from app.settings import Fsync, Settings
from tests.conftest import DatabaseKind, environment, make_settings
from tests.drills.postgres import network_to, stoppable_postgres
from tests.front_door import until


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", [DEFAULT, LEDGER, READ])
async def test_three_connections_reach_one_database(name: str, database_kind: DatabaseKind) -> None:
    workspace = await Workspace.create(id=new_id(), owner_id=new_id(), name="mine", created_at=now())

    found = await Workspace.get(id=workspace.id, using_db=get_connection(name))

    assert found.created_at == workspace.created_at
    assert dialect(name) == database_kind


@pytest.mark.usefixtures("database")
async def test_a_task_with_a_context_of_its_own_reaches_the_database() -> None:
    async def count() -> int:
        return await Workspace.all().count()

    task = asyncio.create_task(count(), context=contextvars.Context())

    assert await task == 0


@pytest.mark.parametrize(("fsync", "synchronous"), [(Fsync.OFF, 1), (Fsync.INTERVAL, 2), (Fsync.ALWAYS, 2)])
async def test_sqlite_connections_are_set_up_for_one_writer_and_many_readers(
    sqlite_template: Path, fsync: Fsync, synchronous: int
) -> None:
    expected = {"journal_mode": "wal", "busy_timeout": 5000, "synchronous": synchronous, "foreign_keys": 1}
    settings = make_settings(sqlite_template.parent).model_copy(update={"ledger_fsync": fsync})

    async with connect(settings):
        found = {
            (name, pragma): (await get_connection(name).execute_query(f"PRAGMA {pragma}"))[1][0][0]
            for name in (DEFAULT, LEDGER, READ)
            for pragma in expected
        }

    assert found == {
        (name, pragma): value for name in (DEFAULT, LEDGER, READ) for pragma, value in expected.items()
    }


async def test_a_postgres_statement_that_takes_too_long_is_ended(
    postgres_server: str, tmp_path: Path
) -> None:
    async with connect(make_settings(tmp_path, postgres_server)):
        rows = await get_connection(LEDGER).execute_query_dict(
            "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout')"
        )

    assert {row["name"]: row["setting"] for row in rows} == {
        "statement_timeout": "15000",
        "lock_timeout": "5000",
    }


async def test_connecting_does_not_need_postgres_to_be_up(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "postgres://perpetuo:hunter2@127.0.0.1:1/perpetuo")

    async with connect(settings):
        with pytest.raises(OSError, match="Connect call failed") as caught:
            await Workspace.all().count()

    assert fault(caught.value) is Fault.AWAY


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("mysql://root@localhost/x", id="another database"),
        pytest.param("sqlite://", id="no file"),
        pytest.param("sqlite://:memory:", id="memory"),
    ],
)
async def test_an_unusable_address_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="DATABASE_URL"):
        async with connect(make_settings(tmp_path, url)):
            pass


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "asyncpg"])
async def test_every_spelling_of_a_postgres_address_works(
    scheme: str, postgres_server: str, tmp_path: Path
) -> None:
    url = f"{scheme}://{postgres_server.partition('://')[2]}"

    async with connect(make_settings(tmp_path, url)):
        rows = await get_connection(READ).execute_query_dict("SELECT 1 AS one")

    assert rows[0]["one"] == 1


async def test_a_sqlite_address_names_a_file_in_a_folder_that_may_not_exist_yet(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "here.db"

    async with connect(make_settings(tmp_path, f"sqlite://{file}")):
        await get_connection(DEFAULT).execute_script("CREATE TABLE proof (id INT)")

    assert file.stat().st_size > 0


async def test_nobody_else_may_read_a_new_sqlite_file_wherever_it_lies(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    settings = make_settings(tmp_path)

    await migrate(settings)
    async with connect(settings):
        await Workspace.create(id=new_id(), owner_id=new_id(), name="mine", created_at=now())
        files = [tmp_path / f"perpetuo.db{suffix}" for suffix in ("", "-wal", "-shm")]
        modes = [file.stat().st_mode & 0o777 for file in files]

    assert modes == [0o600] * 3


def test_a_process_ends_although_its_work_failed_while_connected(sqlite_template: Path) -> None:
    script = (
        "import asyncio\n"
        "from app.database import connect\n"
        "from app.settings import Fsync, load\n"
        "async def main():\n"
        "    async with connect(load()):\n"
        "        raise SystemExit(3)\n"
        "asyncio.run(main())\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(make_settings(sqlite_template.parent)),
        cwd=Path(__file__).parents[2],
        timeout=20,
        check=False,
    )

    assert ended.returncode == 3


@pytest.mark.parametrize("name", [DEFAULT, LEDGER])
async def test_connections_that_fell_silent_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Patched: the limits are many seconds.
    monkeypatch.setattr(connections, "_STATEMENT_TIMEOUT_S", {DEFAULT: 1, LEDGER: 1, READ: 1})
    monkeypatch.setattr(connections, "_NETWORK_MARGIN_S", 0)

    async def ask() -> None:
        async with transaction(name) as connection:
            await connection.execute_query("SELECT pg_sleep(0.1)")

    async with stoppable_postgres() as postgres, network_to(postgres.port) as network:
        url = postgres.url.replace(str(postgres.port), str(network.port))
        async with connect(make_settings(tmp_path, url)):
            await asyncio.gather(ask(), ask())
            network.forget()
            started = time.monotonic()
            outcomes = await asyncio.gather(ask(), return_exceptions=True)
            gave_up_s = time.monotonic() - started
            await asyncio.gather(ask(), ask())
            recovered_s = time.monotonic() - started - gave_up_s

    assert [type(outcome) for outcome in outcomes] == [TimeoutError]
    assert gave_up_s < 1.5
    # Not another second for each of the others that were lost.
    assert recovered_s < 1


async def test_a_transaction_that_lost_its_process_lets_go_of_its_locks(
    postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: the limit is many seconds.
    monkeypatch.setattr(connections, "_IDLE_TIMEOUT_S", 1)

    async def lock_and_wait_for_another(id_: UUID) -> None:
        async with transaction(LEDGER) as silent:
            await Workspace.filter(id=id_).using_db(silent).update(name="b")
            await Workspace.filter(id=id_).update(name="c")
            await silent.execute_query("SELECT 1")

    async with connect(postgres_settings):
        workspace = await Workspace.create(id=new_id(), owner_id=new_id(), name="a", created_at=now())
        (error,) = await asyncio.gather(lock_and_wait_for_another(workspace.id), return_exceptions=True)
        found = await Workspace.get(id=workspace.id)

    assert isinstance(error, Exception)
    assert fault(error) is Fault.AWAY
    assert found.name == "c"


@pytest.mark.parametrize("name", [DEFAULT, LEDGER])
async def test_who_is_cancelled_while_the_connection_is_gone_is_cancelled(
    postgres_settings: Settings, name: str
) -> None:
    begun: asyncio.Future[asyncpg.pool.PoolConnectionProxy] = asyncio.get_running_loop().create_future()

    async def wait_inside() -> None:
        async with transaction(name) as connection:
            begun.set_result(connection._connection)
            await asyncio.Event().wait()

    async with connect(postgres_settings):
        task = asyncio.create_task(wait_inside())
        lent = await begun

        async def is_lost() -> bool:
            return lent._con is None

        await get_connection(READ).execute_query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
            [f"perpetuo {name}"],
        )
        await until(is_lost)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
