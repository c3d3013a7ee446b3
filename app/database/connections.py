"""Connecting: the same three connections by name on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Final, Literal

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import BaseDBAsyncClient, PoolConnectionWrapper
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from app.database import sqlite
from app.database.address import postgres_dsn, sqlite_file
from app.settings import Fsync, Settings

Dialect = Literal["sqlite", "postgres"]

# The management plane.
DEFAULT: Final = "default"
# The ledger's writer, so that it never queues behind the management plane.
LEDGER: Final = "ledger"
# Long reads: log pages, searches, exports, usage.
READ: Final = "read"

_LEDGER_POOL = 2
_READ_POOL = 4
# What one statement may take; the database stops it. Locks are given up on much sooner.
_STATEMENT_TIMEOUT_S = {DEFAULT: 15, LEDGER: 15, READ: 60}
_LOCK_TIMEOUT_S = 5
# Ours never pause: a transaction that does has lost its process or the way to it, and still holds its locks.
_IDLE_TIMEOUT_S = 10
# Past the database's own limit only a dead network is left to wait for.
_NETWORK_MARGIN_S = 5
_CONNECT_TIMEOUT_S = 5
_CLOSE_TIMEOUT_S = 2


class PostgresClient(AsyncpgDBClient):
    """Tortoise's asyncpg client, with a pool that opens nothing until it is used.

    So a process can start, and go on, while the database is away. asyncpg reads the address itself, for
    Tortoise's own reading knows neither `sslmode` nor several hosts.
    """

    def __init__(self, connection_name: str, dsn: str, pool_size: int) -> None:
        super().__init__(connection_name=connection_name)
        self._dsn = dsn
        self._pool_size = pool_size

    async def create_connection(self, with_db: bool) -> None:
        """Makes the pool; no socket is opened yet."""
        statement_timeout_s = _STATEMENT_TIMEOUT_S[self.connection_name]
        self._pool = await asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=self._pool_size,
            timeout=_CONNECT_TIMEOUT_S,
            command_timeout=statement_timeout_s + _NETWORK_MARGIN_S,
            server_settings={
                "application_name": f"perpetuo {self.connection_name}",
                "timezone": "UTC",
                "statement_timeout": f"{statement_timeout_s}s",
                "lock_timeout": f"{_LOCK_TIMEOUT_S}s",
                "idle_in_transaction_session_timeout": f"{_IDLE_TIMEOUT_S}s",
            },
        )
        await self._post_connect()

    def acquire_connection(self) -> "_Acquired":
        """A connection of the pool while the block runs."""
        return _Acquired(self, self._pool_init_lock)

    async def _close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    @property
    def pool(self) -> asyncpg.Pool:
        """Where connections come from now. Raises InterfaceError."""
        if self._pool is None:
            raise asyncpg.InterfaceError("the pool has just been closed")
        return self._pool

    def hang_up(self, pool: asyncpg.Pool) -> None:
        """Ends all connections of a pool; the next statement makes a new pool."""
        if self._pool is pool:
            self._pool = None
        pool.terminate()


class _Acquired(PoolConnectionWrapper[asyncpg.Connection]):
    """Hangs up where a statement has had no answer in time, or nobody waits for it any more.

    Left to itself asyncpg would ask the database to cancel it, and wait as long again. What kept an answer
    from us has likely lost the other connections of the pool too: each would keep somebody waiting in turn.
    """

    def __init__(self, client: PostgresClient, lock: asyncio.Lock) -> None:
        super().__init__(client, lock)
        self._postgres = client

    async def __aenter__(self) -> asyncpg.Connection:
        await self.ensure_connection()
        self._pool = self._postgres.pool
        self._raw: asyncpg.Connection = await self._pool.acquire()
        return self._raw

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, TimeoutError):
            self._postgres.hang_up(self._pool)
        elif isinstance(error, asyncio.CancelledError):
            # The pool may have it back already, because it broke: to be cancelled is what counts.
            with suppress(asyncpg.InterfaceError):
                self._raw.terminate()
        else:
            await self._pool.release(self._raw)


# Tortoise finds a client by the module that names it `client_class`.
client_class = PostgresClient


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[None]:
    """Gives the models a database while the block runs, in every task of the process; one block at a time.

    PostgreSQL need not be up; the first statement finds out. Raises StartRefused for an unusable address.
    """
    context = TortoiseContext()
    # Tortoise keeps SQL by the connection's name alone, and this process may have spoken the other dialect.
    EXECUTOR_CACHE.clear()
    try:
        # Current for the start only: what the tasks of the server and of tests see is the global fallback,
        # whichever task entered this block.
        with context:
            await context.init(config=orm_config(settings), _enable_global_fallback=True)
        for name in (DEFAULT, LEDGER, READ):
            await context.connections.get(name).create_connection(with_db=True)
        yield
    finally:
        # An SQLite connection left open would keep the process from ending.
        await context.close_connections()


def dialect(name: str = DEFAULT) -> Dialect:
    """Which database a connection speaks to."""
    return dialect_of(get_connection(name))


def dialect_of(connection: BaseDBAsyncClient) -> Dialect:
    """Which database an open connection speaks to."""
    return "sqlite" if connection.capabilities.dialect == "sqlite" else "postgres"


def orm_config(settings: Settings, *more_models: str) -> dict[str, object]:
    """Tortoise's configuration: the three connections, and the models of `app.models` and `more_models`."""
    connections = _sqlite_connections(settings) if settings.is_sqlite else _postgres_connections(settings)
    return {
        "connections": connections,
        "apps": {"models": {"models": ["app.models", *more_models], "default_connection": DEFAULT}},
    }


def _sqlite_connections(settings: Settings) -> dict[str, object]:
    file = sqlite_file(settings)
    sqlite.prepare(file)
    credentials = {
        "file": file,
        # Who pays for fsync wants commits on the disk too: the journal is deleted behind them.
        "synchronous": "NORMAL" if settings.ledger_fsync is Fsync.OFF else "FULL",
        # The same for all three.
        "turn": asyncio.Lock(),
    }
    engine = sqlite.__name__
    return {name: {"engine": engine, "credentials": credentials} for name in (DEFAULT, LEDGER, READ)}


def _postgres_connections(settings: Settings) -> dict[str, object]:
    dsn = postgres_dsn(settings)
    pools = {DEFAULT: settings.database_pool, LEDGER: _LEDGER_POOL, READ: _READ_POOL}
    return {
        name: {"engine": __name__, "credentials": {"dsn": dsn, "pool_size": pool_size}}
        for name, pool_size in pools.items()
    }
