"""Moves ended completions from journals into the database: in batches, in order, until each is there."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.core.changes import Changes, RequestsLogged
from app.core.ids import new_id
from app.database import LEDGER, Dialect, Fault, dialect, fault, reason
from app.gateway.ledger import batch
from app.gateway.ledger.entries import Ended
from app.gateway.ledger.rejects import REJECTS, Rejects
from app.gateway.ledger.retention import oldest_storable
from app.settings import Fsync, Settings

logger = logging.getLogger(__name__)

# Rows of one transaction. On SQLite everybody else who writes waits until it ends: 35 ms for so many, 80 for
# 500, with which draining takes 10 % less.
_MOST_ROWS: Mapping[Dialect, int] = {"sqlite": 200, "postgres": 500}
_BUSY_TRIES = 20
_BUSY_WAIT_S = 0.05


class DatabaseAway(Exception):
    """The database cannot be reached, or takes nothing: try again later."""


class Writer:
    """Commits entries, one batch at a time. Knows since when the database is away, and what it refused."""

    def __init__(self, changes: Changes, settings: Settings) -> None:
        self._changes = changes
        self._rejects = Rejects(
            settings.data_dir / REJECTS, is_durable=settings.ledger_fsync is not Fsync.OFF
        )
        self._retention_days = settings.log_retention_days
        # Names this process in its notifications.
        self.origin = str(new_id())
        self._turn = asyncio.Lock()
        self._away_since: float | None = None

    @property
    def rejected(self) -> int:
        """How many rows are kept aside, since whenever, until somebody moves their file away."""
        return self._rejects.count

    @property
    def away_for_s(self) -> float | None:
        """Seconds since the database is away; None while it is there."""
        return None if self._away_since is None else time.monotonic() - self._away_since

    async def commit(self, entries: Sequence[Ended]) -> None:
        """Stores them in their order. What cannot be stored is set aside alone; the rest commits.

        Raises DatabaseAway; what was not stored then may be committed again, nothing counts twice.
        """
        oldest = oldest_storable(self._retention_days)
        storable = [entry for entry in entries if oldest is None or entry.id >= oldest]
        most = _MOST_ROWS[dialect(LEDGER)]
        refused: list[Ended] = []
        for start in range(0, len(storable), most):
            refused += await self._store(storable[start : start + most])
        # Last, so that a batch which has to come again is not set aside again.
        for entry in refused:
            await asyncio.to_thread(self._set_aside, entry, "the database refused it")
        for entry in entries:
            if oldest is not None and entry.id < oldest:
                await asyncio.to_thread(self._set_aside, entry, "it is older than LOG_RETENTION_DAYS")

    async def _store(self, entries: Sequence[Ended]) -> list[Ended]:
        """Stores a batch and gives back what the database refuses of it. Raises DatabaseAway."""
        async with self._turn:
            try:
                stored = await self._commit_when_free(entries)
            except Exception as error:
                if fault(error) is not Fault.REFUSED:
                    self._note_away(error)
                    raise DatabaseAway from error
                stored = None
        self._note_back()
        if stored is not None:
            for workspace_id, ids in stored.items():
                self._changes.publish(RequestsLogged(workspace_id, tuple(ids)))
            return []
        if len(entries) == 1:
            return [entries[0]]
        middle = len(entries) // 2
        return [*await self._store(entries[:middle]), *await self._store(entries[middle:])]

    async def _commit_when_free(self, entries: Sequence[Ended]) -> dict[UUID, list[UUID]]:
        for _ in range(_BUSY_TRIES):
            try:
                return await batch.commit(entries, self.origin)
            except Exception as error:
                if fault(error) is not Fault.BUSY:
                    raise
            await asyncio.sleep(_BUSY_WAIT_S)
        return await batch.commit(entries, self.origin)

    def _set_aside(self, entry: Ended, reason: str) -> None:
        self._rejects.keep(entry, reason)
        logger.error("the log row %s is not stored, but kept in %s: %s", entry.id, REJECTS, reason)

    def _note_away(self, error: BaseException) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            is_ours = fault(error) is None
            logger.error(
                "log rows cannot be stored, completions go on into the journal: %s",
                reason(error),
                exc_info=error if is_ours else None,
            )

    def _note_back(self) -> None:
        if self._away_since is not None:
            logger.warning("log rows can be stored again, after %.0f s", self.away_for_s or 0)
            self._away_since = None
