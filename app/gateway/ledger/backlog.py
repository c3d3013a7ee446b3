"""What a live journal holds and the database does not: its way there, by memory while that suffices."""

from app.gateway.ledger.entries import Ended
from app.gateway.ledger.journal import Journal
from app.gateway.ledger.reading import SegmentReader
from app.gateway.ledger.writer import Writer

# Ends that are kept in memory on their way, at 0.8 KB each; beyond that the journal is read.
_MOST_FRESH = 1_000
# What is still unread when they are kept in memory again: the ends of some 500 completions.
_LITTLE_BYTES = 400_000

# A segment of the journal, and the offset there.
_Place = tuple[int, int]


class Backlog:
    """Stores the ends of a journal in order, and tells the journal how far it is.

    Ends are kept in memory too, which spares reading them again. The journal is read where they are too many,
    and after a failure, from the place up to which everything is stored.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        # Everything before this place is in the database.
        self._stored: _Place = journal.end_place
        # All ends behind that place; None where the journal must be read.
        self._fresh: list[Ended] | None = []
        self._segment, offset = self._stored
        self._reader = SegmentReader(journal.path(self._segment), position=offset)
        # Ends that were read and are not stored yet.
        self._batch: list[Ended] = []
        self._damaged = 0

    @property
    def damaged(self) -> int:
        """How many lines could not be read."""
        return self._damaged + self._reader.damaged

    @property
    def fresh(self) -> int:
        """How many ends wait in memory."""
        return len(self._fresh) if self._fresh is not None else 0

    def add(self, entry: Ended) -> None:
        """An end that was just written into the journal."""
        if self._fresh is not None:
            self._fresh.append(entry)
            if len(self._fresh) > _MOST_FRESH:
                self._read_from(self._stored)

    async def store(self, writer: Writer) -> None:
        """Stores everything that is there now. Raises DatabaseAway and OSError. One at a time."""
        if self._fresh is None:
            await self._store_read(writer)
        else:
            await self._store_fresh(writer, self._fresh)

    async def _store_fresh(self, writer: Writer, entries: list[Ended]) -> None:
        self._fresh, goal = [], self._journal.end_place
        try:
            await writer.commit(entries)
        except BaseException:
            # Some may be stored already: nothing counts twice.
            self._read_from(self._stored)
            raise
        if self._fresh is None:
            # So many came meanwhile. First, since what is released may be deleted.
            self._read_from(goal)
        self._release(goal)

    async def _store_read(self, writer: Writer) -> None:
        # No further: under load more would come for ever, a few at a time.
        goal = self._journal.end_place
        while self._batch or (self._place < goal and self._read()):
            await writer.commit(self._batch)
            self._batch = []
            self._release(self._place)
        # Begins were read too, and may be all there was.
        self._release(self._place)
        if self._journal.backlog_bytes <= _LITTLE_BYTES:
            self._fresh = self._read_rest()

    def _read_rest(self) -> list[Ended]:
        """What has come meanwhile; nothing is written while it is read."""
        rest: list[Ended] = []
        try:
            while self._read():
                rest += self._batch
        except BaseException:
            # What was read so far is kept nowhere.
            self._read_from(self._stored)
            raise
        self._batch = []
        return rest

    @property
    def _place(self) -> _Place:
        """How far the journal has been read, in whole lines: a piece may end in the middle of one."""
        return self._segment, self._reader.line_start

    def _release(self, place: _Place) -> None:
        self._stored = place
        self._journal.release(*place)

    def _read_from(self, place: _Place) -> None:
        """The journal is read from here on, beginning at this place."""
        self._fresh, self._batch = None, []
        self._damaged += self._reader.damaged
        self._segment, offset = place
        self._reader = SegmentReader(self._journal.path(self._segment), position=offset)

    def _read(self) -> bool:
        """Reads the next ends into the batch; False where no more are there now."""
        while True:
            found = self._reader.read()
            if found is not None:
                self._batch = [entry for entry in found if isinstance(entry, Ended)]
                if self._batch:
                    return True
            elif self._segment < self._journal.number:
                self._damaged += self._reader.damaged + self._reader.has_tail
                self._segment += 1
                self._reader = SegmentReader(self._journal.path(self._segment))
            else:
                return False
