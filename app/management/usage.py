"""Usage, read from the counters and daily sums that the ledger keeps; never from the log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, assert_never, cast
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.expressions import Case, F, When
from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from app.core.clock import today
from app.core.provider_name import ProviderName
from app.database import READ
from app.management.durations import percentile_ms
from app.models import DURATION_EDGES_MS, UsageCounter, UsageDaily

# How many groups are told apart at most, the most used ones.
MOST_GROUPS: Final = 200
_MODEL_DAYS = 90

_SUMS = (
    "requests",
    "failed_requests",
    "priced_requests",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "cost_nano_usd",
    "duration_ms",
)
_HISTOGRAM = tuple(f"duration_{number}" for number in range(len(DURATION_EDGES_MS) + 1))


class UsageGroup(StrEnum):
    """What the points of a series are grouped by."""

    PROVIDER = "PROVIDER"
    MODEL = "MODEL"
    API_KEY = "API_KEY"


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which requests count; what is None does not matter."""

    provider: ProviderName | None = None
    model: str | None = None
    api_key_id: UUID | None = None


EVERYTHING: Final = UsageFilter()


@dataclass(frozen=True, slots=True)
class UsageSums:
    """What some requests used. `cost_nano_usd` is None where no price is known for any of them.

    `histogram` counts them by duration, and is empty where it was not asked for.
    """

    requests: int = 0
    failed_requests: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost_nano_usd: int | None = None
    duration_ms: int = 0
    histogram: tuple[int, ...] = ()

    @property
    def average_duration_ms(self) -> float | None:
        """The mean time of a request; None without any."""
        return self.duration_ms / self.requests if self.requests else None

    def percentile_ms(self, share: float) -> float | None:
        """The time that `share` of the requests kept to, estimated; None without any."""
        return percentile_ms(self.histogram, share)


@dataclass(frozen=True, slots=True)
class UsagePeriod:
    """What was used from the first day on and before the day `end`."""

    first_day: date
    end: date
    sums: UsageSums


@dataclass(frozen=True, slots=True)
class GroupUse:
    """What one group used: the name of a provider or model, or the id of an API key."""

    group: str
    sums: UsageSums


@dataclass(frozen=True, slots=True)
class UsagePoint:
    """One UTC day of one group: the name of a provider or model, or the id of an API key.

    Requests that no provider served are in no provider's and no model's group, but in the one named "". The
    group "" of which `is_other` is true is all those that are not told apart.
    """

    day: date
    group: str
    sums: UsageSums
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class ApiKeyDays:
    """The last `days` UTC days of an API key."""

    workspace_id: UUID
    api_key_id: UUID
    days: int


async def totals(workspace_ids: Collection[UUID]) -> dict[UUID, UsageSums]:
    """All time but for the durations; a workspace without requests may be missing."""
    counters = UsageCounter.filter(workspace_id__in=list(workspace_ids)).using_db(get_connection(READ))
    return {
        counter.workspace_id: UsageSums(
            requests=counter.requests,
            failed_requests=counter.failed_requests,
            input_tokens=counter.input_tokens,
            cached_input_tokens=counter.cached_input_tokens,
            output_tokens=counter.output_tokens,
            cost_nano_usd=counter.cost_nano_usd if counter.priced_requests else None,
        )
        for counter in await counters
    }


async def summary(
    workspace_id: UUID, days: int, where: UsageFilter = EVERYTHING
) -> tuple[UsagePeriod, UsagePeriod]:
    """The last `days` UTC days, today included, and as many before them."""
    end = today() + timedelta(days=1)
    first_day = end - timedelta(days=days)
    before = first_day - timedelta(days=days)
    rows = _rows([workspace_id], before, where)
    return (
        UsagePeriod(first_day, end, await _sum(rows.filter(day__gte=first_day))),
        UsagePeriod(before, first_day, await _sum(rows.filter(day__lt=first_day))),
    )


async def by_group(
    workspace_id: UUID, days: int, group: UsageGroup, where: UsageFilter = EVERYTHING
) -> list[GroupUse]:
    """What each group used in the last `days` UTC days, today included: the 200 most used, those first.

    Requests that no provider served have neither provider nor model, but an API key.
    """
    column = _column(group)
    rows = _rows([workspace_id], _first_of(days), where)
    if group is not UsageGroup.API_KEY:
        rows = rows.exclude(**{column: ""})
    uses = [GroupUse(str(row[column]), _sums(row)) for row in await _summed(rows, column)]
    return sorted(uses, key=lambda use: (-use.sums.requests, use.group))[:MOST_GROUPS]


async def series(
    workspace_id: UUID,
    days: int,
    group: UsageGroup,
    *,
    where: UsageFilter = EVERYTHING,
    top: int | None = None,
) -> list[UsagePoint]:
    """A point for each day and group that was used in the last `days` UTC days, oldest first, today last.

    With `top`, only so many groups are told apart, the most used ones of those days; the others come as one.
    """
    column = _column(group)
    rows = _rows([workspace_id], _first_of(days), where)
    if top is not None:
        names = await _most_used(rows, column, top)
        is_told_apart: dict[str, Any] = {f"{column}__in": names}
        shown = Case(When(**is_told_apart, then=F(column)), default=None)
        rows, column = rows.annotate(shown=shown), "shown"
    points = [_point(row, column) for row in await _summed(rows, "day", column, has_histogram=False)]
    return sorted(points, key=lambda point: (point.day, point.is_other))


async def of_api_keys(asked: Sequence[ApiKeyDays]) -> dict[ApiKeyDays, UsageSums]:
    """What each API key used but for the durations; one without requests is not among them."""
    found: dict[ApiKeyDays, UsageSums] = {}
    for days in {range_.days for range_ in asked}:
        ranges = [range_ for range_ in asked if range_.days == days]
        workspace_ids = {range_.workspace_id for range_ in ranges}
        rows = _rows(workspace_ids, _first_of(days)).filter(
            api_key_id__in=[range_.api_key_id for range_ in ranges]
        )
        sums = {
            row["api_key_id"]: _sums(row) for row in await _summed(rows, "api_key_id", has_histogram=False)
        }
        found |= {range_: sums[range_.api_key_id] for range_ in ranges if range_.api_key_id in sums}
    return found


async def used_models(workspace_id: UUID) -> list[str]:
    """The models that answered in the last 90 days, the most used ones first, 200 at most."""
    rows = _rows([workspace_id], _first_of(_MODEL_DAYS)).exclude(model="")
    return await _most_used(rows, "model", MOST_GROUPS)


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


def _first_of(days: int) -> date:
    return today() - timedelta(days=days - 1)


def _rows(
    workspace_ids: Collection[UUID], first_day: date, where: UsageFilter = EVERYTHING
) -> QuerySet[UsageDaily]:
    rows = UsageDaily.filter(workspace_id__in=list(workspace_ids), day__gte=first_day)
    if where.provider is not None:
        rows = rows.filter(provider=where.provider.value)
    if where.model is not None:
        rows = rows.filter(model=where.model)
    if where.api_key_id is not None:
        rows = rows.filter(api_key_id=where.api_key_id)
    return rows.using_db(get_connection(READ))


async def _most_used(rows: QuerySet[UsageDaily], column: str, limit: int) -> list[str]:
    used = rows.annotate(used=Sum("requests")).group_by(column).order_by("-used", column)
    return [str(row[column]) for row in await used.limit(limit).values(column, "used")]


def _point(row: Mapping[str, object], column: str) -> UsagePoint:
    group = row[column]
    return UsagePoint(
        day=cast("date", row["day"]),
        group="" if group is None else str(group),
        sums=_sums(row),
        is_other=group is None,
    )


async def _sum(rows: QuerySet[UsageDaily]) -> UsageSums:
    # Without a group there is one row, whose sums are NULL where nothing was used.
    found = await _summed(rows, "workspace_id")
    return _sums(found[0]) if found else UsageSums()


async def _summed(
    rows: QuerySet[UsageDaily], *columns: str, has_histogram: bool = True
) -> list[dict[str, object]]:
    names = (*_SUMS, *_HISTOGRAM) if has_histogram else _SUMS
    sums = {f"sum_{name}": Sum(name) for name in names}
    return await rows.annotate(**sums).group_by(*columns).order_by(*columns).values(*columns, *sums)


def _sums(row: Mapping[str, object]) -> UsageSums:
    total = {name: cast("int", row[f"sum_{name}"]) for name in _SUMS}
    return UsageSums(
        requests=total["requests"],
        failed_requests=total["failed_requests"],
        input_tokens=total["input_tokens"],
        cached_input_tokens=total["cached_input_tokens"],
        output_tokens=total["output_tokens"],
        cost_nano_usd=total["cost_nano_usd"] if total["priced_requests"] else None,
        duration_ms=total["duration_ms"],
        histogram=tuple(cast("int", row[name]) for name in (f"sum_{it}" for it in _HISTOGRAM) if name in row),
    )
