import asyncio
from datetime import UTC, date, datetime
from typing import get_type_hints
from uuid import UUID

import msgspec
import pytest

from app.core.ids import new_id
from app.database import LEDGER, Fault, dialect, execute_many, fault, insert_new, transaction, upsert_sums
from app.database.statements import Plain
from app.models import ApiKey, RequestLog, UsageCounter, UsageDaily

pytestmark = pytest.mark.usefixtures("database")

WORKSPACE, KEY = new_id(), new_id()
SUMS = (
    "requests", "failed_requests", "priced_requests", "input_tokens", "cached_input_tokens", "output_tokens",
    "cost_nano_usd",
)  # fmt: skip
DAILY_KEYS = ("workspace_id", "day", "provider", "model", "api_key_id")
DAILY_SUMS = (*SUMS, "duration_ms", *(f"duration_{bucket}" for bucket in range(12)))


class Part(msgspec.Struct):
    word: str
    number: int | None = None


class Row(msgspec.Struct):
    id: UUID
    workspace_id: UUID = WORKSPACE
    api_key_id: UUID = KEY
    requested_model: str = "asked"
    model: str | None = "answered"
    provider: str | None = "OPENAI"
    status_code: int = 200
    stream: bool = True
    input_tokens: int = 1
    cached_input_tokens: int = 0
    output_tokens: int = 2**62 + 1
    tokens_estimated: bool = False
    cost_nano_usd: int | None = None
    duration_ms: int = 12
    time_to_first_token_ms: int | None = None
    error_code: str | None = None
    error_message: str | None = "ein \"Fehler\" mit 'Anführung' \\u0000 und \n \x1f \u2028 \U0001f600"
    attempts: list[Part] = []
    notes: list[str] = msgspec.field(default_factory=lambda: ["ä", "b"])


COLUMNS = tuple(get_type_hints(Row))


def daily_row(id_: UUID, **keys: Plain) -> dict[str, Plain]:
    facts: dict[str, Plain] = {
        "id": id_, "workspace_id": WORKSPACE, "day": date(2026, 3, 1), "provider": "", "model": "",
        "api_key_id": KEY,
    }  # fmt: skip
    return facts | keys | dict.fromkeys(DAILY_SUMS, 1)


async def inserted(*rows: Row) -> set[UUID]:
    async with transaction(LEDGER) as connection:
        return {row.id for row in await insert_new(connection, "request_log", COLUMNS, rows)}


@pytest.mark.parametrize("count", [1, 600, 2500])
async def test_new_rows_are_inserted_and_named(count: int) -> None:
    ids = [new_id() for _ in range(count)]

    new = await inserted(*(Row(id_) for id_ in ids))

    assert new == set(ids)
    assert await RequestLog.filter(workspace_id=WORKSPACE).count() == count


async def test_rows_that_are_there_stay_as_they_are() -> None:
    old, new = new_id(), new_id()
    await inserted(Row(old))

    first = await inserted(Row(new), Row(old, input_tokens=99))
    again = await inserted(Row(new))
    nothing = await inserted()

    assert (first, again, nothing) == ({new}, set(), set())
    assert (await RequestLog.get(id=old)).input_tokens == 1


async def test_of_two_rows_with_one_id_one_is_stored() -> None:
    twice, once = new_id(), new_id()

    new = await inserted(Row(twice), Row(once), Row(twice))

    assert new == {twice, once}
    assert await RequestLog.all().count() == 2


async def test_among_many_rows_each_is_looked_at_wherever_it_stands() -> None:
    ids = [new_id() for _ in range(130)]
    known = {ids[3], ids[120]}
    await inserted(*map(Row, known))

    new = await inserted(*map(Row, ids), Row(ids[5]))

    assert new == set(ids) - known
    assert await RequestLog.all().count() == 130


async def test_models_read_what_a_batch_wrote() -> None:
    row = Row(new_id(), attempts=[Part("a"), Part("ß\\", 2**53 + 1)])

    await inserted(row)

    found = await RequestLog.get(id=row.id)
    assert (found.workspace_id, found.api_key_id, found.output_tokens) == (WORKSPACE, KEY, 2**62 + 1)
    assert (found.stream, found.tokens_estimated, found.cost_nano_usd) == (True, False, None)
    assert found.attempts == [{"word": "a", "number": None}, {"word": "ß\\", "number": 2**53 + 1}]
    assert found.notes == ["ä", "b"]
    assert (found.error_code, found.error_message) == (None, row.error_message)


@pytest.mark.parametrize(
    ("facts", "does_sqlite_refuse"),
    [
        pytest.param({"model": "a\ud800"}, True, id="half a surrogate pair"),
        pytest.param({"notes": ["a\udc00"]}, True, id="half a surrogate pair in JSON"),
        pytest.param({"input_tokens": 2**63}, True, id="a number that is too large"),
        pytest.param({"model": None}, True, id="nothing where something must be"),
        pytest.param({"error_message": "a\x00b"}, False, id="NUL"),
        pytest.param({"attempts": [Part("a\x00b")]}, False, id="NUL in JSON"),
        pytest.param({"model": "m" * 201}, False, id="a text that is too long"),
        pytest.param({"status_code": 2**31}, False, id="a number that is too large for its column"),
    ],
)
async def test_what_cannot_be_stored_is_refused_and_nothing_else_stored(
    facts: dict[str, object], does_sqlite_refuse: bool
) -> None:
    bad = msgspec.structs.replace(Row(new_id()), **facts)
    if dialect(LEDGER) == "sqlite" and not does_sqlite_refuse:
        assert await inserted(bad) == {bad.id}
        return

    with pytest.raises(Exception) as raised:  # noqa: PT011 # whichever: `fault` says what it means
        await inserted(Row(new_id()), bad)

    assert fault(raised.value) is Fault.REFUSED
    assert await RequestLog.all().count() == 0


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
    first_id = new_id()

    for id_ in (first_id, new_id()):
        async with transaction(LEDGER) as connection:
            rows = [daily_row(id_)]
            await upsert_sums(connection, "usage_daily", keys=DAILY_KEYS, sums=DAILY_SUMS, rows=rows)

    found = await UsageDaily.get(workspace_id=WORKSPACE)
    assert (found.id, found.day, found.requests, found.duration_11) == (first_id, date(2026, 3, 1), 2, 2)


async def test_sums_are_written_in_the_order_of_their_keys() -> None:
    workspaces = sorted(new_id() for _ in range(2))
    days = [date(2026, 3, 1), date(2026, 3, 2)]
    ordered = [
        daily_row(new_id(), workspace_id=workspace_id, day=day, model=model)
        for workspace_id in workspaces
        for day in days
        for model in ("", "a", "b")
    ]

    async with transaction(LEDGER) as connection:
        rows = [*ordered[5:], *ordered[4::-1]]
        await upsert_sums(connection, "usage_daily", keys=DAILY_KEYS, sums=DAILY_SUMS, rows=rows)
        place = "rowid" if dialect(LEDGER) == "sqlite" else "ctid"
        written = await connection.execute_query_dict(f"SELECT id FROM usage_daily ORDER BY {place}")

    assert [str(row["id"]) for row in written] == [str(row["id"]) for row in ordered]


async def test_sums_of_two_writers_that_meet_are_all_counted() -> None:
    workspaces = [new_id() for _ in range(50)]
    row = dict.fromkeys(SUMS, 1)

    async def add(order: list[UUID]) -> None:
        async with transaction(LEDGER) as connection:
            rows: list[dict[str, Plain]] = [{"workspace_id": workspace_id, **row} for workspace_id in order]
            await upsert_sums(connection, "usage_counter", keys=["workspace_id"], sums=SUMS, rows=rows)

    await asyncio.gather(*(add(order) for _ in range(10) for order in (workspaces, workspaces[::-1])))

    assert {counter.requests for counter in await UsageCounter.all()} == {20}


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
