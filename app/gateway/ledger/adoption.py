"""Adopting journals that no live process holds: what they tell goes into the database, then they go."""

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.errors import PerpetuoError
from app.gateway.ledger.entries import Begun, Ended, Entry, interrupted
from app.gateway.ledger.journal import MAKING, delete, hold, segments
from app.gateway.ledger.reading import SegmentReader
from app.gateway.ledger.writer import DatabaseAway, Writer

logger = logging.getLogger(__name__)

# What follows the name of a journal that was adopted and holds what could not be read.
DAMAGED = ".damaged"
# Making a journal takes an instant: what is unfinished for so long stays so, for its process was killed.
_MAKING_S = 60.0
_CHECKED_BYTES = 1024 * 1024


class SegmentUnread(PerpetuoError):
    """A segment of a journal cannot be read now, so nobody knows which of its completions have ended."""

    code = "segment_unread"

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be read ({error.strerror or error}); what else its journal tells is stored, "
            "but nothing as interrupted."
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an adopted journal held.

    `damaged` counts the lines that could not be read. `kept` is where the journal still lies: for that, or
    because it cannot be deleted.
    """

    completions: int
    interrupted: int
    damaged: int
    kept: Path | None


class Adoption:
    """Adopts every orphaned journal below `root`, whatever state it is in, and counts what it cannot read."""

    def __init__(self, root: Path, writer: Writer) -> None:
        self._root = root
        self._writer = writer
        self._damaged = 0
        # Journals that cannot be opened or read, and why: they are tried again, and told of once.
        self._complaints: dict[Path, str] = {}
        # Of those that are stored but for what cannot be read: the segment for which they wait.
        self._unread: dict[Path, Path] = {}
        # Journals that are in the database and cannot be deleted.
        self._done: set[Path] = set()

    @property
    def damaged(self) -> int:
        """Lines that could not be read so far, and journals that cannot be opened or read now."""
        return self._damaged + len(self._complaints)

    async def adopt_all(self) -> None:
        """Adopts what is there now, and clears away what was never finished. Raises DatabaseAway."""
        for folder in self._unfinished():
            try:
                _clear(folder)
            except FileNotFoundError:
                # It became a journal just now.
                continue
            except OSError as error:
                self._complain(folder, error)
        for folder in self._folders():
            try:
                adopted = await self._adopt(folder)
            except DatabaseAway:
                raise
            except Exception as error:  # noqa: BLE001 # whatever is wrong with one, the others are adopted
                self._complain(folder, error)
                continue
            self._complaints.pop(folder, None)
            if adopted is not None:
                self._damaged += adopted.damaged
                if adopted.kept == folder:
                    self._done.add(folder)
        # Another process may have adopted what this one could not.
        self._complaints = {folder: why for folder, why in self._complaints.items() if folder.exists()}

    async def _adopt(self, folder: Path) -> Adopted | None:
        if folder in self._unread:
            # All else is stored: what was refused of it must not be set aside in each round.
            await asyncio.to_thread(_check_readable, self._unread[folder])
            del self._unread[folder]
        try:
            return await adopt(folder, self._writer)
        except SegmentUnread as error:
            self._unread[folder] = error.path
            raise

    def _folders(self) -> list[Path]:
        """The journals below the root, oldest first: nothing else that lies there is touched."""
        return sorted(
            path
            for path in self._root.iterdir()
            if _is_id(path.name) and path.is_dir() and path not in self._done
        )

    def _unfinished(self) -> list[Path]:
        """Folders that were to become journals, and whose process died before they did."""
        return [
            path
            for path in self._root.glob(f"{MAKING}*")
            if _is_id(path.name.removeprefix(MAKING)) and path.is_dir()
        ]

    def _complain(self, folder: Path, error: Exception) -> None:
        if self._complaints.get(folder) == str(error):
            return
        self._complaints[folder] = str(error)
        logger.error(
            "the orphaned journal %s cannot be adopted, and is tried again: %s",
            folder.name,
            error,
            exc_info=None if isinstance(error, (OSError, PerpetuoError)) else error,
        )


async def adopt(folder: Path, writer: Writer) -> Adopted | None:
    """Stores what one journal holds; None where a live process holds it.

    Raises DatabaseAway, SegmentUnread and OSError: then the journal stays as it is.

    What was begun and never ended becomes a row with status 500 and the error `interrupted`. The journal is
    deleted; where it holds anything that cannot be read it is kept instead, under a name that ends in
    `.damaged`.
    """
    lock = hold(folder)
    if lock is None:
        return None
    try:
        completions, lost, damaged = await _replay(folder, writer)
        adopted = Adopted(completions, lost, damaged, _put_away(folder, is_whole=not damaged))
    finally:
        os.close(lock)
    if completions or damaged:
        logger.log(
            logging.ERROR if damaged else logging.WARNING,
            "adopted journal %s: %d completions, %d of them interrupted, %d damaged lines%s",
            folder.name,
            completions,
            lost,
            damaged,
            f"; it is kept as {adopted.kept}" if adopted.kept else "",
        )
    return adopted


def _clear(folder: Path) -> None:
    """Deletes a journal that was never finished, if it is one. Raises OSError."""
    is_old = folder.stat().st_mtime < time.time() - _MAKING_S
    lock = hold(folder) if is_old else None
    if lock is not None:
        try:
            delete(folder)
        finally:
            os.close(lock)


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _put_away(folder: Path, *, is_whole: bool) -> Path | None:
    """Where the journal still lies, now that it is in the database; None where it is gone."""
    try:
        if is_whole:
            delete(folder)
            return None
        if folder.suffix == DAMAGED:
            return folder
        return folder.rename(folder.with_name(folder.name + DAMAGED))
    except OSError as error:
        logger.warning("journal %s is in the database, but cannot be put away: %s", folder, error)
        return folder


async def _replay(folder: Path, writer: Writer) -> tuple[int, int, int]:
    """Stores what can be read; gives how many completions, how many of them interrupted, and the damage.

    Raises SegmentUnread before anything counts as interrupted: its end may be in that segment.
    """
    readers = [SegmentReader(path) for path in segments(folder)]
    # By the numbers of ids: there may be a million, and an id is larger.
    open_: dict[int, Begun] = {}
    ended: set[int] = set()
    for piece in _pieces(readers):
        ends = {it.id.int: it for it in piece if isinstance(it, Ended) and it.id.int not in ended}
        ended |= ends.keys()
        # Where a journal is damaged, a begin may come after its end, or again.
        open_ |= {it.id.int: it for it in piece if isinstance(it, Begun) and it.id.int not in ended}
        for id_ in ends:
            open_.pop(id_, None)
        await writer.commit(list(ends.values()))
        # Where there is nothing to store, others still want their turn.
        await asyncio.sleep(0)
    lost = [interrupted(entry) for entry in open_.values()]
    await writer.commit(lost)
    damaged = sum(reader.damaged + reader.has_tail for reader in readers)
    return len(ended) + len(lost), len(lost), damaged


def _pieces(readers: list[SegmentReader]) -> Iterator[list[Entry]]:
    """What can be read of all segments. Raises SegmentUnread, at the end, for the first that cannot be."""
    unread: SegmentUnread | None = None
    for reader in readers:
        try:
            while (entries := reader.read()) is not None:
                yield entries
        except OSError as error:
            unread = unread or SegmentUnread(reader.path, error)
    if unread is not None:
        raise unread


def _check_readable(path: Path) -> None:
    """Raises SegmentUnread where a segment cannot be read; one that was taken away is waited for no more."""
    try:
        with path.open("rb") as file:
            while file.read(_CHECKED_BYTES):
                pass
    except FileNotFoundError:
        return
    except OSError as error:
        raise SegmentUnread(path, error) from error
