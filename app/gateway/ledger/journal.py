"""A worker's journal: entries appended to segments of a folder that one live process holds by a lock."""

import errno
import fcntl
import logging
import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from app.core.ids import new_id
from app.errors import JournalUnavailable
from app.gateway.ledger.entries import Begun, Ended, to_line

logger = logging.getLogger(__name__)

LOCK = "lock"
# What precedes the name of a journal that is not ready yet.
MAKING = "."
_SEGMENT = "{:08d}.log"
_SEGMENTS = "[0-9]*.log"
# A begin this many segments old is copied forward, so that one long stream does not keep old segments.
_MAX_AGE = 2


class _Open(msgspec.Struct, frozen=True, gc=False):
    segment: int
    line: bytes


def segments(folder: Path) -> list[Path]:
    """The segments of a journal's folder, oldest first. What else lies there is not the journal's.

    Raises OSError: glob would take a folder that cannot be read for an empty one.
    """
    with os.scandir(folder) as found:
        return sorted(
            Path(entry.path) for entry in found if fnmatchcase(entry.name, _SEGMENTS) and entry.is_file()
        )


def delete(folder: Path) -> None:
    """Deletes a journal. Raises OSError; what is not the journal's is left, and the folder with it."""
    for path in segments(folder):
        path.unlink()
    (folder / LOCK).unlink(missing_ok=True)
    folder.rmdir()


def sync_names(folder: Path) -> None:
    """Forces the names in a folder onto the disk: a file that is there may be without one else.

    Raises OSError.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems, as CIFS, do that for files alone.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def hold(folder: Path) -> int | None:
    """The descriptor that holds a journal's lock, or None where a live process has it."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    if os.fstat(descriptor).st_nlink == 0:
        # Whoever held it before us is done with the folder and has deleted it.
        os.close(descriptor)
        return None
    return descriptor


class Journal:
    """Appends entries, each with one plain write: it survives the death of the process at any instant."""

    def __init__(self, root: Path, *, segment_bytes: int, max_bytes: int, is_durable: bool) -> None:
        """Makes a folder of its own below `root` and holds it. Raises JournalUnavailable.

        `is_durable`: a segment is on the disk before the next one begins, its name before anything is in it.
        """
        self._is_durable = is_durable
        self._segment_bytes = segment_bytes
        self._max_bytes = max_bytes
        # By the number of the id: an id's own hash is made in Python, each time.
        self._open: dict[int, _Open] = {}
        self._sizes: dict[int, int] = {}
        # Why an entry was not taken, when that happened last.
        self.failure = ""
        self._is_torn = False
        # How much of it the database has not taken yet.
        self.backlog_bytes = 0
        try:
            self.folder, self._lock = _make_folder(root)
            if is_durable:
                # The root may be new as well.
                sync_names(root)
                sync_names(root.parent)
            self._number = 0
            self._descriptor = -1
            self._next_segment()
        except OSError as error:
            raise unavailable(error) from error

    @property
    def is_full(self) -> bool:
        """Whether no more completions may begin."""
        return self.backlog_bytes >= self._max_bytes

    @property
    def number(self) -> int:
        """The segment that is written now."""
        return self._number

    @property
    def end_place(self) -> tuple[int, int]:
        """Where the next entry will be: its segment, and the offset there."""
        return self._number, self._sizes[self._number]

    @property
    def open_count(self) -> int:
        """How many completions have begun and not ended."""
        return len(self._open)

    def path(self, number: int) -> Path:
        """The file of a segment."""
        return self.folder / _SEGMENT.format(number)

    def check_room(self) -> None:
        """Raises JournalUnavailable where no more completions may begin."""
        if self.backlog_bytes >= self._max_bytes:
            raise JournalUnavailable(
                f"The journal holds {self.backlog_bytes} bytes that the database has not taken yet "
                "(JOURNAL_MAX_BYTES); no completion is accepted until it does."
            )

    def begin(self, entry: Begun) -> None:
        """Keeps a completion's begin. Raises JournalUnavailable: then it must not go on."""
        self.check_room()
        line = to_line(entry)
        self._append(line)
        self._open[entry.id.int] = _Open(self._number, line)

    def end(self, entry: Ended) -> None:
        """Keeps a completion's end. Raises JournalUnavailable: then keep the entry and try again."""
        self._append(to_line(entry))
        self._open.pop(entry.id.int, None)

    def release(self, before: int, offset: int) -> None:
        """Notes that every end before this segment's offset is in the database.

        Segments below it are deleted as soon as no begin needs them.
        """
        self.backlog_bytes = sum(size for number, size in self._sizes.items() if number >= before) - offset
        needed = {open_.segment for open_ in self._open.values()}
        for number in [number for number in self._sizes if number < before and number not in needed]:
            self.path(number).unlink(missing_ok=True)
            del self._sizes[number]

    def sync_job(self) -> Callable[[], None]:
        """A job for a thread: it forces what was written so far onto the disk, and blocks meanwhile."""
        # A descriptor of its own: the segment may end while the thread works.
        descriptor = os.dup(self._descriptor)

        def sync() -> None:
            try:
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)

        return sync

    def close(self, *, is_settled: bool) -> None:
        """Lets go of the folder, and deletes it where everything in it is committed (`is_settled`)."""
        if is_settled and not self._open:
            try:
                delete(self.folder)
            except OSError as error:
                logger.warning("the journal is in the database, but cannot be deleted: %s", error)
        os.close(self._descriptor)
        # Whoever comes too late must be refused, and not write into what has this number next.
        self._descriptor = -1
        os.close(self._lock)

    def _append(self, line: bytes) -> None:
        try:
            if self._sizes[self._number] >= self._segment_bytes:
                self._next_segment()
                self._copy_old_begins()
            self._write(line)
        except OSError as error:
            self.failure = error.strerror or str(error)
            raise unavailable(error) from error

    def _write(self, line: bytes) -> None:
        # After a piece that could not be taken back the next entry starts on a line of its own.
        whole = b"\n" + line if self._is_torn else line
        size = self._sizes[self._number]
        written = os.write(self._descriptor, whole)
        self._sizes[self._number] += written
        self.backlog_bytes += written
        self._is_torn = written < len(whole)
        if self._is_torn:
            # Nobody has read it yet, and it is no damage: its entry will come again.
            os.ftruncate(self._descriptor, size)
            self._sizes[self._number], self._is_torn = size, whole is not line
            self.backlog_bytes -= written
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _next_segment(self) -> None:
        number = self._number + 1
        # Before the next one is made: where this fails, or what follows, the same is tried again.
        if self._descriptor >= 0 and self._is_durable:
            os.fdatasync(self._descriptor)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(self.path(number), flags, 0o600)
        try:
            if self._is_durable:
                sync_names(self.folder)
        except OSError:
            os.close(descriptor)
            self.path(number).unlink()
            raise
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._number, self._is_torn = descriptor, number, False
        self._sizes[number] = 0

    def _copy_old_begins(self) -> None:
        for id_, open_ in list(self._open.items()):
            if self._number - open_.segment > _MAX_AGE:
                self._write(open_.line)
                self._open[id_] = _Open(self._number, open_.line)


def _make_folder(root: Path) -> tuple[Path, int]:
    """A folder that is locked before others can see it under its final name."""
    root.mkdir(parents=True, exist_ok=True)
    name = str(new_id())
    making = root / f"{MAKING}{name}"
    making.mkdir(mode=0o700)
    lock = hold(making)
    if lock is None:
        raise OSError("cannot lock a new journal")
    return making.rename(root / name), lock


def unavailable(error: OSError) -> JournalUnavailable:
    """What is told of a journal that takes nothing."""
    return JournalUnavailable(f"The journal cannot be written: {error.strerror or error}.")
