"""The ledger: every completion has one row, and the sums are those of the rows."""

import asyncio
import os
import shutil
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from app.chat.usage import Usage
from app.core.changes import Change, Changes, RequestsLogged
from app.core.ids import new_id
from app.errors import UpstreamTimeout
from app.gateway.ledger import Ledger, Writer, adopt, batch
from app.gateway.ledger.adoption import Adoption
from app.gateway.ledger.batch import commit
from app.gateway.ledger.entries import Ended, begun, ended
from app.gateway.ledger.journal import Journal
from app.models import RequestLog, UsageCounter, UsageDaily
from app.providers.base import Failure, FailureKind
from app.settings import Fsync, Settings
from tests.front_door import until
from tests.gateway.builders import a_caller, a_candidate, a_record, answered, keep

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
async def ledger(settings: Settings, changes: Changes) -> AsyncIterator[Ledger]:
    ledger = Ledger(settings, changes)
    async with ledger.running():
        yield ledger


async def test_a_completion_becomes_a_row_and_counts(ledger: Ledger) -> None:
    caller = a_caller()

    await keep(ledger, answered(caller), answered(caller, model="gpt-5"))
    await ledger.flush()

    rows = await RequestLog.filter(workspace_id=caller.workspace_id)
    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    daily = await UsageDaily.filter(workspace_id=caller.workspace_id).order_by("model")
    assert {row.model for row in rows} == {"gpt-4o", "gpt-5"}
    assert counter.cost_nano_usd == sum(row.cost_nano_usd or 0 for row in rows) > 0
    assert (counter.requests, counter.failed_requests, counter.priced_requests) == (2, 0, 2)
    assert (counter.input_tokens, counter.cached_input_tokens, counter.output_tokens) == (20, 8, 10)
    assert [(row.model, row.provider, row.requests) for row in daily] == [
        ("gpt-4o", "OPENAI", 1),
        ("gpt-5", "OPENAI", 1),
    ]
    assert sum(getattr(daily[0], f"duration_{number}") for number in range(12)) == 1


async def test_unserved_requests_make_no_rows_of_their_names(ledger: Ledger) -> None:
    caller = a_caller()
    records = [a_record(caller, model=f"invented-{number}") for number in range(3)]
    for record in records:
        record.fail(UpstreamTimeout("too late"))

    await keep(ledger, *records)
    await ledger.flush()

    daily = await UsageDaily.filter(workspace_id=caller.workspace_id)
    assert [(row.provider, row.model, row.requests, row.failed_requests) for row in daily] == [("", "", 3, 3)]


async def test_a_client_that_left_is_no_failure(ledger: Ledger) -> None:
    caller = a_caller()

    await keep(ledger, a_record(caller, status=499))
    await ledger.flush()

    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    assert (counter.requests, counter.failed_requests) == (1, 0)


async def test_the_live_feed_tells_of_stored_rows(ledger: Ledger, changes: Changes) -> None:
    caller, heard = a_caller(), list[Change]()
    record = answered(caller)

    with changes.listening(heard.append):
        await keep(ledger, record)
        await ledger.flush()

    assert RequestsLogged(caller.workspace_id, (record.id,)) in heard


async def test_a_killed_process_leaves_a_journal_that_counts_once(
    ledger: Ledger, settings: Settings, tmp_path: Path
) -> None:
    caller = a_caller()
    ended, running = answered(caller), a_record(caller)
    await keep(ledger, ended)
    await ledger.begin(running)
    orphan = copy_of_journal(settings, tmp_path / "orphan")
    writer = Writer(Changes(), settings)

    first = await adopt(orphan, writer)
    await ledger.flush()

    rows = {row.id: row for row in await RequestLog.filter(workspace_id=caller.workspace_id)}
    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    assert first is not None
    assert (first.completions, first.interrupted, first.damaged, first.kept) == (2, 1, 0, None)
    assert not orphan.exists()
    assert rows.keys() == {ended.id, running.id}
    assert (rows[running.id].status_code, rows[running.id].error_code) == (500, "interrupted")
    assert counter.requests == 2


async def test_a_journal_whose_process_died_while_it_was_made_is_cleared_away(
    settings: Settings, tmp_path: Path
) -> None:
    root = tmp_path / "journal"
    abandoned, in_the_making, foreign = root / f".{new_id()}", root / f".{new_id()}", root / ".snapshot"
    for folder in (abandoned, in_the_making, foreign):
        folder.mkdir(parents=True)
    (abandoned / "lock").touch()
    for folder in (abandoned, foreign):
        os.utime(folder, (0, 0))
    live = Journal(root, segment_bytes=1000, max_bytes=1000, is_durable=False)

    await Adoption(root, Writer(Changes(), settings)).adopt_all()

    left = set(root.iterdir())
    live.close(is_settled=True)
    assert left == {in_the_making, foreign, live.folder}


async def test_replayed_twice_counts_once(ledger: Ledger, settings: Settings, tmp_path: Path) -> None:
    caller = a_caller()
    await keep(ledger, *[answered(caller) for _ in range(20)])
    copies = [copy_of_journal(settings, tmp_path / f"copy-{number}") for number in range(2)]
    writer = Writer(Changes(), settings)

    for copy in copies:
        await adopt(copy, writer)
    await ledger.flush()

    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 20
    assert (counter.requests, counter.input_tokens) == (20, 200)


async def test_what_has_ended_is_not_kept_in_memory_while_a_journal_is_adopted(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a database would have memory of its own.
    async def take_all(_: Sequence[Ended], __: str) -> dict[UUID, list[UUID]]:
        return {}

    monkeypatch.setattr(batch, "commit", take_all)
    caller, writer = a_caller(), Writer(Changes(), settings)

    async def peak_bytes(completions: int) -> int:
        journal = Journal(tmp_path, segment_bytes=100_000, max_bytes=10**9, is_durable=False)
        for _ in range(completions):
            record = answered(caller)
            journal.begin(begun(record))
            journal.end(ended(record))
        journal.close(is_settled=False)
        tracemalloc.start()
        try:
            await adopt(journal.folder, writer)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = await peak_bytes(500), await peak_bytes(2500)

    # The number of an id, and its place in a set.
    assert (many - few) / 2000 < 250


async def test_an_end_twice_in_one_batch_counts_once_as_it_is_stored(settings: Settings) -> None:
    caller = a_caller()
    other, entry = ended(answered(caller)), ended(answered(caller))
    again = msgspec.structs.replace(entry, input_tokens=7)

    stored = await commit([entry, other, again], "me")
    replayed = await commit([again, entry], "me")

    row = await RequestLog.get(id=entry.id)
    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    assert (stored, replayed) == ({caller.workspace_id: [other.id, entry.id]}, {})
    assert (row.input_tokens, counter.input_tokens, counter.requests) == (7, 17, 2)


async def test_whatever_a_client_or_a_provider_wrote_is_stored(ledger: Ledger) -> None:
    caller, hostile = a_caller(), "\x00\ud800\udfff\\u0000\"'\u2028\U0001f600" * 300
    record = a_record(caller, model=hostile)
    record.answered_by = a_candidate(hostile, hostile)
    record.note_attempt(
        record.answered_by,
        record.started,
        Failure(FailureKind.OVERLOADED, hostile, 503),
        is_providers_fault=True,
    )
    record.error_code = record.error_message = hostile
    record.usage = Usage(input_tokens=10**30, cached_input_tokens=-1, output_tokens=2**63)

    await keep(ledger, record)
    await ledger.flush()

    row = await RequestLog.get(id=record.id)
    assert row.model == row.requested_model == row.attempts[0]["label"]
    assert row.model.startswith("���\\u0000\"'\u2028\U0001f600") or row.model.startswith("�??")
    assert len(row.model) == 200
    assert (row.input_tokens, row.cached_input_tokens, row.output_tokens) == (10**12, 0, 10**12)
    assert ledger.state.rejected == 0


async def test_two_writers_at_once_count_every_row_once(settings: Settings) -> None:
    caller = a_caller()
    entries = [answered(caller) for _ in range(200)]
    ledgers = [Ledger(settings, Changes()) for _ in range(2)]

    async with ledgers[0].running(), ledgers[1].running():
        await asyncio.gather(*(keep(ledger, *entries) for ledger in ledgers))
        await asyncio.gather(*(ledger.flush() for ledger in ledgers))

    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 200
    assert counter.requests == 200


@pytest.mark.parametrize("fsync", list(Fsync))
async def test_every_durability_keeps_everything(settings: Settings, fsync: Fsync) -> None:
    caller = a_caller()
    ledger = Ledger(
        settings.model_copy(update={"ledger_fsync": fsync, "journal_segment_bytes": 2000}), Changes()
    )

    async with ledger.running():
        await asyncio.gather(*(keep(ledger, answered(caller)) for _ in range(100)))

    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 100
    assert list((settings.data_dir / "journal").iterdir()) == []


def copy_of_journal(settings: Settings, target: Path) -> Path:
    """The only journal in the data folder, as a killed process would leave it."""
    (folder,) = [path for path in (settings.data_dir / "journal").iterdir() if path.is_dir()]
    shutil.copytree(folder, target)
    return target


async def test_a_batch_that_is_large_enough_does_not_wait_for_its_time(
    settings: Settings, changes: Changes
) -> None:
    caller = a_caller()
    ledger = Ledger(settings.model_copy(update={"ledger_batch_interval_s": 3600}), changes)

    async def are_there() -> bool:
        return await RequestLog.filter(workspace_id=caller.workspace_id).count() == 500

    async with ledger.running():
        for _ in range(2):
            await keep(ledger, *[answered(caller) for _ in range(250)])
        await until(are_there)
