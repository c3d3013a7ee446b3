"""Usage, read from the counters and daily sums that the ledger keeps; never from the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

from tortoise.connection import get_connection

from app.core.clock import today
from app.core.provider_name import ProviderName
from app.database import READ
from app.management.daily_rows import AMOUNTS, DailyRows, Row
from app.management.durations import percentile_ms
from app.models import UsageCounter

# How many groups are told apart at most, the most used ones.
MOST_GROUPS: Final = 200
_MODEL_DAYS = 90


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

    `histogram` counts them by duration, and is empty where it was not asked for. The fields before it are
    AMOUNTS, in their order.
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
    return (
        await _period(workspace_id, first_day, end, where),
        await _period(workspace_id, before, first_day, where),
    )


async def by_group(
    workspace_id: UUID, days: int, group: UsageGroup, where: UsageFilter = EVERYTHING
) -> list[GroupUse]:
    """What each group used in the last `days` UTC days, today included: the 200 most used, those first.

    Requests that no provider served have neither provider nor model, but an API key.
    """
    column = _column(group)
    rows = _rows([workspace_id], _first_of(days), where, group)
    if group is not UsageGroup.API_KEY:
        rows.require_served(column)
    uses = [GroupUse(str(name), _sums(sums)) for name, *sums in await rows.summed(column)]
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
    rows = _rows([workspace_id], _first_of(days), where, group)
    shown = column
    if top is not None:
        told_apart = rows.among(column, await rows.most_used(column, top))
        shown = f"CASE WHEN {told_apart} THEN {column} END"
    points = [_point(row) for row in await rows.summed("day", shown, has_histogram=False)]
    return sorted(points, key=lambda point: (point.day, point.is_other))


async def of_api_keys(asked: Sequence[ApiKeyDays]) -> dict[ApiKeyDays, UsageSums]:
    """What each API key used but for the durations; one without requests is not among them."""
    found: dict[ApiKeyDays, UsageSums] = {}
    for days in {range_.days for range_ in asked}:
        ranges = [range_ for range_ in asked if range_.days == days]
        rows = _rows({range_.workspace_id for range_ in ranges}, _first_of(days), group=UsageGroup.API_KEY)
        rows.require("api_key_id", *(range_.api_key_id for range_ in ranges))
        summed = await rows.summed("api_key_id", has_histogram=False)
        sums = {UUID(str(api_key_id)): _sums(amounts) for api_key_id, *amounts in summed}
        found |= {range_: sums[range_.api_key_id] for range_ in ranges if range_.api_key_id in sums}
    return found


async def used_models(workspace_id: UUID) -> list[str]:
    """The models that answered in the last 90 days, the most used ones first, 200 at most."""
    rows = _rows([workspace_id], _first_of(_MODEL_DAYS), group=UsageGroup.MODEL)
    rows.require_served("model")
    return [str(model) for model in await rows.most_used("model", MOST_GROUPS)]


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
    workspace_ids: Collection[UUID],
    first_day: date,
    where: UsageFilter = EVERYTHING,
    group: UsageGroup | None = None,
) -> DailyRows:
    is_finer = where.model is not None or where.api_key_id is not None
    is_by_provider = group in (None, UsageGroup.PROVIDER) and not is_finer
    rows = DailyRows("usage_provider_daily" if is_by_provider else "usage_daily", workspace_ids, first_day)
    if where.provider is not None:
        rows.require("provider", where.provider.value)
    if where.model is not None:
        rows.require("model", where.model)
    if where.api_key_id is not None:
        rows.require("api_key_id", where.api_key_id)
    return rows


async def _period(workspace_id: UUID, first_day: date, end: date, where: UsageFilter) -> UsagePeriod:
    rows = _rows([workspace_id], first_day, where)
    rows.require_before(end)
    # Without any there is no group either.
    found = await rows.summed("workspace_id")
    return UsagePeriod(first_day, end, _sums(found[0][1:]) if found else UsageSums())


def _point(row: Row) -> UsagePoint:
    day, group = row[0], row[1]
    return UsagePoint(
        # SQLite has no dates, but texts.
        day=date.fromisoformat(day) if isinstance(day, str) else day,
        group="" if group is None else str(group),
        sums=UsageSums(*row[2:]),
        is_other=group is None,
    )


def _sums(row: Row) -> UsageSums:
    values: Row = (*row[: len(AMOUNTS)], tuple(row[len(AMOUNTS) :]))
    return UsageSums(*values)
