"""What cannot be stored is kept aside, and told of until somebody has dealt with it."""

import json
import os
from pathlib import Path

import pytest

from app.gateway.ledger.entries import Ended, ended
from app.gateway.ledger.rejects import Rejects
from tests.gateway.builders import a_record
from tests.gateway.disk import Disk


def an_entry() -> Ended:
    return ended(a_record())


def open_rejects(folder: Path, *, is_durable: bool = False) -> Rejects:
    return Rejects(folder / "rejected.jsonl", is_durable=is_durable)


def test_a_later_process_tells_of_them_too(tmp_path: Path) -> None:
    open_rejects(tmp_path).keep(an_entry(), "the database refused it")

    assert open_rejects(tmp_path).count == 1


def test_those_of_other_processes_count(tmp_path: Path) -> None:
    mine, others = open_rejects(tmp_path), open_rejects(tmp_path)
    counts = [mine.count]

    mine.keep(an_entry(), "the database refused it")
    counts.append(mine.count)
    others.keep(an_entry(), "the database refused it")
    counts.append(mine.count)

    assert counts == [0, 1, 2]


def test_a_file_that_was_moved_away_counts_no_more(tmp_path: Path) -> None:
    rejects = open_rejects(tmp_path)
    for _ in range(2):
        rejects.keep(an_entry(), "the database refused it")
    before = rejects.count

    (tmp_path / "rejected.jsonl").rename(tmp_path / "seen.jsonl")
    after = rejects.count
    rejects.keep(an_entry(), "the database refused it")

    assert (before, after, rejects.count) == (2, 0, 1)


def test_a_short_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched: a disk that runs full in mid-write cannot be had at will.
    rejects, real_write = open_rejects(tmp_path), os.write
    first, second = an_entry(), an_entry()
    rejects.keep(first, "the database refused it")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, line: real_write(fd, line[:40]))
        with pytest.raises(OSError, match="No space left on device"):
            rejects.keep(second, "the database refused it")
    rejects.keep(second, "the database refused it")

    rows = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert [row["entry"]["id"] for row in rows] == [str(first.id), str(second.id)]
    assert rejects.count == 2


@pytest.mark.parametrize("is_durable", [True, False], ids=["durable", "not"])
def test_what_is_kept_is_on_the_disk_where_that_is_asked_for(
    is_durable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: power cannot be lost at will.
    disk = Disk(monkeypatch)

    open_rejects(tmp_path, is_durable=is_durable).keep(an_entry(), "the database refused it")

    assert disk.has(tmp_path / "rejected.jsonl") is is_durable
