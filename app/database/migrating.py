"""Migrating: brings a database to the tables that this version expects, once, whoever starts first.

The history is aerich's: one module for each step in `migrations.models`, and a table `aerich` of the steps
that were taken. The runner is ours, for aerich's own is neither atomic on SQLite nor safe when several
processes start at once.
"""

import asyncio
import fcntl
import importlib
import pkgutil
import sqlite3
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from tortoise.connection import get_connection

import migrations.models
from app.database.address import place, postgres_dsn, sqlite_file
from app.database.connections import DEFAULT, Dialect, dialect
from app.database.faults import reason
from app.database.sqlite import prepare
from app.errors import StartRefused
from app.settings import Settings

_APP: Final = "models"
_LOCK_KEY: Final = 0x7065727065747565
_CONNECT_TIMEOUT_S = 10
# Another process may be migrating, and a large table takes its time.
_WAIT_S = 600


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the history. `models_state` is aerich's description of the models after it, as JSON."""

    name: str
    upgrade: Mapping[Dialect, str]
    models_state: str


async def migrate(settings: Settings) -> list[str]:
    """The names of the migrations that were applied now; each is applied wholly or not at all.

    Safe to call from several processes at once. Raises StartRefused where the database cannot be reached.
    """
    try:
        if settings.is_sqlite:
            return await asyncio.to_thread(_migrate_sqlite, sqlite_file(settings))
        return await _migrate_postgres(settings)
    except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartRefused(
            f"The database at {place(settings)} cannot be migrated: {reason(error)}"
        ) from error


async def pending_migrations() -> list[str]:
    """The names of the migrations that the connected database still lacks."""
    connection = get_connection(DEFAULT)
    lookup = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aerich'",
        "postgres": "SELECT 1 WHERE to_regclass('aerich') IS NOT NULL",
    }
    applied: set[str] = set()
    if await connection.execute_query_dict(lookup[dialect(DEFAULT)]):
        rows = await connection.execute_query_dict("SELECT version FROM aerich")
        applied = {row["version"] for row in rows}
    return [migration.name for migration in history() if migration.name not in applied]


def history() -> list[Migration]:
    """Every migration that this version knows, oldest first."""
    names = [module.name for module in pkgutil.iter_modules(migrations.models.__path__)]
    return [_load(name) for name in sorted(names, key=lambda name: int(name.partition("_")[0]))]


def _load(name: str) -> Migration:
    module = importlib.import_module(f"{migrations.models.__name__}.{name}")
    return Migration(
        name=f"{name}.py",
        upgrade=module.UPGRADE,
        models_state=zlib.decompress(b64decode(module.MODELS_STATE)).decode(),
    )


async def _migrate_postgres(settings: Settings) -> list[str]:
    connection = await _open_postgres(settings)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{_WAIT_S}s'")
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK_KEY)
            applied: set[str] = set()
            if await connection.fetchval("SELECT to_regclass('aerich')"):
                applied = {row["version"] for row in await connection.fetch("SELECT version FROM aerich")}
            missing = [migration for migration in history() if migration.name not in applied]
            for migration in missing:
                await connection.execute(migration.upgrade["postgres"])
                await connection.execute(
                    "INSERT INTO aerich (version, app, content) VALUES ($1, $2, $3)",
                    migration.name,
                    _APP,
                    migration.models_state,
                )
        return [migration.name for migration in missing]
    finally:
        await connection.close()


async def _open_postgres(settings: Settings) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(postgres_dsn(settings), timeout=_CONNECT_TIMEOUT_S)
    except ValueError:
        # Its text could quote the password, and so could a chained error.
        raise StartRefused(
            "DATABASE_URL cannot be read; special characters of user and password must be percent-encoded"
        ) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartRefused(f"The database at {place(settings)} cannot be reached: {reason(error)}") from error


def _migrate_sqlite(file: Path) -> list[str]:
    prepare(file)
    with _locked(file.with_name(f"{file.name}.migrate.lock")), closing(_open_sqlite(file)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        applied: set[str] = set()
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'aerich'").fetchone():
            applied = {version for (version,) in connection.execute("SELECT version FROM aerich")}
        missing = [migration for migration in history() if migration.name not in applied]
        for migration in missing:
            for statement in _statements(migration.upgrade["sqlite"]):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO aerich (version, app, content) VALUES (?, ?, ?)",
                (migration.name, _APP, migration.models_state),
            )
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError("a migration would leave rows that point nowhere")
        # Without this line the connection closes, and SQLite takes everything back.
        connection.execute("COMMIT")
    return [migration.name for migration in missing]


def _open_sqlite(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None)
    # Here, under the lock: two processes that turn it on at once get "database is locked".
    connection.execute("PRAGMA journal_mode = WAL").close()
    # A table that is rebuilt must not take the rows that point to it along; inside a transaction this has
    # no effect.
    connection.execute("PRAGMA foreign_keys = OFF").close()
    return connection


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit first.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
