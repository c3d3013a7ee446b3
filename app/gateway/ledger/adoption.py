"""Adopting journals that no live process holds: what they tell goes into the database, then they go."""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from app.gateway.ledger.entries import Begun, Ended, Entry, interrupted
from app.gateway.ledger.journal import hold, segments
from app.gateway.ledger.reading import SegmentReader
from app.gateway.ledger.writer import Writer

logger = logging.getLogger(__name__)

_BATCH = 500


async def adopt_all(root: Path, writer: Writer) -> int:
    """Adopts every orphaned journal below `root`; gives how many. Raises DatabaseAway."""
    return sum([await adopt(folder, writer) for folder in _folders(root)])


async def adopt(folder: Path, writer: Writer) -> bool:
    """Stores what one journal holds, if no live process holds it. Raises DatabaseAway; try again then.

    What was begun and never ended becomes a row with status 500 and the error `interrupted`.
    """
    lock = hold(folder)
    if lock is None:
        return False
    try:
        stored, lost, damaged = await _replay(folder, writer)
        shutil.rmtree(folder)
    finally:
        os.close(lock)
    if stored or damaged:
        logger.warning(
            "adopted journal %s: %d completions, %d of them interrupted, %d damaged lines",
            folder.name,
            stored,
            lost,
            damaged,
        )
    return True


def _folders(root: Path) -> list[Path]:
    """The journals below `root`, oldest first; one that is still being made has a hidden name."""
    return sorted(path for path in root.glob("[!.]*") if path.is_dir())


async def _replay(folder: Path, writer: Writer) -> tuple[int, int, int]:
    readers = [SegmentReader(path) for path in segments(folder)]
    open_: dict[UUID, Begun] = {}
    ended_ids: set[UUID] = set()
    waiting: list[Ended] = []
    stored = 0
    for entry in _entries(readers):
        if isinstance(entry, Begun):
            # A begin that was copied forward may come after its end.
            if entry.id not in ended_ids:
                open_[entry.id] = entry
            continue
        open_.pop(entry.id, None)
        ended_ids.add(entry.id)
        waiting.append(entry)
        if len(waiting) == _BATCH:
            await writer.commit(waiting)
            stored += len(waiting)
            waiting = []
    lost = [interrupted(entry) for entry in open_.values()]
    await writer.commit([*waiting, *lost])
    damaged = sum(reader.damaged + reader.has_tail for reader in readers)
    return stored + len(waiting) + len(lost), len(lost), damaged


def _entries(readers: list[SegmentReader]) -> Iterator[Entry]:
    for reader in readers:
        while (entries := reader.read()) is not None:
            yield from entries
