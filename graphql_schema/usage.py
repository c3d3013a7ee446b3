"""Usage: what was asked, answered and paid."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypedDict

import strawberry

from app.core.money import to_usd
from app.management import usage
from app.management.usage import UsageGroup, UsageSums
from graphql_schema.enums import ProviderName, described
from graphql_schema.paging import check_range, require_id, short_text
from graphql_schema.scalars import BigInt

__all__ = ["UsageGroup"]

_LONGEST_DAYS = 365
_MEDIAN, _MOST = 0.5, 0.95

_ESTIMATED = (
    "Estimated from a histogram: off by less than 50 ms where it is at most 50 ms, else by less than a "
    "factor of 2.5; what took longer than a minute reads as a minute. Null without requests."
)

described(
    UsageGroup,
    "What the points of a chart are grouped by.",
    {
        "PROVIDER": "By the provider that answered.",
        "MODEL": "By the model that answered.",
        "API_KEY": "By the API key that asked.",
    },
)


class AmountFields(TypedDict):
    """The fields of `Amounts`."""

    requests: BigInt
    failed_requests: BigInt
    input_tokens: BigInt
    cached_input_tokens: BigInt
    output_tokens: BigInt
    cost_usd: Decimal | None


class TimedAmountFields(AmountFields):
    """The fields of `TimedAmounts`."""

    p50_duration_ms: float | None
    p95_duration_ms: float | None


@strawberry.type
class Amounts:
    """What some requests used, for types to build on."""

    requests: BigInt = strawberry.field(description="How many requests ended.")
    failed_requests: BigInt = strawberry.field(
        description="Those with a status of 400 and above, but not 499 (the client left)."
    )
    input_tokens: BigInt = strawberry.field(description="Input tokens, cached ones included.")
    cached_input_tokens: BigInt = strawberry.field(description="Those of them that the provider had cached.")
    output_tokens: BigInt = strawberry.field(description="Output tokens.")
    cost_usd: Decimal | None = strawberry.field(
        description="What they cost in US dollars; null where no price is known."
    )


@strawberry.type
class TimedAmounts(Amounts):
    """What some requests used and how long they took, for types to build on."""

    p50_duration_ms: float | None = strawberry.field(
        name="p50DurationMs",
        description=f"Half of the requests took at most so many milliseconds. {_ESTIMATED}",
    )
    p95_duration_ms: float | None = strawberry.field(
        name="p95DurationMs",
        description=f"95 % of the requests took at most so many milliseconds. {_ESTIMATED}",
    )


@strawberry.type(description="What some requests used.")
class UsageTotals(Amounts):
    """Sums of requests."""

    @classmethod
    def from_sums(cls, sums: UsageSums) -> "UsageTotals":
        """The sums."""
        return cls(**amounts(sums))


@strawberry.type(description="What was used in a range of UTC days.")
class UsagePeriod(TimedAmounts):
    """The sums of a range of days."""

    since: datetime = strawberry.field(description="Midnight UTC at which the range begins.")
    until: datetime = strawberry.field(description="Midnight UTC at which it ends; today's is still to come.")
    average_duration_ms: float | None = strawberry.field(
        description="Mean time of a request in milliseconds; null without requests."
    )

    @classmethod
    def from_period(cls, period: usage.UsagePeriod) -> "UsagePeriod":
        """The sums of a range of days."""
        return cls(
            since=_midnight(period.first_day),
            until=_midnight(period.end),
            average_duration_ms=period.sums.average_duration_ms,
            **timed_amounts(period.sums),
        )


@strawberry.type(
    description="The last days beside as many days before them. Today counts as far as it has come."
)
class UsageSummary:
    """Two ranges of days to compare."""

    current: UsagePeriod = strawberry.field(description="The last days, today included.")
    previous: UsagePeriod = strawberry.field(description="As many days before those.")


@strawberry.type(description="What one provider was used for in a range of days.")
class ProviderUsage(TimedAmounts):
    """The sums of one provider."""

    provider: ProviderName = strawberry.field(description="The provider that answered.")
    average_duration_ms: float = strawberry.field(description="Mean time of a request in milliseconds.")

    @classmethod
    def from_use(cls, use: usage.GroupUse) -> "ProviderUsage":
        """The sums of one provider."""
        return cls(
            provider=ProviderName(use.group),
            average_duration_ms=use.sums.average_duration_ms or 0.0,
            **timed_amounts(use.sums),
        )


@strawberry.type(description="What one model was used for in a range of days.")
class ModelUsage(TimedAmounts):
    """The sums of one model."""

    model: str = strawberry.field(description="The model that answered, whichever provider has it.")
    average_duration_ms: float = strawberry.field(description="Mean time of a request in milliseconds.")

    @classmethod
    def from_use(cls, use: usage.GroupUse) -> "ModelUsage":
        """The sums of one model."""
        return cls(
            model=use.group,
            average_duration_ms=use.sums.average_duration_ms or 0.0,
            **timed_amounts(use.sums),
        )


@strawberry.type(description="One UTC day of one group.")
class UsagePoint(Amounts):
    """The sums of a day and group."""

    day: datetime = strawberry.field(description="Midnight UTC at which the day begins.")
    group: str = strawberry.field(
        description="The provider's or model's name, or the API key's id; empty where no provider answered."
    )
    other: bool = strawberry.field(
        description="Whether this is the sum of the groups beyond `top`; `group` is empty then."
    )

    @classmethod
    def from_point(cls, point: usage.UsagePoint) -> "UsagePoint":
        """The sums of a day and group."""
        return cls(day=_midnight(point.day), group=point.group, other=point.is_other, **amounts(point.sums))


@strawberry.input(description="Which requests to count; each field narrows them further.")
class UsageFilter:
    """A filter as it was filled in."""

    provider: ProviderName | None = strawberry.field(default=None, description="The provider that answered.")
    model: str | None = strawberry.field(
        default=None, description="The whole name of the model that answered."
    )
    api_key_id: strawberry.ID | None = strawberry.field(default=None, description="The API key that asked.")

    def checked(self) -> usage.UsageFilter:
        """The filter in management's words. Raises Invalid, NotFound."""
        return usage.UsageFilter(
            provider=self.provider,
            model=short_text(self.model, "model"),
            api_key_id=None if self.api_key_id is None else require_id(self.api_key_id, "API key"),
        )


def amounts(sums: UsageSums) -> AmountFields:
    """What `Amounts` shows of sums."""
    return {
        "requests": BigInt(sums.requests),
        "failed_requests": BigInt(sums.failed_requests),
        "input_tokens": BigInt(sums.input_tokens),
        "cached_input_tokens": BigInt(sums.cached_input_tokens),
        "output_tokens": BigInt(sums.output_tokens),
        "cost_usd": None if sums.cost_nano_usd is None else to_usd(sums.cost_nano_usd),
    }


def timed_amounts(sums: UsageSums) -> TimedAmountFields:
    """What `TimedAmounts` shows of sums."""
    return {
        **amounts(sums),
        "p50_duration_ms": sums.percentile_ms(_MEDIAN),
        "p95_duration_ms": sums.percentile_ms(_MOST),
    }


def check_days(days: int) -> int:
    """`days`, if they are 1 to 365. Raises Invalid."""
    return check_range(days, "days", _LONGEST_DAYS)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
