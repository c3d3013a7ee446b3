"""The few statements that the two databases spell differently, and that writing in batches needs."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter, itemgetter
from typing import Final, TypeVar, cast
from uuid import UUID

import asyncpg
import msgspec
from tortoise.backends.asyncpg.client import TransactionWrapper as PostgresTransaction
from tortoise.backends.base.client import BaseDBAsyncClient

from app.database.connections import dialect, dialect_of

Value = UUID | datetime | date | str | bytes | bool | int | float | None
# What means the same as JSON: bytes and floats need not.
Plain = UUID | date | str | int

# Rows that PostgreSQL inserts without a pause: it may share a core with whoever waits for an answer.
_AT_ONCE: Final = 50

_ENCODER: Final = msgspec.json.Encoder()
_Row = TypeVar("_Row", bound=msgspec.Struct)


class Values:
    """The values of a statement that is being written for one of the connections, in their order."""

    def __init__(self, connection_name: str) -> None:
        self._is_sqlite = dialect(connection_name) == "sqlite"
        self.listed: list[Value] = []

    def add(self, value: Value) -> str:
        """The placeholder of a value. Texts become as the log stores them."""
        if isinstance(value, str):
            # PostgreSQL takes neither NUL nor half a surrogate pair.
            value = value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
        self.listed.append(to_sqlite(value) if self._is_sqlite else value)
        return f"{'?' if self._is_sqlite else '$'}{len(self.listed)}"


async def execute_many(connection: BaseDBAsyncClient, sql: str, rows: Iterable[Sequence[Value]]) -> None:
    """Executes `sql` once for each row; placeholders are $1, $2… on both databases."""
    if dialect_of(connection) == "sqlite":
        await _execute_many_in_sqlite(connection, sql, rows)
    else:
        await connection.execute_many(sql, cast("list[list[object]]", rows))


async def insert_new(
    connection: BaseDBAsyncClient, table: str, columns: Sequence[str], rows: Sequence[_Row]
) -> list[_Row]:
    """Those of the rows whose ids were not in `table` before; now they are, the others are left as they are.

    A row has a field for each of `columns`, of which `id` is one; a list goes into a column of JSON. Of two
    rows with the same id one is left. Give them in the order of their ids, so that two writers cannot wait
    for each other. To be called inside a transaction.
    """
    if not rows:
        return []
    id_of = attrgetter("id")
    if isinstance(connection, PostgresTransaction):
        # Mostly all of them are new: then their ids need not come back.
        told = "SELECT CASE WHEN count(*) < $2 THEN coalesce(array_agg(id), '{}') END FROM new"
        insert = f"{_insert_json(table, columns)} ORDER BY id ON CONFLICT (id) DO NOTHING RETURNING id"
        raw: asyncpg.Connection = connection._connection  # noqa: SLF001 # Tortoise gives no single value
        found: list[_Row] = []
        for some in _slices(rows):
            new = await raw.fetchval(
                f"WITH new AS ({insert}) {told}", _ENCODER.encode(some).decode(), len(some)
            )
            found += some if new is None else _of_ids(set(new), some, id_of)
        return found
    values_of = attrgetter(*columns)
    known = await _known(connection, table, [id_of(row) for row in rows])
    found = _of_ids({id_of(row) for row in rows} - known, rows, id_of)
    insert = f"{_insert(table, columns)} {_placeholders(columns)}"
    await _execute_many_in_sqlite(connection, insert, (values_of(row) for row in found))
    return found


def _slices(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


def _of_ids(ids: set[UUID], rows: Sequence[_Row], id_of: Callable[[_Row], UUID]) -> list[_Row]:
    return list({id_of(row): row for row in rows if id_of(row) in ids}.values())


async def upsert_sums(
    connection: BaseDBAsyncClient,
    table: str,
    *,
    keys: Sequence[str],
    sums: Sequence[str],
    rows: Sequence[Mapping[str, Plain]],
) -> None:
    """Adds the columns `sums` of each row to the row with the same `keys`, or makes that row.

    Every row has the same columns, and keys of its own; what is neither key nor sum only matters for a new
    row. Rows are written in the order of their keys, whoever writes, so that two writers cannot wait for
    each other. To be called inside a transaction.
    """
    if not rows:
        return
    columns = list(rows[0])
    added = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in sums)
    conflict = f"ON CONFLICT ({_names(keys)}) DO UPDATE SET {added}"
    if isinstance(connection, PostgresTransaction):
        insert = f"{_insert_json(table, columns)} ORDER BY {_names(keys)} {conflict}"
        await connection.execute_query(insert, [_ENCODER.encode(rows).decode()])
    else:
        insert = f"{_insert(table, columns)} {_placeholders(columns)} {conflict}"
        ordered = sorted(rows, key=itemgetter(*keys))
        await _execute_many_in_sqlite(connection, insert, (list(row.values()) for row in ordered))


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


async def _execute_many_in_sqlite(
    connection: BaseDBAsyncClient, sql: str, rows: Iterable[Sequence[object]]
) -> None:
    sql = re.sub(r"\$(\d+)", r"?\1", sql)
    # Lazily: values are made ready in SQLite's thread, not in the event loop's.
    ready = (_to_sqlite_row(row) for row in rows)
    await connection.execute_many(sql, cast("list[list[object]]", ready))


def _to_sqlite_row(row: Sequence[object]) -> list[object]:
    # In C; Tortoise spells datetimes in its own way, and JSON is text.
    plain = msgspec.to_builtins(row, builtin_types=(bytes, datetime))
    return [
        to_sqlite(value)
        if isinstance(value, datetime)
        else _ENCODER.encode(value).decode()
        if isinstance(value, list)
        else value
        for value in plain
    ]


def _insert_json(table: str, columns: Sequence[str]) -> str:
    """An INSERT of the rows that the JSON of the first value holds.

    One value for the whole batch: nothing is cheaper for this process, COPY included, and the table itself
    says of which types the columns are.
    """
    return (
        f"{_insert(table, columns)} SELECT {_names(columns)} "  # noqa: S608 # names are ours
        f'FROM json_populate_recordset(NULL::"{table}", $1)'
    )


async def _known(connection: BaseDBAsyncClient, table: str, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that SQLite has already; nobody else writes before the transaction ends."""
    (found,) = await connection.execute_query_dict(
        f'SELECT json_group_array(id) AS ids FROM "{table}" '  # noqa: S608 # the name is ours
        "WHERE id IN (SELECT value FROM json_each(?))",
        [_ENCODER.encode(ids).decode()],
    )
    return {UUID(id_) for id_ in json.loads(found["ids"])}


def _insert(table: str, columns: Sequence[str]) -> str:
    return f'INSERT INTO "{table}" ({_names(columns)})'


def _placeholders(columns: Sequence[str]) -> str:
    return f"VALUES ({', '.join(f'${number}' for number in range(1, len(columns) + 1))})"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
