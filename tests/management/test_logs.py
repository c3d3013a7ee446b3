from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.core.ids import first_id_at, new_id
from app.core.provider_name import ProviderName
from app.database import READ, dialect, transaction
from app.management import logs
from app.management.logs import LogFilter
from app.models import RequestLog

pytestmark = pytest.mark.usefixtures("database")

WORKSPACE, KEY = new_id(), new_id()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def id_at(moment: datetime, tail: int = 0) -> UUID:
    return UUID(int=first_id_at(moment).int | (7 << 76) | (2 << 62) | tail)


def row(id_: UUID, **facts: object) -> RequestLog:
    defaults: dict[str, object] = {
        "id": id_,
        "workspace_id": WORKSPACE,
        "api_key_id": KEY,
        "requested_model": "gpt-5",
        "model": "gpt-5",
        "provider": ProviderName.OPENAI,
        "status_code": 200,
        "stream": False,
        "input_tokens": 1,
        "cached_input_tokens": 0,
        "output_tokens": 1,
        "tokens_estimated": False,
        "duration_ms": 10,
    }
    return RequestLog(**(defaults | facts))


async def stored(*rows: RequestLog) -> list[UUID]:
    await RequestLog.bulk_create(rows, batch_size=500)
    return [found.id for found in rows]


async def matching(where: LogFilter) -> list[UUID]:
    return [found.id for found in (await logs.page(WORKSPACE, first=50, after=None, where=where)).rows]


async def test_pages_go_from_the_newest_to_the_oldest_without_a_gap() -> None:
    ids = await stored(*(row(new_id()) for _ in range(5)))
    await stored(row(new_id(), workspace_id=new_id()))

    first = await logs.page(WORKSPACE, first=3, after=None, where=LogFilter())
    second = await logs.page(WORKSPACE, first=3, after=first.rows[-1].id, where=LogFilter())

    assert [found.id for found in first.rows] == ids[:1:-1]
    assert first.has_next is True
    assert [found.id for found in second.rows] == [ids[1], ids[0]]
    assert second.has_next is False


async def test_a_page_that_ends_with_the_last_row_has_no_next() -> None:
    await stored(*(row(new_id()) for _ in range(3)))

    page = await logs.page(WORKSPACE, first=3, after=None, where=LogFilter())

    assert len(page.rows) == 3
    assert page.has_next is False


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param(LogFilter(), [6, 5, 4, 3, 2, 1, 0], id="everything"),
        pytest.param(LogFilter(provider=ProviderName.ANTHROPIC), [1], id="provider"),
        pytest.param(LogFilter(model="claude"), [1], id="model"),
        pytest.param(LogFilter(model="clau"), [], id="part of a model"),
        pytest.param(LogFilter(api_key_id=UUID(int=7)), [2], id="api key"),
        pytest.param(LogFilter(succeeded=True), [6, 5, 2, 1, 0], id="succeeded"),
        pytest.param(LogFilter(succeeded=False), [3], id="failed"),
        pytest.param(LogFilter(aborted=True), [4], id="aborted"),
        pytest.param(LogFilter(aborted=False), [6, 5, 3, 2, 1, 0], id="not aborted"),
        pytest.param(LogFilter(aborted=True, succeeded=False), [], id="neither"),
        pytest.param(LogFilter(since=NOON + timedelta(seconds=5)), [6, 5], id="since is included"),
        pytest.param(LogFilter(until=NOON + timedelta(seconds=1)), [0], id="until is not included"),
        pytest.param(LogFilter(search="TIMEd o"), [3], id="search an error"),
        pytest.param(LogFilter(search="CLAUDE"), [1], id="search a model"),
        pytest.param(LogFilter(search="favourite"), [5], id="search a requested model"),
        pytest.param(LogFilter(search="100%_"), [6], id="search wildcards literally"),
        pytest.param(LogFilter(search="!"), [], id="search the escape sign"),
        pytest.param(LogFilter(search="timed", provider=ProviderName.GOOGLE), [], id="search and filter"),
        pytest.param(LogFilter(search="a\0b"), [], id="search NUL"),
        pytest.param(LogFilter(model="\ud800"), [], id="half a surrogate pair"),
        pytest.param(LogFilter(search=str(id_at(NOON, 0))), [0], id="search an id"),
        pytest.param(LogFilter(search=str(UUID(int=9))), [], id="search an unknown id"),
    ],
)
async def test_a_filter_selects(where: LogFilter, expected: Sequence[int]) -> None:
    facts: list[dict[str, object]] = [
        {},
        {"provider": ProviderName.ANTHROPIC, "model": "claude"},
        {"api_key_id": UUID(int=7)},
        {"status_code": 504, "error_message": "Timed out after 30 s", "provider": None},
        {"status_code": 499},
        {"requested_model": "my-Favourite"},
        {"error_message": "used 100%_"},
    ]
    ids = await stored(*(row(id_at(NOON + timedelta(seconds=n), n), **some) for n, some in enumerate(facts)))

    found = await matching(where)

    assert [ids.index(id_) for id_ in found] == expected


async def test_a_search_goes_on_behind_a_cursor() -> None:
    ids = await stored(*(row(new_id(), model=f"model-{n % 2}") for n in range(6)))
    where = LogFilter(search="MODEL-1")

    first = await logs.page(WORKSPACE, first=2, after=None, where=where)
    second = await logs.page(WORKSPACE, first=2, after=first.rows[-1].id, where=where)

    assert [found.id for found in first.rows + second.rows] == [ids[5], ids[3], ids[1]]
    assert (first.has_next, second.has_next) == (True, False)


async def test_a_row_reads_back_as_it_was_written() -> None:
    attempts = [{"provider": "OPENAI", "label": "x", "model": "m", "status_code": None}]
    (log_id,) = await stored(row(new_id(), cost_nano_usd=2**50, attempts=attempts, notes=["ä"]))

    found = await logs.find(WORKSPACE, log_id)

    assert found is not None
    assert found.cost_nano_usd == 2**50
    assert found.provider is ProviderName.OPENAI
    assert [dict(attempt) for attempt in found.attempts] == attempts
    assert found.notes == ["ä"]


async def test_rows_of_another_workspace_are_not_found() -> None:
    mine, other = await stored(row(new_id()), row(new_id(), workspace_id=new_id()))

    assert await logs.find(WORKSPACE, other) is None
    assert [found.id for found in await logs.find_many(WORKSPACE, [other, mine])] == [mine]
    assert await logs.find_many(WORKSPACE, []) == []


async def test_many_rows_come_oldest_first() -> None:
    ids = await stored(*(row(new_id()) for _ in range(4)))

    found = await logs.find_many(WORKSPACE, [ids[2], ids[0], ids[3]])

    assert [one.id for one in found] == [ids[0], ids[2], ids[3]]


async def test_a_count_is_exact_up_to_its_limit_and_none_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    # Ten thousand rows would say no more than five.
    monkeypatch.setattr(logs, "COUNT_LIMIT", 5)
    await stored(*(row(new_id(), status_code=200 if n else 500) for n in range(6)))

    assert await logs.count(WORKSPACE, LogFilter(succeeded=True)) == 5
    assert await logs.count(WORKSPACE, LogFilter(succeeded=False)) == 1
    assert await logs.count(WORKSPACE, LogFilter()) is None
    assert await logs.count(WORKSPACE, LogFilter(search="gpt")) is None


async def test_a_search_looks_no_further_than_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SEARCH_WINDOW", 3)
    ids = await stored(*(row(new_id()) for _ in range(5)))

    assert await matching(LogFilter(search="gpt")) == ids[:1:-1]


@pytest.mark.parametrize(
    ("where", "index"),
    [
        pytest.param(LogFilter(), "idx_request_log_workspa_adfc13", id="workspace"),
        pytest.param(LogFilter(since=NOON), "idx_request_log_workspa_adfc13", id="range"),
        pytest.param(
            LogFilter(provider=ProviderName.COHERE), "idx_request_log_workspa_c2e4e4", id="provider"
        ),
        pytest.param(LogFilter(model="rare"), "idx_request_log_workspa_4eaeed", id="model"),
        pytest.param(LogFilter(api_key_id=UUID(int=1)), "idx_request_log_workspa_ec68fd", id="api key"),
        pytest.param(LogFilter(succeeded=False), "idx_request_log_failed", id="failed"),
        pytest.param(LogFilter(aborted=True), "idx_request_log_failed", id="aborted"),
        pytest.param(LogFilter(search="x"), "idx_request_log_workspa_adfc13", id="search"),
    ],
)
async def test_a_page_is_read_from_its_index(where: LogFilter, index: str) -> None:
    await stored(*(some_row(n) for n in range(4000)))

    plan = await explained(where)

    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


async def explained(where: LogFilter) -> str:
    query = logs._Query(WORKSPACE, where)
    sql = query.newest(51)
    async with transaction(READ) as connection:
        if dialect(READ) == "sqlite":
            plan = await connection.execute_query_dict(f"EXPLAIN QUERY PLAN {sql}", query.values)
            return "\n".join(step["detail"] for step in plan)
        # A table this small is as well sorted; what counts is that no index can.
        await connection.execute_script("ANALYZE request_log; SET LOCAL enable_sort = off")
        plan = await connection.execute_query_dict(f"EXPLAIN {sql}", query.values)
        return "\n".join(step["QUERY PLAN"] for step in plan)


def some_row(number: int) -> RequestLog:
    rare = number % 200 == 0
    return row(
        new_id(),
        workspace_id=UUID(int=2) if number % 40 else WORKSPACE,
        api_key_id=UUID(int=1) if rare else KEY,
        provider=ProviderName.COHERE if rare else ProviderName.OPENAI,
        model="rare" if rare else "gpt-5",
        status_code=(499 if number % 400 == 0 else 500) if rare else 200,
    )
