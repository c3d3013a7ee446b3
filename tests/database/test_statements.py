from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.core.ids import new_id
from app.database import LEDGER, Value, execute_many, insert_new, transaction, upsert_sums
from app.models import ApiKey, RequestLog, UsageCounter, UsageDaily

pytestmark = pytest.mark.usefixtures("database")

WORKSPACE, KEY = new_id(), new_id()
SUMS = (
    "requests", "failed_requests", "priced_requests", "input_tokens", "cached_input_tokens", "output_tokens",
    "cost_nano_usd",
)  # fmt: skip
COLUMNS = (
    "id", "workspace_id", "api_key_id", "requested_model", "model", "provider", "status_code", "stream",
    "input_tokens", "cached_input_tokens", "output_tokens", "tokens_estimated", "cost_nano_usd",
    "duration_ms", "time_to_first_token_ms", "error_code", "error_message", "attempts", "notes",
)  # fmt: skip


def log_row(id_: UUID, *, input_tokens: int = 1) -> tuple[Value, ...]:
    return (
        id_, WORKSPACE, KEY, "asked", "answered", "OPENAI", 200, True, input_tokens, 0, 2**40, False, None,
        12, None, None, "ein Fehler mit 'Anführung'", "[]", '["ä", "b"]',
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 600, 2500])
async def test_new_rows_are_inserted_and_named(count: int) -> None:
    ids = [new_id() for _ in range(count)]

    async with transaction(LEDGER) as connection:
        inserted = await insert_new(connection, "request_log", COLUMNS, [log_row(id_) for id_ in ids])

    assert inserted == set(ids)
    assert await RequestLog.filter(workspace_id=WORKSPACE).count() == count


async def test_rows_that_are_there_stay_as_they_are() -> None:
    old, new = new_id(), new_id()
    async with transaction(LEDGER) as connection:
        await insert_new(connection, "request_log", COLUMNS, [log_row(old)])

    async with transaction(LEDGER) as connection:
        rows = [log_row(new), log_row(old, input_tokens=99)]
        inserted = await insert_new(connection, "request_log", COLUMNS, rows)
        again = await insert_new(connection, "request_log", COLUMNS, [log_row(new)])
        nothing = await insert_new(connection, "request_log", COLUMNS, [])

    assert (inserted, again, nothing) == ({new}, set(), set())
    assert (await RequestLog.get(id=old)).input_tokens == 1


async def test_models_read_what_a_batch_wrote() -> None:
    log_id = new_id()

    async with transaction(LEDGER) as connection:
        await insert_new(connection, "request_log", COLUMNS, [log_row(log_id)])

    found = await RequestLog.get(id=log_id)
    assert (found.workspace_id, found.api_key_id, found.output_tokens) == (WORKSPACE, KEY, 2**40)
    assert (found.stream, found.tokens_estimated, found.cost_nano_usd) == (True, False, None)
    assert (found.attempts, found.notes) == ([], ["ä", "b"])
    assert found.error_message == "ein Fehler mit 'Anführung'"


async def test_sums_are_added_to_the_row_that_is_there() -> None:
    row = dict.fromkeys(SUMS, 3)

    for _ in range(2):
        async with transaction(LEDGER) as connection:
            await upsert_sums(
                connection, "usage_counter", keys=["workspace_id"], sums=SUMS,
                rows=[{"workspace_id": WORKSPACE, **row}, {"workspace_id": KEY, **row}],
            )  # fmt: skip

    found = await UsageCounter.all()
    assert {counter.workspace_id: counter.requests for counter in found} == {WORKSPACE: 6, KEY: 6}
    assert {counter.cost_nano_usd for counter in found} == {6}


async def test_a_column_that_is_no_sum_keeps_its_first_value() -> None:
    sums = [*SUMS, "duration_ms", *(f"duration_{bucket}" for bucket in range(12))]
    keys = ["workspace_id", "day", "provider", "model", "api_key_id"]
    row: dict[str, Value] = {
        "workspace_id": WORKSPACE, "day": date(2026, 3, 1), "provider": "", "model": "", "api_key_id": KEY,
    }  # fmt: skip
    first_id = new_id()

    for id_ in (first_id, new_id()):
        async with transaction(LEDGER) as connection:
            rows = [row | dict.fromkeys(sums, 1) | {"id": id_}]
            await upsert_sums(connection, "usage_daily", keys=keys, sums=sums, rows=rows)

    found = await UsageDaily.get(workspace_id=WORKSPACE)
    assert (found.id, found.day, found.requests, found.duration_11) == (first_id, date(2026, 3, 1), 2, 2)


async def test_one_statement_updates_many_rows() -> None:
    moment = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
    ids = [new_id(), new_id()]
    for id_ in ids:
        await ApiKey.create(
            id=id_, workspace_id=WORKSPACE, name="x", key_hash=str(id_), prefix="pk_", created_at=moment
        )

    async with transaction(LEDGER) as connection:
        await execute_many(
            connection,
            "UPDATE api_key SET last_used_at = $2, name = $3 "
            "WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
            [(ids[0], moment, "a"), (ids[1], moment, "b"), (ids[1], moment, "late")],
        )

    found = await ApiKey.filter(id__in=ids).order_by("name")
    assert [(key.name, key.last_used_at) for key in found] == [("a", moment), ("b", moment)]
