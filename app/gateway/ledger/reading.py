"""Reading a journal: whole lines from where the reader stands; what is damaged is counted and passed over."""

import logging
from dataclasses import dataclass
from pathlib import Path

from app.gateway.ledger.entries import DamagedEntry, Entry, from_line

logger = logging.getLogger(__name__)

# About 500 entries: read and decoded within a few milliseconds.
_PIECE_BYTES = 256 * 1024
# No entry is that long: what goes on without a newline is no journal, and need not be kept in memory.
_LONGEST_LINE_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class SegmentReader:
    """Stands at a position in a segment's file, which may still grow."""

    path: Path
    damaged: int = 0
    position: int = 0
    _tail: bytes = b""

    def read(self) -> list[Entry] | None:
        """The next entries, possibly none of a piece that held none; None where no more is there now."""
        with self.path.open("rb") as file:
            file.seek(self.position)
            piece = file.read(_PIECE_BYTES)
        if not piece:
            return None
        self.position += len(piece)
        *lines, tail = (self._tail + piece).split(b"\n")
        self._tail = tail[:_LONGEST_LINE_BYTES]
        return [entry for line in lines if (entry := self._decode(line)) is not None]

    @property
    def line_start(self) -> int:
        """Where the first line begins that was not read whole: from here another reader misses nothing."""
        return self.position - len(self._tail)

    @property
    def has_tail(self) -> bool:
        """Whether what was read ends in the middle of a line: the last write was cut short."""
        return bool(self._tail)

    def _decode(self, line: bytes) -> Entry | None:
        if not line:
            return None
        try:
            return from_line(line)
        except DamagedEntry:
            self.damaged += 1
            if self.damaged == 1:
                logger.error("%s holds damaged lines, which are passed over", self.path)  # noqa: TRY400
            return None
