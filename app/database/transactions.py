"""Transactions: everything that may write goes through one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tortoise.backends.asyncpg.client import TransactionWrapper as PostgresTransaction
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.backends.sqlite.client import SqliteTransactionWrapper as SqliteTransaction
from tortoise.connection import get_connections

from app.database.connections import DEFAULT, PostgresClient
from app.database.sqlite import SqliteFileClient


@asynccontextmanager
async def transaction(name: str = DEFAULT) -> AsyncIterator[BaseDBAsyncClient]:
    """The connection inside a transaction that commits when the block ends and rolls back when it raises.

    Inside the block every model of this task uses it too where the name is "default". Do not start tasks
    there, nor wait for a network or a password hash: on SQLite all others wait as well, and get their turns
    in the order in which they came. Inside another transaction of the same name it is a savepoint; inside one
    of another name it would wait for itself.

    Tortoise's own transactions will not do: on SQLite they begin deferred, so that a read followed by a
    write fails at once with "database is locked"; and a task cancelled while one begins leaves the
    connection locked for good.
    """
    client = get_connections().get(name)
    if isinstance(client, TransactionalDBClient):
        async with client._in_transaction() as nested:  # noqa: SLF001 # all that Tortoise's in_transaction does
            yield nested
    elif isinstance(client, SqliteFileClient):
        async with _sqlite(client) as connection:
            yield connection
    elif isinstance(client, PostgresClient):
        async with _postgres(client) as connection:
            yield connection
    else:
        raise TypeError(f"no transactions for {type(client).__name__}")


@asynccontextmanager
async def _sqlite(client: SqliteFileClient) -> AsyncIterator[BaseDBAsyncClient]:
    # The turn first: who waits for it keeps nobody from reading over the same connection.
    async with client.turn, client.acquire_connection() as raw:
        inner = SqliteTransaction(client)
        try:
            await inner.execute_query("BEGIN IMMEDIATE")
            with _current(inner):
                yield inner
            await raw.commit()
        except BaseException:
            # Queued behind a statement that a cancelled task no longer waits for, and no harm without one.
            await raw.rollback()
            raise


@asynccontextmanager
async def _postgres(client: PostgresClient) -> AsyncIterator[BaseDBAsyncClient]:
    async with client.acquire_connection() as raw:
        inner = PostgresTransaction(client)
        inner._connection = raw  # noqa: SLF001 # as Tortoise's own transaction does
        begun = raw.transaction()
        await begun.start()
        try:
            with _current(inner):
                yield inner
        except (TimeoutError, asyncio.CancelledError):
            # The connection ends, and takes everything back; a roll back might have no answer either.
            raise
        except BaseException:
            await begun.rollback()
            raise
        await begun.commit()


@contextmanager
def _current(connection: BaseDBAsyncClient) -> Iterator[None]:
    connections = get_connections()
    token = connections.set(connection.connection_name, connection)
    try:
        yield
    finally:
        connections.reset(token)
