"""The few statements that the two databases spell differently, and that writing in batches needs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

import asyncpg
from tortoise.backends.asyncpg.client import TransactionWrapper as PostgresTransaction
from tortoise.backends.base.client import BaseDBAsyncClient

from app.database.connections import dialect_of

# JSON comes as text that is already encoded.
Value = UUID | datetime | date | str | bytes | bool | int | float | None

# SQLite's own limit on placeholders of one statement since 3.32.
_SQLITE_PLACEHOLDERS = 32_766
_SQLITE_ROWS = 500


async def execute_many(connection: BaseDBAsyncClient, sql: str, rows: Sequence[Sequence[Value]]) -> None:
    """Executes `sql` once for each row; placeholders are $1, $2… on both databases."""
    if dialect_of(connection) == "sqlite":
        sql = re.sub(r"\$(\d+)", r"?\1", sql)
        rows = [[to_sqlite(value) for value in row] for row in rows]
    await connection.execute_many(sql, cast("list[list[object]]", rows))


async def insert_new(
    connection: BaseDBAsyncClient, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> set[UUID]:
    """The ids that were not in `table` before; their rows are now, the others are left as they are.

    `columns` include `id`. To be called inside a transaction.
    """
    if not rows:
        return set()
    if isinstance(connection, PostgresTransaction):
        return await _insert_by_copy(connection, table, columns, rows)
    return await _insert_by_values(connection, table, columns, rows)


async def upsert_sums(
    connection: BaseDBAsyncClient,
    table: str,
    *,
    keys: Sequence[str],
    sums: Sequence[str],
    rows: Sequence[Mapping[str, Value]],
) -> None:
    """Adds the columns `sums` of each row to the row with the same `keys`, or makes that row.

    Every row has the same columns; those that are neither key nor sum only matter for a new one. Rows are
    written in the order of their keys, whoever writes, so that two writers cannot wait for each other.
    """
    if not rows:
        return
    columns = list(rows[0])
    added = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in sums)
    sql = (
        f'INSERT INTO "{table}" ({_names(columns)}) '  # noqa: S608 # names are ours
        f"VALUES ({', '.join(f'${number}' for number in range(1, len(columns) + 1))}) "
        f"ON CONFLICT ({_names(keys)}) DO UPDATE SET {added}"
    )
    ordered = sorted(rows, key=lambda row: [str(row[name]) for name in keys])
    await execute_many(connection, sql, [[row[name] for name in columns] for row in ordered])


async def lock(connection: BaseDBAsyncClient, number: int) -> None:
    """Waits until nobody else holds the lock of this number, and holds it until the transaction ends.

    On SQLite no two transactions write at once anyway.
    """
    if dialect_of(connection) == "postgres":
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [number])


def to_sqlite(value: Value) -> str | bytes | int | float | None:
    """A value as Tortoise stores it in SQLite, so that its models read the same value back."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return value


async def _insert_by_copy(
    connection: PostgresTransaction, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> set[UUID]:
    raw: asyncpg.Connection = connection._connection  # noqa: SLF001 # COPY is asyncpg's alone
    staging = f"new_{table}"
    # Kept for the session: one made for each batch would bloat the catalog.
    await raw.execute(
        f'CREATE TEMPORARY TABLE IF NOT EXISTS "{staging}" (LIKE "{table}") ON COMMIT DELETE ROWS'
    )
    await raw.copy_records_to_table(staging, records=rows, columns=columns, schema_name="pg_temp")
    inserted = await raw.fetch(
        f'INSERT INTO "{table}" ({_names(columns)}) '  # noqa: S608 # names are ours
        f'SELECT {_names(columns)} FROM pg_temp."{staging}" ORDER BY id '
        "ON CONFLICT (id) DO NOTHING RETURNING id"
    )
    return {record["id"] for record in inserted}


async def _insert_by_values(
    connection: BaseDBAsyncClient, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> set[UUID]:
    inserted: set[UUID] = set()
    for chunk in _chunks(rows, min(_SQLITE_ROWS, _SQLITE_PLACEHOLDERS // len(columns))):
        row = f"({', '.join('?' * len(columns))})"
        sql = (
            f'INSERT INTO "{table}" ({_names(columns)}) '  # noqa: S608 # names are ours
            f"VALUES {', '.join([row] * len(chunk))} ON CONFLICT (id) DO NOTHING RETURNING id"
        )
        values = [to_sqlite(value) for values in chunk for value in values]
        inserted.update(UUID(found["id"]) for found in await connection.execute_query_dict(sql, values))
    return inserted


def _chunks(rows: Sequence[Sequence[Value]], size: int) -> Iterator[Sequence[Sequence[Value]]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
