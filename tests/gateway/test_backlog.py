"""On its way from the journal into the database no end is lost, whatever fails, and however many come."""

import errno
import random
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from app.gateway.ledger import backlog as backlog_module
from app.gateway.ledger import reading
from app.gateway.ledger.backlog import Backlog
from app.gateway.ledger.entries import Ended, Entry, begun, ended
from app.gateway.ledger.journal import Journal
from app.gateway.ledger.reading import SegmentReader
from app.gateway.ledger.writer import DatabaseAway, Writer
from tests.gateway.builders import a_caller, answered


class Load:
    """A writer into a database that fails now and then, and completions that end at any moment."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.journal = Journal(folder, segment_bytes=4_000, max_bytes=10_000_000, is_durable=False)
        self.backlog = Backlog(self.journal)
        self.written: list[UUID] = []
        self.stored: set[UUID] = set()
        self.dice = dice
        self.is_steady = False

    async def commit(self, entries: Sequence[Ended]) -> None:
        """As the writer's, a few in each transaction."""
        for start in range(0, len(entries), 4):
            if not self.is_steady:
                self.end_some(3)
                if self.dice.random() < 0.3:
                    raise DatabaseAway
            self.stored |= {entry.id for entry in entries[start : start + 4]}

    def end_some(self, most: int) -> None:
        """So many completions, or fewer, end."""
        for _ in range(self.dice.randint(0, most)):
            record = answered(a_caller())
            self.journal.begin(begun(record))
            entry = ended(record)
            self.journal.end(entry)
            self.backlog.add(entry)
            self.written.append(entry.id)

    async def store(self) -> None:
        """One try to store what is there."""
        with suppress(DatabaseAway, OSError):
            await self.backlog.store(cast("Writer", self))


class Busy(Load):
    """More completions end than the database takes."""

    coming = 4

    async def commit(self, entries: Sequence[Ended]) -> None:
        for _ in entries:
            self.end_some(self.coming)
        await super().commit(entries)


@pytest.mark.parametrize("seed", range(40))
async def test_every_end_is_stored_once_the_database_takes_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: what takes thousands of completions otherwise happens with a few, and pieces end within lines.
    monkeypatch.setattr(backlog_module, "_MOST_FRESH", 12)
    monkeypatch.setattr(reading, "_PIECE_BYTES", 1_500)
    load = Load(tmp_path / "journal", random.Random(seed))
    for _ in range(30):
        load.end_some(9)
        await load.store()

    load.is_steady = True
    await load.store()
    await load.store()

    assert load.stored == set(load.written)
    assert load.journal.backlog_bytes == 0
    assert load.backlog.damaged == 0


@pytest.mark.parametrize("number", range(24))
async def test_whichever_reading_fails_everything_is_stored(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: as above, and a disk that fails once.
    monkeypatch.setattr(backlog_module, "_MOST_FRESH", 12)
    load, read, readings = Busy(tmp_path / "journal", random.Random(1)), SegmentReader.read, count()
    load.is_steady = True

    def fail_once(reader: SegmentReader) -> list[Entry] | None:
        if next(readings) == number:
            raise OSError(errno.EMFILE, "Too many open files")
        return read(reader)

    monkeypatch.setattr(SegmentReader, "read", fail_once)
    while load.journal.number < 5:
        load.end_some(1)
    await load.store()
    load.coming = 0
    await load.store()
    await load.store()

    assert load.stored == set(load.written)
    assert next(readings) > number


async def test_a_segment_that_cannot_be_deleted_keeps_nothing_from_being_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: as above, and a disk that deletes the first file only.
    monkeypatch.setattr(backlog_module, "_MOST_FRESH", 20)
    load, unlink = Busy(tmp_path / "journal", random.Random(1)), Path.unlink
    load.is_steady, load.coming = True, 9

    def unlink_first(path: Path, *, missing_ok: bool = False) -> None:
        if path != load.journal.path(1):
            raise OSError(errno.EIO, "Input/output error")
        unlink(path, missing_ok=missing_ok)

    while load.journal.number < 3:
        load.end_some(1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink_first)
        await load.store()
    load.coming = 0
    await load.store()
    await load.store()

    assert load.stored == set(load.written)
    assert load.journal.backlog_bytes == 0


async def test_however_many_come_few_are_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched: as above.
    monkeypatch.setattr(backlog_module, "_MOST_FRESH", 12)
    monkeypatch.setattr(backlog_module, "_LITTLE_BYTES", 4_000)
    load = Busy(tmp_path / "journal", random.Random(1))
    load.is_steady = True
    load.end_some(9)
    for _ in range(8):
        await load.store()
        assert load.backlog.fresh <= 12

    load.coming = 0
    await load.store()

    assert load.stored == set(load.written)
    assert load.journal.backlog_bytes == 0


async def test_ends_are_not_read_again_while_all_goes_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Load(tmp_path / "journal", random.Random(1))
    load.is_steady = True
    # Patched: a reader that must not be asked.
    monkeypatch.setattr(SegmentReader, "read", None)

    for _ in range(10):
        load.end_some(9)
        await load.store()

    assert load.stored == set(load.written)
