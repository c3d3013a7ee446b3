"""SQLite: three connections to one file, and one writer at a time."""

import asyncio
from pathlib import Path

from tortoise.backends.sqlite.client import SqliteClient

# Only another process, such as `perpetuo reset-password`, can still be in the way for so long.
_BUSY_TIMEOUT_MS = 5000


class SqliteFileClient(SqliteClient):
    """Tortoise's SQLite client; `turn` is held by whoever writes into the file, over any of its connections.

    Those who wait get it in the order in which they came. SQLite knows no order: each of them asks again
    after a while, and one that has just written and goes on, as the ledger does, is there first.
    """

    def __init__(self, connection_name: str, file: Path, synchronous: str, turn: asyncio.Lock) -> None:
        super().__init__(
            str(file),
            connection_name=connection_name,
            journal_mode="WAL",
            busy_timeout=_BUSY_TIMEOUT_MS,
            synchronous=synchronous,
            foreign_keys="ON",
        )
        self.turn = turn


# Tortoise finds a client by the module that names it `client_class`.
client_class = SqliteFileClient
