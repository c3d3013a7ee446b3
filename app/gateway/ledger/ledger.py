"""The ledger: the durable record of completions. What was begun here is never lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from app.core.background import in_background
from app.core.changes import Changes
from app.database import fault
from app.errors import JournalUnavailable
from app.gateway.ledger import entries, retention
from app.gateway.ledger.adoption import Adoption
from app.gateway.ledger.backlog import Backlog
from app.gateway.ledger.entries import Ended
from app.gateway.ledger.journal import Journal, unavailable
from app.gateway.ledger.writer import DatabaseAway, Writer
from app.gateway.record import CompletionRecord
from app.settings import Fsync, Settings

logger = logging.getLogger(__name__)

_ADOPT_EVERY_S = 30.0
_RETIRE_EVERY_S = 600.0
_FSYNC_EVERY_S = 0.2
_FIRST_RETRY_S, _LONGEST_WAIT_S = 0.1, 5.0
_LAST_FLUSH_S = 10.0
# So many ends do not wait for the others of their interval: they would only take memory.
_MANY = 250


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How the ledger is doing, for health."""

    journal_bytes: int
    is_journal_full: bool
    unwritten: int
    # Why the journal did not take an end, when that happened last.
    journal_failure: str
    database_away_s: float | None
    rejected: int
    damaged: int
    # Whether the journal cannot be read, or what the database refused cannot be kept.
    is_stuck: bool


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
        self._adoption = Adoption(self._root, self._writer)
        self._backlog = Backlog(self._journal)
        # Ends that the journal did not take: they wait here, and no completion begins meanwhile.
        self._unwritten: list[Ended] = []
        self._are_many = asyncio.Event()
        self._is_stuck = False
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
            self._journal.failure,
            self._writer.away_for_s,
            self._writer.rejected,
            self._backlog.damaged + self._adoption.damaged,
            self._is_stuck,
        )

    def check_open(self) -> None:
        """Raises JournalUnavailable where no completion may begin now: what is refused here leaves no row."""
        if self._unwritten:
            self._retry_unwritten()
        if self._unwritten:
            raise JournalUnavailable(
                f"The journal cannot be written: {self._journal.failure}. "
                "No completion is accepted until it can."
            )
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
            self._write_end(entry)
        except JournalUnavailable as error:
            logger.warning("the end of completion %s waits in memory: %s", record.id, error.message)
            self._unwritten.append(entry)
            return
        if self._settings.ledger_fsync is Fsync.ALWAYS:
            await self._try_to_sync()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Writes, adopts and syncs while the block runs; at its end flushes what can be flushed."""
        jobs = [self._write_for_ever, self._adopt_for_ever]
        if self._settings.ledger_fsync is Fsync.INTERVAL:
            jobs.append(self._sync_for_ever)
        if self._settings.log_retention_days:
            jobs.append(self._retire_for_ever)
        try:
            async with in_background(*jobs):
                yield
        finally:
            await self._close()

    async def flush(self) -> None:
        """Moves everything that has ended so far into the database. Raises DatabaseAway."""
        async with self._flushing:
            self._retry_unwritten()
            await self._backlog.store(self._writer)

    def _write_end(self, entry: Ended) -> None:
        self._journal.end(entry)
        self._backlog.add(entry)
        if self._backlog.fresh >= _MANY:
            self._are_many.set()

    def _retry_unwritten(self) -> None:
        while self._unwritten:
            try:
                self._write_end(self._unwritten[0])
            except JournalUnavailable:
                return
            del self._unwritten[0]

    async def _write_for_ever(self) -> None:
        retry_s = 0.0
        while True:
            if retry_s:
                await asyncio.sleep(retry_s)
            else:
                await self._batch_has_come()
            try:
                await self.flush()
            except (DatabaseAway, OSError) as error:
                self._note_stuck(error)
                retry_s = min(max(retry_s * 2, _FIRST_RETRY_S), _LONGEST_WAIT_S)
            else:
                self._is_stuck = False
                retry_s = 0.0

    async def _batch_has_come(self) -> None:
        """Returns when LEDGER_BATCH_INTERVAL_S is over, or there is a batch before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.ledger_batch_interval_s):
                await self._are_many.wait()
        self._are_many.clear()

    def _note_stuck(self, error: DatabaseAway | OSError) -> None:
        # The writer tells of the database itself.
        if isinstance(error, OSError) and not self._is_stuck:
            logger.error("log rows wait in the journal: %s", error)
        self._is_stuck = isinstance(error, OSError)

    async def _adopt_for_ever(self) -> None:
        while True:
            try:
                await self._adoption.adopt_all()
            except DatabaseAway:
                logger.info("orphaned journals wait until the database is back")
            except OSError as error:
                logger.warning("the folder of the journals cannot be read: %s", error)
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
            await self._try_to_sync()

    async def _try_to_sync(self) -> None:
        """As `_sync`; what is written survives the process either way, so a failure is only told."""
        try:
            await self._sync()
        except JournalUnavailable as error:
            logger.warning("what was written last may not survive the loss of power: %s", error.message)

    async def _sync(self) -> None:
        """Waits until everything written before this call is on the disk; many callers share one sync.

        Raises JournalUnavailable.
        """
        try:
            running = self._syncing
            if running is not None and not running.done():
                # It may have begun before our write.
                await asyncio.shield(running)
            if self._syncing is None or self._syncing.done():
                self._syncing = asyncio.create_task(asyncio.to_thread(self._journal.sync_job()))
            await asyncio.shield(self._syncing)
        except OSError as error:
            raise unavailable(error) from error

    async def _close(self) -> None:
        is_settled = False
        try:
            async with asyncio.timeout(_LAST_FLUSH_S):
                await self.flush()
                # What the journal never took is in no file: the database is the last place for it.
                await self._writer.commit(self._unwritten)
            is_settled = True
        except (DatabaseAway, OSError):
            logger.warning("what is not in the database yet stays in the journal for the next start")
        self._journal.close(is_settled=is_settled)
