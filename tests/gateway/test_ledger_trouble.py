"""The ledger on bad days: a database that refuses or is away, a disk that takes nothing."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import msgspec
import pytest

from app.core.changes import Changes
from app.errors import JournalUnavailable
from app.gateway.ledger import REJECTS, Ledger, Writer, batch
from app.gateway.ledger.entries import Ended, ended
from app.gateway.ledger.writer import DatabaseAway
from app.models import RequestLog, UsageCounter
from app.settings import Fsync, Settings
from tests.front_door import until
from tests.gateway.builders import a_caller, a_record, answered, keep

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def ledger(settings: Settings) -> AsyncIterator[Ledger]:
    ledger = Ledger(settings, Changes())
    async with ledger.running():
        yield ledger


async def test_what_the_database_refuses_is_set_aside_alone(
    ledger: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: entries are made storable when they are written, so a refusal has to be provoked.
    caller, bad = a_caller(), a_record()
    records = [answered(caller) for _ in range(5)]
    from_database = batch.commit

    async def refuse_bad(entries_: Sequence[Ended], origin: str) -> dict[UUID, list[UUID]]:
        if any(entry.id == bad.id for entry in entries_):
            raise OverflowError("value out of range")
        return await from_database(entries_, origin)

    monkeypatch.setattr(batch, "commit", refuse_bad)

    await keep(ledger, *records[:2], bad, *records[2:])
    await ledger.flush()

    kept = (settings.data_dir / REJECTS).read_text()
    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 5
    assert kept.count("\n") == 1
    assert str(bad.id) in kept
    assert ledger.state.rejected == 1


async def test_no_row_shares_the_fate_of_one_that_its_database_refuses(settings: Settings) -> None:
    caller, writer = a_caller(), Writer(Changes(), settings)
    entries = [ended(answered(caller)) for _ in range(9)]
    # As a foreign journal may hold it: our own entries are storable.
    bad = msgspec.structs.replace(ended(answered(caller)), input_tokens=2**63)

    await writer.commit([*entries[:4], bad, *entries[4:]])

    counter = await UsageCounter.get(workspace_id=caller.workspace_id)
    rows = await RequestLog.filter(workspace_id=caller.workspace_id)
    assert {row.id for row in rows} == {entry.id for entry in entries}
    assert (counter.requests, writer.rejected) == (9, 1)


async def test_rows_wait_in_the_journal_while_the_database_is_away(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: an outage that ends at a moment of our choosing.
    caller, from_database = a_caller(), batch.commit

    async def away(_: Sequence[Ended], __: str) -> dict[UUID, list[UUID]]:
        raise ConnectionRefusedError("the database is away")

    monkeypatch.setattr(batch, "commit", away)
    await keep(ledger, *[answered(caller) for _ in range(10)])
    with pytest.raises(DatabaseAway):
        await ledger.flush()
    away_s = ledger.state.database_away_s
    monkeypatch.setattr(batch, "commit", from_database)

    async def is_back() -> bool:
        return ledger.state.database_away_s is None

    await until(is_back)

    assert away_s is not None
    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 10


async def test_a_flush_ends_though_completions_keep_coming(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a load that brings something new during every batch.
    caller, from_database = a_caller(), batch.commit
    ledger = Ledger(settings, Changes())

    async def commit(entries_: Sequence[Ended], origin: str) -> dict[UUID, list[UUID]]:
        await keep(ledger, answered(caller))
        return await from_database(entries_, origin)

    await keep(ledger, answered(caller))
    with monkeypatch.context() as patch:
        patch.setattr(batch, "commit", commit)
        async with asyncio.timeout(5):
            await ledger.flush()
    first = await RequestLog.filter(workspace_id=caller.workspace_id).count()
    async with ledger.running():
        pass

    assert first == 1
    assert await RequestLog.filter(workspace_id=caller.workspace_id).count() == 2


async def test_a_refused_row_is_set_aside_once_however_often_its_batch_comes_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a database that refuses one row, and goes away before it has taken the rest.
    caller, bad, from_database = a_caller(), a_record(), batch.commit
    tries = 0

    async def commit(entries_: Sequence[Ended], origin: str) -> dict[UUID, list[UUID]]:
        nonlocal tries
        if any(entry.id == bad.id for entry in entries_):
            raise OverflowError("value out of range")
        tries += 1
        if tries < 3:
            raise ConnectionRefusedError("the database is away")
        return await from_database(entries_, origin)

    monkeypatch.setattr(batch, "commit", commit)
    await keep(ledger, bad, answered(caller))

    async def is_stored() -> bool:
        return await RequestLog.filter(workspace_id=caller.workspace_id).exists()

    await until(is_stored)
    await ledger.flush()

    assert ledger.state.rejected == 1


async def test_an_end_that_cannot_be_written_waits_and_nothing_begins(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a disk that is full for a moment of our choosing.
    caller = a_caller()
    record = answered(caller)
    await ledger.begin(record)

    def full(_: int, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        await ledger.end(record)
        with pytest.raises(JournalUnavailable):
            ledger.check_open()
        with pytest.raises(JournalUnavailable):
            await ledger.begin(a_record(caller))
        waiting = ledger.state.unwritten
    ledger.check_open()
    await ledger.flush()

    assert waiting == 1
    assert await RequestLog.filter(id=record.id).exists()


async def test_what_the_journal_never_took_is_stored_at_the_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a disk that is full until the process ends.
    caller = a_caller()
    record, ledger = answered(caller), Ledger(settings, Changes())

    def full(_: int, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    async with ledger.running():
        await ledger.begin(record)
        monkeypatch.setattr(os, "write", full)
        await ledger.end(record)

    row = await RequestLog.get(workspace_id=caller.workspace_id)
    assert (row.id, row.status_code) == (record.id, 200)


async def test_a_begin_that_cannot_be_synced_is_refused_and_an_end_is_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a disk that fails at a moment of our choosing.
    caller = a_caller()
    record = answered(caller)
    ledger = Ledger(settings.model_copy(update={"ledger_fsync": Fsync.ALWAYS}), Changes())

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    async with ledger.running():
        await ledger.begin(record)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            with pytest.raises(JournalUnavailable):
                await ledger.begin(answered(caller))
            await ledger.end(record)
        await ledger.flush()

        rows = await RequestLog.filter(workspace_id=caller.workspace_id)
    assert [row.id for row in rows] == [record.id]
