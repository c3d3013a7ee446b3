import asyncio
import sys
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.utils import get_schema_sql

from app.core.ids import new_id
from app.database import Dialect, connect, migrate, migrating, pending_migrations
from app.database.connections import orm_config
from app.errors import StartRefused
from app.settings import Settings
from scripts.make_migration import changes
from tests.conftest import DatabaseKind, environment, make_settings
from tests.daily_sums import SUMS, add_day, of_days_by_provider, of_providers

TABLES = {
    "api_key", "provider_key", "request_log", "session", "usage_counter", "usage_daily",
    "usage_provider_daily", "user", "workspace",
}  # fmt: skip
EVERY = [migration.name for migration in migrating.history()]

CATALOG: dict[Dialect, tuple[str, ...]] = {
    "sqlite": (
        'SELECT m.name AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk '
        "FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        'SELECT m.name AS "table", i.name, i."unique", i.partial, c.seqno, c.name AS "column", x.sql '
        "FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c "
        "LEFT JOIN sqlite_master x ON x.name = i.name WHERE m.type = 'table'",
        'SELECT m.name AS "own", f.* FROM sqlite_master m, pragma_foreign_key_list(m.name) f',
    ),
    "postgres": (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k "
        "JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = 'public'::regnamespace",
    ),
}


async def catalog(kind: DatabaseKind) -> set[tuple[object, ...]]:
    connection = get_connection("default")
    found: set[tuple[object, ...]] = set()
    for number, query in enumerate(CATALOG[kind]):
        rows = await connection.execute_query_dict(query)
        found.update((number, *row.values()) for row in rows)
    return found


async def tables(settings: Settings, kind: DatabaseKind) -> set[object]:
    async with connect(settings):
        return {row[1] for row in await catalog(kind)} - {"sqlite_sequence"}


async def test_a_migrated_database_has_every_table(
    empty_settings: Settings, database_kind: DatabaseKind
) -> None:
    first, second = await migrate(empty_settings), await migrate(empty_settings)

    assert (first, second) == (EVERY, [])
    assert await tables(empty_settings, database_kind) == TABLES | {"aerich"}


async def test_an_empty_database_lacks_every_migration_and_a_migrated_one_none(
    empty_settings: Settings, settings: Settings
) -> None:
    async with connect(empty_settings):
        before = await pending_migrations()
    async with connect(settings):
        after = await pending_migrations()

    assert (before, after) == (EVERY, [])


async def test_processes_that_start_at_once_migrate_once(empty_settings: Settings) -> None:
    script = (
        "import asyncio\n"
        "from app.database import migrate\n"
        "from app.settings import load\n"
        "print(*asyncio.run(migrate(load())))\n"
    )
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script,
            env=environment(empty_settings), cwd=Path(__file__).parents[1], stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(6)
    ]  # fmt: skip

    printed = [(await process.communicate())[0].decode().split() for process in started]

    assert [process.returncode for process in started] == [0] * 6
    assert sorted(printed) == [[]] * 5 + [EVERY]


async def test_migrations_make_what_the_models_describe(
    settings: Settings, empty_settings: Settings, database_kind: DatabaseKind
) -> None:
    async with connect(settings):
        migrated = await catalog(database_kind)
    async with TortoiseContext() as context:
        await context.init(config=orm_config(empty_settings, "aerich.models"))
        connection = get_connection("default")
        await connection.execute_script(get_schema_sql(connection, safe=False))
        described = await catalog(database_kind)

    assert migrated == described


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("DROP INDEX idx_request_log_failed", id="an index is missing"),
        pytest.param("ALTER TABLE session ADD COLUMN city VARCHAR(9)", id="a column is new"),
        pytest.param('ALTER TABLE "user" DROP COLUMN name', id="a column is missing"),
    ],
)
async def test_the_comparison_would_notice(
    change: str, settings: Settings, database_kind: DatabaseKind
) -> None:
    async with connect(settings):
        before = await catalog(database_kind)
        await get_connection("default").execute_script(change)
        after = await catalog(database_kind)

    assert len(before ^ after) >= 1
    assert len(before) > 100


def test_no_change_of_the_models_lacks_its_migration(database_kind: DatabaseKind) -> None:
    upgrade, downgrade, _ = asyncio.run(changes(database_kind))

    assert (upgrade, downgrade) == ("", "")


async def test_the_last_migration_can_be_taken_back_and_applied_again(
    settings: Settings, database_kind: DatabaseKind
) -> None:
    async with connect(settings):
        before = await catalog(database_kind)
    await aerich(settings, "downgrade", "--yes")
    async with connect(settings):
        taken_back = await catalog(database_kind)

    applied = await migrate(settings)

    assert applied == EVERY[-1:]
    assert taken_back != before
    async with connect(settings):
        assert await catalog(database_kind) == before


async def test_daily_sums_from_before_are_summed_up_by_provider(settings: Settings) -> None:
    workspaces, days = [new_id(), new_id()], [date(2026, 3, 1), date(2026, 3, 2)]
    groups = product(workspaces, days, ("OPENAI", "COHERE", ""), ("a", "b"))
    async with connect(settings):
        for number, (workspace_id, day, provider, model) in enumerate(groups):
            sums = {name: 3**place + number for place, name in enumerate(SUMS)}
            await add_day(workspace_id, day, provider=provider, model=model, api_key_id=new_id(), sums=sums)
    await aerich(settings, "downgrade", "--version", "2", "--yes")

    await migrate(settings)

    async with connect(settings):
        filled = await of_providers()
        assert len(filled) == 12
        assert filled == await of_days_by_provider()


async def test_aerich_itself_understands_the_history(empty_settings: Settings) -> None:
    printed = await aerich(empty_settings, "upgrade")

    assert [f"Success upgrading to {name}" for name in EVERY] == printed.splitlines()
    assert await migrate(empty_settings) == []


async def test_a_migration_that_fails_leaves_nothing_behind(
    settings: Settings, database_kind: DatabaseKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No migration that fails is in the history, and none should be.
    scripts = dict.fromkeys(CATALOG, "CREATE TABLE halfway (id INT);\nINSERT INTO nowhere VALUES (';');\n")
    broken = migrating.Migration("9_broken.py", scripts, "{}")
    monkeypatch.setattr(migrating, "history", lambda: [broken])

    with pytest.raises(StartRefused, match=r"cannot be migrated: .*nowhere"):
        await migrate(settings)

    assert await tables(settings, database_kind) == TABLES | {"aerich"}


async def test_rebuilding_a_sqlite_table_keeps_the_rows_that_point_to_it(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Our tables have no foreign keys so far; the day they do, a rebuild must not delete rows.
    make = (
        "CREATE TABLE parent (id INT PRIMARY KEY);\n"
        "CREATE TABLE child (id INT REFERENCES parent (id) ON DELETE CASCADE);\n"
        "INSERT INTO parent VALUES (1);\nINSERT INTO child VALUES (1);\n"
    )
    rebuild = (
        "CREATE TABLE fresh (id BIGINT PRIMARY KEY);\nINSERT INTO fresh SELECT id FROM parent;\n"
        "DROP TABLE parent;\nALTER TABLE fresh RENAME TO parent;\n"
    )
    steps = [migrating.Migration(f"{n}_x.py", {"sqlite": sql}, "{}") for n, sql in ((8, make), (9, rebuild))]
    monkeypatch.setattr(migrating, "history", lambda: steps)

    await migrate(sqlite_settings)

    async with connect(sqlite_settings):
        rows = await get_connection("default").execute_query_dict("SELECT id FROM child")
    assert [row["id"] for row in rows] == [1]


@pytest.mark.parametrize(
    ("url", "named"),
    [
        pytest.param("postgres://perpetuo:hunter2@127.0.0.1:1/ledger", "127.0.0.1:1/ledger", id="refused"),
        pytest.param("postgres://u:hunter2@/ledger?host=/nowhere", "/nowhere/ledger", id="no socket"),
    ],
)
async def test_a_start_without_the_database_is_refused_without_naming_the_password(
    url: str, named: str, tmp_path: Path
) -> None:
    with pytest.raises(StartRefused) as caught:
        await migrate(make_settings(tmp_path, url))

    assert f"The database at {named} cannot be reached" in caught.value.message
    assert "hunter2" not in caught.value.message


async def test_an_address_that_cannot_be_read_is_refused_without_naming_it(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "postgres://perpetuo:hunt@er2@[::1]:1/perpetuo")

    with pytest.raises(StartRefused) as caught:
        await migrate(settings)

    assert caught.value.message.startswith("DATABASE_URL cannot be read")
    assert caught.value.__cause__ is None


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "perpetuo.db").write_text("this is a letter to my aunt" * 100)

    with pytest.raises(StartRefused, match=r"perpetuo\.db cannot be migrated: file is not a database"):
        await migrate(make_settings(tmp_path))


async def aerich(settings: Settings, *arguments: str) -> str:
    config = settings.data_dir / "aerich.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(
        '[tool.aerich]\ntortoise_orm = "migrations.config.TORTOISE_ORM"\nlocation = "migrations"\n'
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "aerich", "--config", config, *arguments,
        env=environment(settings), cwd=Path(__file__).parents[1], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode()
