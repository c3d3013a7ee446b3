"""Log rows go when they are old; what they were counted for stays."""

import json
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest

from app.core.changes import Changes
from app.core.clock import now
from app.core.ids import first_id_at
from app.gateway.ledger import REJECTS, Ledger
from app.gateway.record import CompletionRecord
from app.models import RequestLog, UsageCounter, UsageDaily
from app.settings import Settings
from tests.front_door import until
from tests.gateway.builders import a_caller, a_record

pytestmark = pytest.mark.usefixtures("database")

CALLER = a_caller()
DAYS = 30


def records(count: int, *, age: timedelta) -> list[CompletionRecord]:
    first = first_id_at(now() - age).int
    made = [a_record(CALLER) for _ in range(count)]
    for number, record in enumerate(made):
        record.id = UUID(int=first + number)
    return made


async def keep(ledger: Ledger, completions: Iterable[CompletionRecord]) -> None:
    for record in completions:
        await ledger.begin(record)
        await ledger.end(record)
    await ledger.flush()


async def test_old_rows_are_deleted_and_their_sums_stay(settings: Settings) -> None:
    young = records(3, age=timedelta(days=DAYS - 1))
    keeping = Ledger(settings, Changes())
    async with keeping.running():
        await keep(keeping, [*records(1200, age=timedelta(days=DAYS + 1)), *young])

    retiring = Ledger(settings.model_copy(update={"log_retention_days": DAYS}), Changes())
    async with retiring.running():

        async def are_gone() -> bool:
            return await RequestLog.filter(workspace_id=CALLER.workspace_id).count() == len(young)

        await until(are_gone, timeout_s=30)

    left = await RequestLog.filter(workspace_id=CALLER.workspace_id).values_list("id", flat=True)
    counter = await UsageCounter.get(workspace_id=CALLER.workspace_id)
    daily = await UsageDaily.filter(workspace_id=CALLER.workspace_id)
    assert set(left) == {record.id for record in young}
    assert counter.requests == sum(row.requests for row in daily) == 1203


async def test_what_may_have_been_counted_and_deleted_before_is_not_counted_again(settings: Settings) -> None:
    (old,), (young,) = records(1, age=timedelta(days=DAYS)), records(1, age=timedelta(days=DAYS - 1))
    ledger = Ledger(settings.model_copy(update={"log_retention_days": DAYS}), Changes())

    async with ledger.running():
        await keep(ledger, [old, young])
        state = ledger.state

    (line,) = (settings.data_dir / REJECTS).read_text().splitlines()
    kept = json.loads(line)
    assert (kept["entry"]["id"], kept["reason"]) == (str(old.id), "it is older than LOG_RETENTION_DAYS")
    assert state.rejected == 1
    assert (await UsageCounter.get(workspace_id=CALLER.workspace_id)).requests == 1
