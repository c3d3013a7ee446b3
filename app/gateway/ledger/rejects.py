"""The file that keeps what cannot be stored, until somebody has looked at it and moved it away."""

import errno
import fcntl
import os
from pathlib import Path

import msgspec

from app.core.clock import now
from app.gateway.ledger.entries import Ended
from app.gateway.ledger.journal import sync_names

# The file in the data folder.
REJECTS = "rejected.jsonl"

_PIECE_BYTES = 1024 * 1024

_encoder = msgspec.json.Encoder()


class Rejects:
    """One JSON object a line: when, why, and the entry. Several workers append to one file."""

    def __init__(self, path: Path, *, is_durable: bool) -> None:
        """`is_durable`: what is kept is on the disk."""
        self._path = path
        self._is_durable = is_durable
        self._lines = 0
        self._counted_bytes = 0

    @property
    def count(self) -> int:
        """How many the file holds now, whoever put them there; one that is moved away counts no more."""
        try:
            size_bytes = self._path.stat().st_size
            if size_bytes < self._counted_bytes:
                self._lines = self._counted_bytes = 0
            if size_bytes > self._counted_bytes:
                self._count_on()
        except FileNotFoundError:
            self._lines = self._counted_bytes = 0
        return self._lines

    def keep(self, entry: Ended, reason: str) -> None:
        """Appends an entry whole, or not at all. Raises OSError."""
        line = b'{"rejected_at":"%b","reason":"%b","entry":%b}\n' % (
            now().isoformat().encode(),
            reason.encode(),
            _encoder.encode(entry),
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:
            # So that what is taken back below is ours.
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file.fileno()).st_size
            if os.write(file.fileno(), line) < len(line):
                os.ftruncate(file.fileno(), size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self._is_durable:
                os.fdatasync(file.fileno())
                sync_names(self._path.parent)

    def _count_on(self) -> None:
        with self._path.open("rb") as file:
            file.seek(self._counted_bytes)
            while piece := file.read(_PIECE_BYTES):
                self._lines += piece.count(b"\n")
                self._counted_bytes += len(piece)
