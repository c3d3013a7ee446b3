from datetime import timedelta
from uuid import UUID

import pytest

from app.core.clock import today
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.management import usage
from app.management.usage import ProviderUse, UsageGroup, UsageSums
from app.models import UsageCounter, UsageDaily

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
    await UsageDaily.create(
        id=new_id(),
        workspace_id=workspace_id,
        day=today() - timedelta(days=days_ago),
        provider=provider,
        model=model,
        api_key_id=api_key_id,
        requests=requests,
        failed_requests=failed,
        priced_requests=0 if cost is None else requests,
        input_tokens=10 * requests,
        output_tokens=2 * requests,
        cost_nano_usd=cost or 0,
        duration_ms=300 * requests,
    )


async def test_totals_are_the_counters_and_zero_for_an_unused_workspace() -> None:
    unused = new_id()
    await UsageCounter.create(workspace_id=WORKSPACE, requests=2**40, cost_nano_usd=7)

    totals = await usage.totals([WORKSPACE, unused])

    assert set(totals) == {WORKSPACE, unused}
    assert (totals[WORKSPACE].requests, totals[WORKSPACE].cost_nano_usd) == (2**40, 7)
    assert (totals[unused].requests, totals[unused].priced_requests) == (0, 0)


async def test_by_provider_sums_what_each_provider_answered() -> None:
    await used("OPENAI", "gpt-5", requests=3, failed=1, cost=500)
    await used("OPENAI", "gpt-5-mini", requests=1, cost=20, days_ago=1)
    await used("ANTHROPIC", "claude", requests=2)
    await used("", "", requests=9, failed=9)
    await used("GOOGLE", "gemini", workspace_id=new_id())

    uses = await usage.by_provider(WORKSPACE, days=7)

    assert uses == [
        ProviderUse(ProviderName.ANTHROPIC, UsageSums(2, 0, 20, 4, None, 300.0)),
        ProviderUse(ProviderName.OPENAI, UsageSums(4, 1, 40, 8, 520, 300.0)),
    ]


async def test_the_last_days_include_today_and_no_day_more() -> None:
    await used("OPENAI", "today")
    await used("OPENAI", "first day", days_ago=6)
    await used("OPENAI", "too old", days_ago=7)

    points = await usage.series(WORKSPACE, days=7, group=UsageGroup.MODEL)

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

    points = await usage.series(WORKSPACE, days=1, group=group)

    assert [(point.group, point.sums.requests) for point in points] == expected
