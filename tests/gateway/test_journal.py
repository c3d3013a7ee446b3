"""The journal: what was written whole is read back, whatever happened to the rest."""

import os
import zlib
from errno import EINVAL
from os import strerror
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.usage import Usage
from app.errors import CompletionFailed, FailureFacts, InvalidValue, JournalUnavailable
from app.gateway.ledger import entries
from app.gateway.ledger.entries import DamagedEntry, Entry, from_line, to_line
from app.gateway.ledger.journal import Journal, hold, segments
from app.gateway.ledger.reading import SegmentReader
from tests.gateway.builders import a_record
from tests.gateway.disk import Disk


def open_journal(root: Path, *, segment_bytes: int = 8_000_000, max_bytes: int = 10**9) -> Journal:
    return Journal(root, segment_bytes=segment_bytes, max_bytes=max_bytes, is_durable=False)


def read_all(path: Path) -> tuple[list[Entry], SegmentReader]:
    reader, found = SegmentReader(path), []
    while (read := reader.read()) is not None:
        found += read
    return found, reader


def test_what_is_written_is_read(tmp_path: Path) -> None:
    journal, record = open_journal(tmp_path), a_record()

    journal.begin(entries.begun(record))
    journal.end(entries.ended(record))

    found, reader = read_all(journal.path(1))
    assert [type(entry).__name__ for entry in found] == ["Begun", "Ended"]
    assert [entry.id for entry in found] == [record.id, record.id]
    assert reader.damaged == 0
    journal.close(is_settled=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b", "a�b"),
        ("cut \ud83d here", "cut ? here"),
        ("é" * 300, "é" * 200),
        ("x" * 10_000, "x" * 200),
    ],
    ids=["plain", "nul", "lone surrogate", "long", "very long"],
)
def test_hostile_texts_become_storable(text: str, expected: str) -> None:
    record = a_record(model=text)

    entry = from_line(to_line(entries.ended(record)).rstrip(b"\n"))

    assert isinstance(entry, entries.Ended)
    assert entry.requested_model == expected


def test_a_code_that_a_provider_made_up_becomes_storable() -> None:
    record = a_record()
    facts = FailureFacts(400, "invalid_request_error", "no\x00pe" + "x" * 100)
    record.fail(CompletionFailed("no", facts))

    assert entries.ended(record).error_code == "no\ufffdpe" + "x" * 59


def test_counts_are_clamped() -> None:
    record = a_record()
    record.usage = Usage(input_tokens=10**30, output_tokens=-5)
    record.fail(InvalidValue("x" * 5000))

    entry = entries.ended(record)

    assert (entry.input_tokens, entry.output_tokens) == (10**12, 0)
    assert len(entry.error_message or "") == 1000


LINES = [to_line(entries.ended(a_record())) for _ in range(4)]
WHOLE = b"".join(LINES)


@given(st.integers(0, len(WHOLE)))
def test_cut_at_any_byte_the_whole_lines_before_it_are_read(
    tmp_path_factory: pytest.TempPathFactory, at: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "00000001.log"
    path.write_bytes(WHOLE[:at])

    found, reader = read_all(path)

    assert len(found) == WHOLE[:at].count(b"\n")
    assert reader.has_tail is (at > 0 and WHOLE[at - 1 : at] != b"\n")


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_one_wrong_byte_costs_at_most_the_lines_it_joins(
    tmp_path_factory: pytest.TempPathFactory, at: int, difference: int
) -> None:
    path = tmp_path_factory.mktemp("wrong") / "00000001.log"
    path.write_bytes(WHOLE[:at] + bytes([WHOLE[at] ^ difference]) + WHOLE[at + 1 :])

    found, reader = read_all(path)

    assert len(found) >= len(LINES) - 2
    assert reader.damaged + reader.has_tail >= 1
    assert {to_line(entry) for entry in found} <= set(LINES)


def test_a_short_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched: a disk that runs full in mid-write cannot be had at will.
    journal, real_write = open_journal(tmp_path), os.write
    first, second, third = a_record(), a_record(), a_record()
    journal.end(entries.ended(first))

    monkeypatch.setattr(os, "write", lambda fd, data: real_write(fd, data[:40]))
    with pytest.raises(JournalUnavailable):
        journal.end(entries.ended(second))
    monkeypatch.undo()
    journal.end(entries.ended(third))

    found, reader = read_all(journal.path(1))
    assert [entry.id for entry in found] == [first.id, third.id]
    assert reader.damaged == 0
    assert not reader.has_tail
    journal.close(is_settled=True)


def test_a_short_write_that_cannot_be_taken_back_damages_one_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a disk that fails in mid-write cannot be had at will.
    journal, real_write = open_journal(tmp_path), os.write
    first, second, third = a_record(), a_record(), a_record()
    journal.end(entries.ended(first))

    def fail(_: int, __: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, line: real_write(fd, line[:40]))
        patch.setattr(os, "ftruncate", fail)
        with pytest.raises(JournalUnavailable, match="Input/output error"):
            journal.end(entries.ended(second))
    journal.end(entries.ended(third))

    found, reader = read_all(journal.path(1))
    assert [entry.id for entry in found] == [first.id, third.id]
    assert reader.damaged == 1
    journal.close(is_settled=True)


@pytest.mark.parametrize("sync", ["fdatasync", "fsync"], ids=["what is in it", "the next one's name"])
def test_a_segment_that_cannot_be_forced_onto_the_disk_is_tried_again(
    sync: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a disk that fails to sync cannot be had at will.
    journal = Journal(tmp_path, segment_bytes=1, max_bytes=1_000_000, is_durable=True)
    journal.end(entries.ended(a_record()))

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, sync, fail)
        with pytest.raises(JournalUnavailable, match="Input/output error"):
            journal.end(entries.ended(a_record()))
    journal.end(entries.ended(a_record()))

    assert journal.number == 2
    journal.close(is_settled=True)


def test_what_is_forced_onto_the_disk_has_its_name_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: power cannot be lost at will.
    disk, root = Disk(monkeypatch), tmp_path / "journal"
    journal = Journal(root, segment_bytes=1, max_bytes=1_000_000, is_durable=True)

    for _ in range(2):
        journal.end(entries.ended(a_record()))
    journal.sync_job()()

    assert journal.number == 2
    assert all(disk.has(path) for path in segments(journal.folder))
    assert all(disk.has_name(folder) for folder in (root, journal.folder))
    journal.close(is_settled=True)


def test_a_file_system_that_syncs_no_folders_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched: as such a file system answers.
    def refuse(_: int) -> None:
        raise OSError(EINVAL, strerror(EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)
    journal = Journal(tmp_path, segment_bytes=1, max_bytes=1_000_000, is_durable=True)

    journal.end(entries.ended(a_record()))

    assert read_all(journal.path(1))[0]
    journal.close(is_settled=True)


def test_a_full_journal_accepts_no_begin_but_every_end(tmp_path: Path) -> None:
    journal, record = open_journal(tmp_path, max_bytes=1), a_record()
    journal.begin(entries.begun(record))

    with pytest.raises(JournalUnavailable, match="JOURNAL_MAX_BYTES"):
        journal.begin(entries.begun(a_record()))
    journal.end(entries.ended(record))

    assert journal.open_count == 0
    journal.close(is_settled=True)


def test_a_segment_goes_when_nothing_in_it_is_needed(tmp_path: Path) -> None:
    journal, long_stream = open_journal(tmp_path, segment_bytes=1), a_record()
    journal.begin(entries.begun(long_stream))
    for _ in range(2):
        journal.end(entries.ended(a_record()))

    journal.release(journal.number, 0)
    held = [path.name for path in segments(journal.folder)]
    journal.end(entries.ended(long_stream))
    journal.release(journal.number, 0)
    left = [path.name for path in segments(journal.folder)]

    # The first segment stays for the begin; the second one has nothing that is not committed.
    assert held == ["00000001.log", "00000003.log"]
    assert left == ["00000004.log"]
    journal.close(is_settled=True)


def test_an_old_begin_is_copied_forward(tmp_path: Path) -> None:
    journal, long_stream = open_journal(tmp_path, segment_bytes=1), a_record()
    journal.begin(entries.begun(long_stream))
    for _ in range(4):
        journal.end(entries.ended(a_record()))

    journal.release(journal.number, 0)

    kept = [entry.id for path in segments(journal.folder) for entry in read_all(path)[0]]
    assert not journal.path(1).exists()
    assert long_stream.id in kept
    journal.end(entries.ended(long_stream))
    journal.close(is_settled=True)


def test_a_live_journal_cannot_be_held_by_another(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)

    while_alive = hold(journal.folder)
    journal.close(is_settled=False)
    afterwards = hold(journal.folder)

    assert while_alive is None
    assert afterwards is not None
    os.close(afterwards)


def test_a_settled_journal_leaves_nothing_behind(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)

    journal.close(is_settled=True)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("in the way")

    with pytest.raises(JournalUnavailable, match="cannot be written"):
        open_journal(tmp_path / "journal")


def test_a_foreign_file_in_its_folder_does_not_disturb_the_end(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    (journal.folder / "notes.txt").write_text("not ours")

    journal.close(is_settled=True)

    assert [path.name for path in journal.folder.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "text",
    [b'{"type":"begun"}', b'{"type":"\xff"}', b'{"type":"begun","id":' + b"[" * 100_000, b"", b"null"],
    ids=["too little", "not UTF-8", "very deep", "nothing", "null"],
)
def test_a_line_of_an_unknown_shape_is_damaged_though_its_checksum_fits(text: bytes) -> None:
    with pytest.raises(DamagedEntry):
        from_line(b"1 %08x %b" % (zlib.crc32(text), text))
