"""Moves ended completions from journals into the database: in batches, in order, until each is there."""

import asyncio
import logging
import time
from collections.abc import Sequence

import msgspec

from app.core.changes import Changes, RequestsLogged
from app.core.clock import now
from app.core.ids import new_id
from app.database import Fault, fault
from app.gateway.ledger import batch
from app.gateway.ledger.entries import Ended
from app.gateway.ledger.retention import oldest_storable
from app.settings import Settings

logger = logging.getLogger(__name__)

# The file in the data folder that keeps what cannot be stored.
REJECTS = "rejected.jsonl"

_BUSY_TRIES = 20
_BUSY_WAIT_S = 0.05

_encoder = msgspec.json.Encoder()


class DatabaseAway(Exception):
    """The database cannot be reached, or takes nothing: try again later."""


class Writer:
    """Commits entries, one batch at a time. Knows since when the database is away, and what it refused."""

    def __init__(self, changes: Changes, settings: Settings) -> None:
        self._changes = changes
        self._rejects = settings.data_dir / REJECTS
        self._retention_days = settings.log_retention_days
        # Names this process in its notifications.
        self.origin = str(new_id())
        self._turn = asyncio.Lock()
        self._away_since: float | None = None
        self.rejected = 0

    @property
    def away_for_s(self) -> float | None:
        """Seconds since the database is away; None while it is there."""
        return None if self._away_since is None else time.monotonic() - self._away_since

    async def commit(self, entries: Sequence[Ended]) -> None:
        """Stores a batch. What cannot be stored is set aside alone; the rest commits.

        Raises DatabaseAway; what was not stored then may be committed again, nothing counts twice.
        """
        entries = await self._without_expired(entries)
        if not entries:
            return
        async with self._turn:
            try:
                stored = await self._commit_when_free(entries)
            except Exception as error:
                if fault(error) is not Fault.REFUSED:
                    self._note_away(error)
                    raise DatabaseAway from error
                stored = None
        self._note_back()
        if stored is None:
            await self._commit_halves(entries)
            return
        for workspace_id, ids in batch.by_workspace(stored).items():
            self._changes.publish(RequestsLogged(workspace_id, tuple(ids)))

    async def _commit_when_free(self, entries: Sequence[Ended]) -> list[Ended]:
        for _ in range(_BUSY_TRIES):
            try:
                return await batch.commit(entries, self.origin)
            except Exception as error:
                if fault(error) is not Fault.BUSY:
                    raise
            await asyncio.sleep(_BUSY_WAIT_S)
        return await batch.commit(entries, self.origin)

    async def _commit_halves(self, entries: Sequence[Ended]) -> None:
        if len(entries) == 1:
            await asyncio.to_thread(self._set_aside, entries[0], "the database refused it")
            return
        middle = len(entries) // 2
        await self.commit(entries[:middle])
        await self.commit(entries[middle:])

    async def _without_expired(self, entries: Sequence[Ended]) -> Sequence[Ended]:
        oldest = oldest_storable(self._retention_days)
        if oldest is None:
            return entries
        for entry in entries:
            if entry.id < oldest:
                await asyncio.to_thread(self._set_aside, entry, "it is older than LOG_RETENTION_DAYS")
        return [entry for entry in entries if entry.id >= oldest]

    def _set_aside(self, entry: Ended, reason: str) -> None:
        self._rejects.parent.mkdir(parents=True, exist_ok=True)
        with self._rejects.open("ab") as file:
            file.write(
                b'{"rejected_at":"%b","reason":"%b","entry":%b}\n'
                % (now().isoformat().encode(), reason.encode(), _encoder.encode(entry))
            )
        self.rejected += 1
        logger.error("the log row %s is not stored, but kept in %s: %s", entry.id, self._rejects.name, reason)

    def _note_away(self, error: BaseException) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            is_ours = fault(error) is None
            logger.error(
                "log rows cannot be stored, completions go on into the journal: %s",
                error,
                exc_info=error if is_ours else None,
            )

    def _note_back(self) -> None:
        if self._away_since is not None:
            logger.warning("log rows can be stored again, after %.0f s", self.away_for_s or 0)
            self._away_since = None
