"""A damaged journal: what was whole is replayed, the rest is told of and kept, and nobody else is harmed."""

import signal
from collections.abc import Mapping
from os import environ
from pathlib import Path
from uuid import UUID

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.changes import Changes
from app.gateway.ledger import DAMAGED, Adoption, Writer, adopt, backlog
from app.gateway.ledger.journal import LOCK
from app.models import RequestLog, UsageCounter
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running, run, running
from tests.conftest import DatabaseKind, environment
from tests.drills import books
from tests.drills.damage import (
    KINDS,
    Damage,
    abandoned_journal,
    contents,
    make_readable,
    make_unreadable,
    told,
)
from tests.drills.figures import Figures, Length
from tests.front_door import HELLO, open_gateway, until
from tests.gateway.builders import a_caller
from tests.management.making import free_port

IS_LONG = environ.get("PERPETUO_DRILLS") == "long"

DAMAGES = st.lists(
    st.builds(
        Damage,
        kind=st.sampled_from(KINDS),
        segment=st.floats(0, 1),
        where=st.floats(0, 1),
        size=st.integers(1, 2000),
        noise=st.binary(min_size=1, max_size=50),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def writer(settings: Settings, database: None) -> Writer:
    return Writer(Changes(), settings)


@hypothesis.settings(
    max_examples=3000 if IS_LONG else 150,
    deadline=None,
    derandomize=True,
    database=None,
    # The database and the folder are the same for all examples; each has ids of its own.
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
@given(damages=DAMAGES)
async def test_whatever_happens_to_a_journal_what_is_whole_is_replayed(
    writer: Writer, tmp_path: Path, damages: list[Damage]
) -> None:
    caller = a_caller()
    folder = abandoned_journal(tmp_path / "journal", caller)
    whole = contents(folder)
    now = dict(whole)
    for damage in damages:
        damage.befall(now)
    for name in whole:
        (folder / name).unlink()
    for name, text in now.items():
        (folder / name).write_bytes(text)
    expected = told(whole, now)

    adopted = await adopt(folder, writer)

    rows = await RequestLog.filter(workspace_id=caller.workspace_id)
    sums = await UsageCounter.filter(workspace_id=caller.workspace_id)
    assert {str(row.id): row.input_tokens for row in rows if row.error_code is None} == expected.ended
    assert {str(row.id) for row in rows if row.error_code == "interrupted"} == expected.interrupted
    assert [(one.requests, one.input_tokens) for one in sums] == (
        [(len(rows), sum(expected.ended.values()))] if rows else []
    )
    assert adopted is not None
    assert (adopted.completions, adopted.interrupted) == (len(rows), len(expected.interrupted))
    assert adopted.damaged == expected.damaged
    assert not folder.exists()
    assert (adopted.kept is None) is (expected.damaged == 0)
    if adopted.kept is not None:
        assert contents(adopted.kept) == now


async def test_no_journal_keeps_the_others_from_being_adopted(
    writer: Writer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root, caller = tmp_path / "journal", a_caller()
    # Oldest first: whatever is wrong comes before what is right.
    closed, half_read, crowded, bare, _ = (abandoned_journal(root, caller) for _ in range(5))
    (closed / LOCK).unlink()
    (closed / LOCK).mkdir()
    whole = make_unreadable(half_read / "00000002.log")
    (crowded / "notes.txt").write_text("not ours")
    (crowded / "00000099.log").mkdir()
    (bare / LOCK).unlink()
    adoption = Adoption(root, writer)

    await adoption.adopt_all()
    first_words = caplog.text
    caplog.clear()
    await adoption.adopt_all()

    stored = await RequestLog.filter(workspace_id=caller.workspace_id).count()
    assert {path.name for path in root.iterdir()} == {closed.name, half_read.name, crowded.name}
    assert {path.name for path in crowded.iterdir()} == {"notes.txt", "00000099.log"}
    assert 8 * 3 < stored < 8 * 4
    # One journal that cannot be opened for now, and one that cannot be read to its end.
    assert adoption.damaged == 2
    assert all(name in first_words for name in (closed.name, half_read.name, crowded.name))
    assert caplog.text == ""
    (closed / LOCK).rmdir()
    make_readable(half_read / "00000002.log", whole)

    await adoption.adopt_all()

    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 8 * 5
    assert {path.name for path in root.iterdir()} == {crowded.name}
    assert adoption.damaged == 0


async def test_what_is_no_journal_is_left_alone(writer: Writer, tmp_path: Path) -> None:
    root = tmp_path / "journal"
    folder = abandoned_journal(root, a_caller())
    (root / "lost+found").mkdir()
    (root / "lost+found" / "00000001.log").write_text("not ours")
    (root / "backup").mkdir()
    (root / "README.txt").write_text("not ours")
    copy = folder.rename(root / (folder.name + DAMAGED))

    await Adoption(root, writer).adopt_all()

    assert {path.name for path in root.iterdir()} == {"lost+found", "backup", "README.txt", copy.name}
    assert (root / "lost+found" / "00000001.log").read_text() == "not ours"


async def test_a_segment_without_any_newline_is_one_damaged_line(writer: Writer, tmp_path: Path) -> None:
    folder = abandoned_journal(tmp_path, a_caller())
    (folder / "00000009.log").write_bytes(bytes(20_000_000))

    adopted = await adopt(folder, writer)

    assert adopted is not None
    assert (adopted.completions, adopted.damaged) == (8, 1)


async def test_a_journal_that_cannot_be_read_for_a_while_is_told_of_and_loses_nothing(
    settings: Settings, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: as where too many wait to be kept in memory.
    monkeypatch.setattr(backlog, "_MOST_FRESH", 0)
    async with open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator)
        (segment,) = (settings.data_dir / "journal").glob("*/*.log")
        away = segment.rename(segment.with_name("away"))

        async def status() -> object:
            return (await gateway.http.get(f"{gateway.url}/health")).json()["status"]

        async def is_degraded() -> bool:
            return await status() == "degraded"

        answer = await account.complete({"model": "gpt-4o", "messages": [HELLO]})
        await until(is_degraded)
        away.rename(segment)

        row = await account.log()

        async def is_well() -> bool:
            return await status() == "ok"

        await until(is_well)
    assert row["id"] == answer.headers["x-request-id"]


async def test_a_server_that_finds_its_journal_damaged_starts_and_says_so(
    settings: Settings,
    database_kind: DatabaseKind,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    figures: Figures,
) -> None:
    env = environment(settings) | {"PORT": str(free_port()), "JOURNAL_SEGMENT_BYTES": "4000"}
    # So that everything is in the journal alone when the process dies.
    async with running("serve", env=env | {"LEDGER_BATCH_INTERVAL_S": "3600"}, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator)
        answers = [
            await account.complete({"model": "gpt-4o", "messages": [HELLO]})
            for _ in range(length.of(20, 200))
        ]
        await server.stop(signal.SIGKILL)
    (folder,) = (settings.data_dir / "journal").iterdir()
    whole = contents(folder)
    now = _harmed(whole)
    for name, text in now.items():
        (folder / name).write_bytes(text)
    (folder / LOCK).write_bytes(b"")
    expected = told(whole, now)

    async with running("serve", env=env, cwd=tmp_path) as server:
        found = await _adopted(server)
        health = (await server.http.get(f"{server.url}/health")).json()
        await server.stop()
    kept = folder.with_name(folder.name + DAMAGED)
    as_kept = contents(kept)
    for name, text in whole.items():
        (kept / name).write_bytes(text)
    replayed = await run("replay", str(kept), env=env, cwd=tmp_path)

    async with books.open_books(settings):
        rows = await RequestLog.filter(workspace_id=UUID(account.workspace_id))
        complete = await books.read(account.workspace_id)
    asked = {answer.headers["x-request-id"] for answer in answers}
    assert found == 200
    assert (health["status"], health["journal"]["damaged"]) == ("degraded", expected.damaged)
    assert as_kept == now
    assert f"{expected.damaged} damaged lines; it is kept as" in (tmp_path / "stderr").read_text()
    # Mended by hand and replayed: what could not be read before is there now, and the rest still once.
    assert (replayed.code, kept.exists()) == (0, False)
    assert {str(row.id) for row in rows} == asked
    assert {str(row.id) for row in rows if row.error_code == "interrupted"} == expected.interrupted
    assert complete.of_counter == complete.of_days == complete.of_provider_days == complete.of_rows
    figures.tell(
        f"damaged journal, {database_kind}",
        completions=len(answers),
        damaged_lines=expected.damaged,
        replayed=len(expected.ended),
        interrupted=len(expected.interrupted),
    )


def _harmed(whole: Mapping[str, bytes]) -> dict[str, bytes]:
    """A block of zeros, a line of another version, and a last write that was cut short."""
    first, second, *_, last = sorted(whole)
    return {
        **whole,
        first: whole[first][:1000] + bytes(700) + whole[first][1700:],
        second: b"2" + whole[second][1:],
        last: whole[last][:-10],
    }


async def _adopted(server: Running) -> int:
    """The status of health as soon as it tells of damage."""
    status = 0

    async def is_told() -> bool:
        nonlocal status
        answer = await server.http.get(f"{server.url}/health")
        status = answer.status_code
        return bool(answer.json()["journal"]["damaged"])

    await until(is_told)
    return status
