"""A journal that cannot be read now: what can be is stored, nothing is given up, and it is told of."""

import os
from errno import EACCES
from os import geteuid, strerror
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.core.changes import Changes
from app.errors import PerpetuoError
from app.gateway.ledger import Adoption, Writer, adopt
from app.gateway.ledger.entries import ended, to_line
from app.gateway.ledger.journal import LOCK
from app.models import RequestLog
from app.settings import Settings
from tests.drills.damage import abandoned_journal, contents, make_readable, make_unreadable
from tests.gateway.builders import a_caller, answered


@pytest.fixture
def writer(settings: Settings, database: None) -> Writer:
    return Writer(Changes(), settings)


async def test_while_a_segment_cannot_be_read_nothing_of_its_journal_is_interrupted(
    writer: Writer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root, caller = tmp_path / "journal", a_caller()
    folder = abandoned_journal(root, caller, completions=8, unfinished=2)
    segment = folder / "00000002.log"
    refused = replace(ended(answered(caller)), input_tokens=2**63)
    with (folder / "00000001.log").open("ab") as file:
        file.write(to_line(refused))
    whole = make_unreadable(segment)
    adoption = Adoption(root, writer)

    for _ in range(3):
        await adoption.adopt_all()
    before = await RequestLog.filter(workspace_id=caller.workspace_id)
    damaged = adoption.damaged
    make_readable(segment, whole)
    await adoption.adopt_all()

    after = await RequestLog.filter(workspace_id=caller.workspace_id)
    # What can be read is there at once, and no false row in place of what cannot.
    assert 0 < len(before) < 6
    assert {row.status_code for row in before} == {200}
    assert (damaged, caplog.text.count("00000002.log cannot be read")) == (1, 1)
    assert sorted(row.status_code for row in after) == [200] * 6 + [500] * 2
    assert (adoption.damaged, folder.exists()) == (0, False)
    # Set aside with the first round and with the last, not with each.
    assert writer.rejected == 2


async def test_a_segment_that_is_taken_away_is_waited_for_no_more(writer: Writer, tmp_path: Path) -> None:
    root, caller = tmp_path / "journal", a_caller()
    folder = abandoned_journal(root, caller, completions=8, unfinished=2)
    make_unreadable(folder / "00000002.log")
    adoption = Adoption(root, writer)
    await adoption.adopt_all()

    (folder / "00000002.log").unlink()
    await adoption.adopt_all()

    rows = await RequestLog.filter(workspace_id=caller.workspace_id)
    assert [row.error_code for row in rows].count("interrupted") >= 2
    assert (adoption.damaged, folder.exists()) == (0, False)


async def test_a_replay_says_which_segment_cannot_be_read(writer: Writer, tmp_path: Path) -> None:
    folder = abandoned_journal(tmp_path, a_caller())
    make_unreadable(folder / "00000002.log")

    with pytest.raises(PerpetuoError, match=r"00000002\.log cannot be read \(Input/output error\)"):
        await adopt(folder, writer)


async def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_journal(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = abandoned_journal(tmp_path, a_caller())
    whole = contents(folder)

    def forbidden(_: Path) -> None:
        raise PermissionError(EACCES, strerror(EACCES))

    # Patched: nothing is forbidden to root.
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", forbidden)
        with pytest.raises(PermissionError):
            await adopt(folder, writer)

    assert contents(folder) == whole
    assert (folder / LOCK).exists()


async def test_a_journal_that_another_process_adopts_is_complained_of_no_more(
    settings: Settings, writer: Writer, tmp_path: Path
) -> None:
    root = tmp_path / "journal"
    folder = abandoned_journal(root, a_caller())
    whole = make_unreadable(folder / "00000002.log")
    adoption = Adoption(root, writer)
    await adoption.adopt_all()
    damaged = adoption.damaged

    make_readable(folder / "00000002.log", whole)
    await adopt(folder, Writer(Changes(), settings))
    await adoption.adopt_all()

    assert (damaged, adoption.damaged) == (1, 0)


@pytest.mark.skipif(geteuid() == 0, reason="nothing is forbidden to root")
async def test_a_journal_of_another_user_waits_until_it_may_be_read(writer: Writer, tmp_path: Path) -> None:
    root, caller = tmp_path / "journal", a_caller()
    folder = abandoned_journal(root, caller)
    folder.chmod(0)
    adoption = Adoption(root, writer)

    await adoption.adopt_all()
    damaged = adoption.damaged
    folder.chmod(0o700)
    await adoption.adopt_all()

    assert (damaged, adoption.damaged) == (1, 0)
    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 8
