"""The ledger: the durable record of completions. What was begun here is never lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.core.changes import Changes
from app.database import fault
from app.errors import JournalUnavailable
from app.gateway.ledger import adoption, entries, retention
from app.gateway.ledger.entries import Ended
from app.gateway.ledger.journal import Journal
from app.gateway.ledger.reading import SegmentReader
from app.gateway.ledger.writer import DatabaseAway, Writer
from app.gateway.record import CompletionRecord
from app.settings import Fsync, Settings

logger = logging.getLogger(__name__)

_ADOPT_EVERY_S = 30.0
_RETIRE_EVERY_S = 600.0
_FSYNC_EVERY_S = 0.2
_LONGEST_WAIT_S = 5.0
_LAST_FLUSH_S = 10.0


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How the ledger is doing, for health."""

    journal_bytes: int
    is_journal_full: bool
    unwritten: int
    database_away_s: float | None
    rejected: int
    damaged: int


class Ledger:
    """Keeps a begin and an end for each completion in the journal, and moves them into the database."""

    def __init__(self, settings: Settings, changes: Changes) -> None:
        self._settings = settings
        self._root = settings.data_dir / "journal"
        self._journal = Journal(
            self._root,
            segment_bytes=settings.journal_segment_bytes,
            max_bytes=settings.journal_max_bytes,
            is_durable=settings.ledger_fsync is not Fsync.OFF,
        )
        self._writer = Writer(changes, settings)
        self._reader = SegmentReader(self._journal.path(self._journal.number))
        self._reading = self._journal.number
        # Ends that the journal did not take: they wait here, and no completion begins meanwhile.
        self._unwritten: list[Ended] = []
        # Ends that were read and are not in the database yet.
        self._batch: list[Ended] = []
        self._damaged = 0
        self._flushing = asyncio.Lock()
        self._syncing: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        """The name of this process in its notifications."""
        return self._writer.origin

    @property
    def state(self) -> LedgerState:
        """How the ledger is doing now."""
        return LedgerState(
            self._journal.backlog_bytes,
            self._journal.is_full,
            len(self._unwritten),
            self._writer.away_for_s,
            self._writer.rejected,
            self._damaged + self._reader.damaged,
        )

    def check_open(self) -> None:
        """Raises JournalUnavailable where no completion may begin now: what is refused here leaves no row."""
        if self._unwritten:
            self._retry_unwritten()
        if self._unwritten:
            raise JournalUnavailable("The journal cannot be written; no completion is accepted until it can.")
        self._journal.check_room()

    async def begin(self, record: CompletionRecord) -> None:
        """Makes a completion's begin durable. Raises JournalUnavailable: then nothing may go upstream."""
        self._journal.begin(entries.begun(record))
        if self._settings.ledger_fsync is Fsync.ALWAYS:
            await self._sync()

    async def end(self, record: CompletionRecord) -> None:
        """Makes a completion's end durable; where the journal takes nothing, as soon as it does again."""
        entry = entries.ended(record)
        try:
            self._journal.end(entry)
        except JournalUnavailable as error:
            logger.warning("the end of completion %s waits in memory: %s", record.id, error.message)
            self._unwritten.append(entry)
            return
        if self._settings.ledger_fsync is Fsync.ALWAYS:
            await self._sync()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Writes, adopts and syncs while the block runs; at its end flushes what can be flushed."""
        jobs = [
            asyncio.create_task(self._write_for_ever()),
            asyncio.create_task(self._adopt_for_ever()),
        ]
        if self._settings.ledger_fsync is Fsync.INTERVAL:
            jobs.append(asyncio.create_task(self._sync_for_ever()))
        if self._settings.log_retention_days:
            jobs.append(asyncio.create_task(self._retire_for_ever()))
        try:
            yield
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await self._close()

    async def flush(self) -> None:
        """Moves everything that has ended so far into the database. Raises DatabaseAway."""
        async with self._flushing:
            self._retry_unwritten()
            while self._batch or self._read():
                await self._writer.commit(self._batch)
                self._batch = []
                self._journal.release(self._reading, self._reader.position)
            # Begins were read too, and may be all there was.
            self._journal.release(self._reading, self._reader.position)

    def _read(self) -> bool:
        """Reads the next ends into the batch; False where no more are there now."""
        while True:
            found = self._reader.read()
            if found is not None:
                self._batch = [entry for entry in found if isinstance(entry, Ended)]
                if self._batch:
                    return True
            elif self._reading < self._journal.number:
                self._next_segment()
            else:
                return False

    def _next_segment(self) -> None:
        self._damaged += self._reader.damaged + self._reader.has_tail
        self._reading += 1
        self._reader = SegmentReader(self._journal.path(self._reading))

    def _retry_unwritten(self) -> None:
        while self._unwritten:
            try:
                self._journal.end(self._unwritten[0])
            except JournalUnavailable:
                return
            del self._unwritten[0]

    async def _write_for_ever(self) -> None:
        wait_s = self._settings.ledger_batch_interval_s
        while True:
            await asyncio.sleep(wait_s)
            try:
                await self.flush()
            except (DatabaseAway, OSError):
                wait_s = min(max(wait_s * 2, 0.1), _LONGEST_WAIT_S)
            else:
                wait_s = self._settings.ledger_batch_interval_s

    async def _adopt_for_ever(self) -> None:
        while True:
            try:
                await adoption.adopt_all(self._root, self._writer)
            except DatabaseAway:
                logger.info("orphaned journals wait until the database is back")
            except OSError as error:
                logger.warning("an orphaned journal cannot be adopted: %s", error)
            await asyncio.sleep(_ADOPT_EVERY_S)

    async def _retire_for_ever(self) -> None:
        while True:
            try:
                if deleted := await retention.delete_expired(self._settings.log_retention_days):
                    logger.info("deleted %d log rows past LOG_RETENTION_DAYS", deleted)
            except Exception as error:  # whatever it was, the next round tries again
                is_ours = fault(error) is None
                logger.warning(
                    "log rows past LOG_RETENTION_DAYS are not deleted yet: %s",
                    error,
                    exc_info=error if is_ours else None,
                )
            await asyncio.sleep(_RETIRE_EVERY_S)

    async def _sync_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_FSYNC_EVERY_S)
            await self._sync()

    async def _sync(self) -> None:
        """Waits until everything written before this call is on the disk; many callers share one sync."""
        running = self._syncing
        if running is not None and not running.done():
            # It may have begun before our write.
            await asyncio.shield(running)
        if self._syncing is None or self._syncing.done():
            self._syncing = asyncio.create_task(asyncio.to_thread(self._journal.sync_job()))
        await asyncio.shield(self._syncing)

    async def _close(self) -> None:
        is_settled = False
        try:
            async with asyncio.timeout(_LAST_FLUSH_S):
                await self.flush()
            is_settled = not self._unwritten
        except (DatabaseAway, TimeoutError):
            logger.warning("what is not in the database yet stays in the journal for the next start")
        self._journal.close(is_settled=is_settled)
