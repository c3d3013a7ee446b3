from datetime import timedelta
from uuid import UUID

import pytest

from app.core.clock import today
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.management import usage
from app.management.usage import ApiKeyDays, GroupUse, UsageFilter, UsageGroup, UsageSums
from app.models import UsageCounter
from tests.daily_sums import add_day

pytestmark = pytest.mark.usefixtures("database")

WORKSPACE = new_id()
KEY, OTHER_KEY = new_id(), new_id()


async def used(
    provider: str,
    model: str,
    *,
    days_ago: int = 0,
    requests: int = 1,
    failed: int = 0,
    cost: int | None = None,
    workspace_id: UUID = WORKSPACE,
    api_key_id: UUID = KEY,
) -> None:
    await add_day(
        workspace_id,
        today() - timedelta(days=days_ago),
        provider=provider,
        model=model,
        api_key_id=api_key_id,
        sums={
            "requests": requests,
            "failed_requests": failed,
            "priced_requests": 0 if cost is None else requests,
            "input_tokens": 10 * requests,
            "cached_input_tokens": 3 * requests,
            "output_tokens": 2 * requests,
            "cost_nano_usd": cost or 0,
            "duration_ms": 300 * requests,
            "duration_3": requests,
        },
    )


def sums(requests: int, failed: int = 0, cost: int | None = None) -> UsageSums:
    """The sums of rows that `used` made, the histogram of which is in the bucket of 250 to 500 ms."""
    histogram = [0] * 12
    histogram[3] = requests
    return UsageSums(
        requests=requests,
        failed_requests=failed,
        input_tokens=10 * requests,
        cached_input_tokens=3 * requests,
        output_tokens=2 * requests,
        cost_nano_usd=cost,
        duration_ms=300 * requests,
        histogram=tuple(histogram),
    )


async def test_totals_are_the_counters() -> None:
    unused = new_id()
    await UsageCounter.create(
        workspace_id=WORKSPACE, requests=2**40, priced_requests=1, cost_nano_usd=7, cached_input_tokens=5
    )
    await UsageCounter.create(workspace_id=unused)

    totals = await usage.totals([WORKSPACE, unused, new_id()])

    assert totals == {
        WORKSPACE: UsageSums(requests=2**40, cached_input_tokens=5, cost_nano_usd=7),
        unused: UsageSums(),
    }


async def test_by_provider_sums_what_each_provider_answered_the_most_used_one_first() -> None:
    await used("OPENAI", "gpt-5", requests=3, failed=1, cost=500)
    await used("OPENAI", "gpt-5-mini", requests=1, cost=20, days_ago=1)
    await used("ANTHROPIC", "claude", requests=2)
    await used("", "", requests=9, failed=9)
    await used("GOOGLE", "gemini", workspace_id=new_id())

    uses = await usage.by_group(WORKSPACE, 7, UsageGroup.PROVIDER)

    assert uses == [GroupUse("OPENAI", sums(4, 1, 520)), GroupUse("ANTHROPIC", sums(2))]
    assert uses[0].sums.average_duration_ms == 300.0
    assert uses[0].sums.percentile_ms(0.5) == 375.0


async def test_by_model_and_by_api_key_sum_likewise() -> None:
    await used("OPENAI", "gpt-5", requests=2)
    await used("CUSTOM", "gpt-5", requests=3, api_key_id=OTHER_KEY)
    await used("OPENAI", "gpt-5-mini", api_key_id=OTHER_KEY)
    await used("", "", requests=4, failed=4)

    by_model = await usage.by_group(WORKSPACE, 7, UsageGroup.MODEL)
    by_key = await usage.by_group(WORKSPACE, 7, UsageGroup.API_KEY)

    assert by_model == [GroupUse("gpt-5", sums(5)), GroupUse("gpt-5-mini", sums(1))]
    assert by_key == [GroupUse(str(KEY), sums(6, 4)), GroupUse(str(OTHER_KEY), sums(4))]


async def test_the_200_most_used_groups_are_told_apart() -> None:
    for number in range(201):
        await used("OPENAI", f"model-{number:03}", requests=1 + (number == 200))

    uses = await usage.by_group(WORKSPACE, 7, UsageGroup.MODEL)

    assert [use.group for use in uses] == ["model-200", *(f"model-{number:03}" for number in range(199))]


async def test_a_summary_sets_the_last_days_beside_as_many_before() -> None:
    await used("OPENAI", "gpt-5", requests=3, cost=5)
    await used("", "", requests=1, failed=1, days_ago=6)
    await used("OPENAI", "gpt-5", requests=2, days_ago=7)
    await used("ANTHROPIC", "claude", requests=4, days_ago=13)
    await used("OPENAI", "too old", requests=8, days_ago=14)
    await used("OPENAI", "foreign", requests=16, workspace_id=new_id())

    current, previous = await usage.summary(WORKSPACE, 7)

    assert (current.sums, previous.sums) == (sums(4, 1, 5), sums(6))
    assert current.end == today() + timedelta(days=1)
    assert current.first_day == previous.end == today() - timedelta(days=6)
    assert previous.first_day == today() - timedelta(days=13)


async def test_a_summary_without_requests_has_no_times() -> None:
    current, previous = await usage.summary(WORKSPACE, 1)

    assert current.sums == previous.sums == UsageSums()
    assert (current.sums.average_duration_ms, current.sums.percentile_ms(0.95)) == (None, None)


@pytest.mark.parametrize(
    ("where", "requests"),
    [
        pytest.param(UsageFilter(), 7, id="all"),
        pytest.param(UsageFilter(provider=ProviderName.OPENAI), 3, id="provider"),
        pytest.param(UsageFilter(model="gpt-5"), 2, id="model"),
        pytest.param(UsageFilter(api_key_id=OTHER_KEY), 1, id="api key"),
        pytest.param(UsageFilter(provider=ProviderName.OPENAI, api_key_id=KEY), 2, id="both"),
        pytest.param(UsageFilter(model="gpt-5", api_key_id=OTHER_KEY), 0, id="neither"),
    ],
)
async def test_a_filter_narrows_every_view_alike(where: UsageFilter, requests: int) -> None:
    await used("OPENAI", "gpt-5", requests=2)
    await used("OPENAI", "gpt-5-mini", api_key_id=OTHER_KEY)
    await used("", "", requests=4)

    current, _ = await usage.summary(WORKSPACE, 7, where)
    groups = await usage.by_group(WORKSPACE, 7, UsageGroup.API_KEY, where)
    points = await usage.series(WORKSPACE, 7, UsageGroup.MODEL, where=where)

    assert current.sums.requests == requests
    assert sum(group.sums.requests for group in groups) == requests
    assert sum(point.sums.requests for point in points) == requests


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param(UsageFilter(), {"": 4, "COHERE": 1, "OPENAI": 5}, id="all"),
        pytest.param(UsageFilter(provider=ProviderName.OPENAI), {"OPENAI": 5}, id="provider"),
        pytest.param(UsageFilter(model="gpt-5"), {"COHERE": 1, "OPENAI": 2}, id="model"),
        pytest.param(UsageFilter(api_key_id=OTHER_KEY), {"OPENAI": 3}, id="api key"),
        pytest.param(UsageFilter(provider=ProviderName.OPENAI, model="gpt-5"), {"OPENAI": 2}, id="both"),
        pytest.param(UsageFilter(model="it\0's \ud800"), {}, id="no such model"),
    ],
)
async def test_views_by_provider_are_the_same_from_either_table(
    where: UsageFilter, expected: dict[str, int]
) -> None:
    await used("OPENAI", "gpt-5", requests=2)
    await used("OPENAI", "gpt-5-mini", requests=3, api_key_id=OTHER_KEY)
    await used("COHERE", "gpt-5", requests=1)
    await used("", "", requests=4)
    await used("OPENAI", "foreign", workspace_id=new_id())
    await used("OPENAI", "gpt-5", days_ago=1, api_key_id=OTHER_KEY)

    uses = await usage.by_group(WORKSPACE, 1, UsageGroup.PROVIDER, where)
    points = await usage.series(WORKSPACE, 1, UsageGroup.PROVIDER, where=where)
    summary, _ = await usage.summary(WORKSPACE, 1, where)

    assert {use.group: use.sums for use in uses} == {name: sums(n) for name, n in expected.items() if name}
    assert {point.group: point.sums.requests for point in points} == expected
    assert summary.sums == (sums(sum(expected.values())) if expected else UsageSums())


async def test_the_last_days_include_today_and_no_day_more() -> None:
    await used("OPENAI", "today")
    await used("OPENAI", "first day", days_ago=6)
    await used("OPENAI", "too old", days_ago=7)

    points = await usage.series(WORKSPACE, 7, UsageGroup.MODEL)

    assert [(point.day, point.group) for point in points] == [
        (today() - timedelta(days=6), "first day"),
        (today(), "today"),
    ]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param(UsageGroup.PROVIDER, [("", 4), ("OPENAI", 3)], id="provider"),
        pytest.param(UsageGroup.MODEL, [("", 4), ("gpt-5", 2), ("gpt-5-mini", 1)], id="model"),
        pytest.param(UsageGroup.API_KEY, [(str(KEY), 6), (str(OTHER_KEY), 1)], id="api key"),
    ],
)
async def test_a_series_counts_every_request_in_one_group(
    group: UsageGroup, expected: list[tuple[str, int]]
) -> None:
    await used("OPENAI", "gpt-5", requests=2)
    await used("OPENAI", "gpt-5-mini", api_key_id=OTHER_KEY)
    await used("", "", requests=4)

    points = await usage.series(WORKSPACE, 1, group)

    assert [(point.group, point.sums.requests) for point in points] == expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param(
            UsageGroup.PROVIDER, [("", False, 6), ("OPENAI", False, 5), ("", True, 5)], id="provider"
        ),
        pytest.param(UsageGroup.MODEL, [("", False, 6), ("gpt-5", False, 5), ("", True, 5)], id="model"),
        pytest.param(
            UsageGroup.API_KEY,
            [(str(KEY), False, 8), (str(OTHER_KEY), False, 7), ("", True, 1)],
            id="api key",
        ),
    ],
)
async def test_a_series_tells_the_most_used_groups_apart_and_sums_up_the_others(
    group: UsageGroup, expected: list[tuple[str, bool, int]]
) -> None:
    await used("OPENAI", "gpt-5", requests=5)
    await used("GOOGLE", "gemini", requests=3)
    await used("MISTRAL", "mistral", requests=1, api_key_id=OTHER_KEY)
    await used("", "", requests=6, api_key_id=OTHER_KEY)
    await used("COHERE", "command", requests=1, api_key_id=new_id())

    points = await usage.series(WORKSPACE, 1, group, top=2)

    found = [(point.group, point.is_other, point.sums.requests) for point in points]
    assert found == expected


async def test_a_series_is_in_the_order_of_days() -> None:
    for days_ago in (0, 2, 1):
        await used("OPENAI", "gpt-5", requests=5, days_ago=days_ago)
        await used("GOOGLE", "gemini", days_ago=days_ago)

    points = await usage.series(WORKSPACE, 3, UsageGroup.MODEL, top=1)

    days = [today() - timedelta(days=days_ago) for days_ago in (2, 1, 0)]
    assert [(point.day, point.group) for point in points] == [
        (day, group) for day in days for group in ("gpt-5", "")
    ]


async def test_the_use_of_api_keys_is_read_for_many_at_once() -> None:
    workspace_id = new_id()
    await used("OPENAI", "gpt-5", requests=2, cost=7)
    await used("OPENAI", "gpt-5", requests=4, days_ago=3)
    await used("OPENAI", "gpt-5", requests=8, workspace_id=workspace_id, api_key_id=OTHER_KEY)
    today_only, week = ApiKeyDays(WORKSPACE, KEY, 1), ApiKeyDays(WORKSPACE, KEY, 7)
    other, unused = ApiKeyDays(workspace_id, OTHER_KEY, 7), ApiKeyDays(WORKSPACE, new_id(), 7)

    found = await usage.of_api_keys([today_only, week, other, unused])

    costs = {asked: (used.requests, used.cost_nano_usd) for asked, used in found.items()}
    assert costs == {today_only: (2, 7), week: (6, 7), other: (8, None)}


async def test_used_models_are_those_of_90_days_the_most_used_ones_first() -> None:
    await used("OPENAI", "rare")
    await used("OPENAI", "frequent", requests=2)
    await used("CUSTOM", "frequent", requests=2, days_ago=89)
    await used("OPENAI", "once", days_ago=30)
    await used("OPENAI", "too old", requests=9, days_ago=90)
    await used("OPENAI", "foreign", requests=9, workspace_id=new_id())
    await used("", "", requests=9)

    assert await usage.used_models(WORKSPACE) == ["frequent", "once", "rare"]
