"""SQLite: three connections to one file, and one writer at a time."""

import asyncio
import os
from contextlib import suppress
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


def prepare(file: Path) -> None:
    """Makes the file and its folder where they are missing, for this user alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite would let everybody read it; what it makes beside it gets the same rights. One that is there is
    # not opened, for closing it would lose the locks of our own connections.
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
