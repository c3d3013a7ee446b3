"""Usage, read from the counters and daily sums that the ledger keeps; never from the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never, cast
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from app.core.clock import today
from app.core.provider_name import ProviderName
from app.database import READ
from app.models import UsageCounter, UsageDaily

_SUMS = (
    "requests",
    "failed_requests",
    "priced_requests",
    "input_tokens",
    "output_tokens",
    "cost_nano_usd",
    "duration_ms",
)


class UsageGroup(StrEnum):
    """What the points of a series are grouped by."""

    PROVIDER = "PROVIDER"
    MODEL = "MODEL"
    API_KEY = "API_KEY"


@dataclass(frozen=True, slots=True)
class UsageSums:
    """What some requests used. `cost_nano_usd` is None where no price is known for any of them."""

    requests: int
    failed_requests: int
    input_tokens: int
    output_tokens: int
    cost_nano_usd: int | None
    average_duration_ms: float


@dataclass(frozen=True, slots=True)
class ProviderUse:
    """What one provider answered."""

    provider: ProviderName
    sums: UsageSums


@dataclass(frozen=True, slots=True)
class UsagePoint:
    """One UTC day of one group: the name of a provider or model, or the id of an API key.

    Requests that no provider served are in no provider's and no model's group, but in the one named "".
    """

    day: date
    group: str
    sums: UsageSums


async def totals(workspace_ids: Sequence[UUID]) -> dict[UUID, UsageCounter]:
    """All time, for each of the workspaces; one without requests has a counter of zeros."""
    counters = {id_: UsageCounter(workspace_id=id_) for id_ in workspace_ids}
    found = UsageCounter.filter(workspace_id__in=list(counters)).using_db(get_connection(READ))
    return counters | {counter.workspace_id: counter for counter in await found}


async def by_provider(workspace_id: UUID, days: int) -> list[ProviderUse]:
    """What each provider that was used answered in the last `days` UTC days, today included, by name."""
    rows = await _summed(_since(workspace_id, days).exclude(provider=""), "provider")
    return [ProviderUse(ProviderName(str(row["provider"])), _sums(row)) for row in rows]


async def series(workspace_id: UUID, days: int, group: UsageGroup) -> list[UsagePoint]:
    """A point for each day and group that was used in the last `days` UTC days, oldest first, today last."""
    column = _column(group)
    rows = await _summed(_since(workspace_id, days), "day", column)
    return [UsagePoint(cast("date", row["day"]), str(row[column]), _sums(row)) for row in rows]


def _column(group: UsageGroup) -> str:
    match group:
        case UsageGroup.PROVIDER:
            return "provider"
        case UsageGroup.MODEL:
            return "model"
        case UsageGroup.API_KEY:
            return "api_key_id"
        case _:
            assert_never(group)


def _since(workspace_id: UUID, days: int) -> QuerySet[UsageDaily]:
    first_day = today() - timedelta(days=days - 1)
    return UsageDaily.filter(workspace_id=workspace_id, day__gte=first_day).using_db(get_connection(READ))


async def _summed(rows: QuerySet[UsageDaily], *columns: str) -> list[dict[str, object]]:
    sums = {f"sum_{name}": Sum(name) for name in _SUMS}
    return await rows.annotate(**sums).group_by(*columns).order_by(*columns).values(*columns, *sums)


def _sums(row: Mapping[str, object]) -> UsageSums:
    total = {name: cast("int", row[f"sum_{name}"]) for name in _SUMS}
    return UsageSums(
        requests=total["requests"],
        failed_requests=total["failed_requests"],
        input_tokens=total["input_tokens"],
        output_tokens=total["output_tokens"],
        cost_nano_usd=total["cost_nano_usd"] if total["priced_requests"] else None,
        average_duration_ms=total["duration_ms"] / max(total["requests"], 1),
    )
