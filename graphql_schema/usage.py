"""Usage: what was asked, answered and paid."""

from datetime import UTC, datetime, time
from decimal import Decimal

import strawberry

from app.core.money import to_usd
from app.management import usage
from app.management.usage import UsageGroup
from app.models import UsageCounter
from graphql_schema.enums import ProviderName, described
from graphql_schema.scalars import BigInt

__all__ = ["LONGEST_DAYS", "ProviderUsage", "UsageGroup", "UsagePoint", "UsageTotals"]

LONGEST_DAYS = 365

described(
    UsageGroup,
    "What the points of a chart are grouped by.",
    {
        "PROVIDER": "By the provider that answered.",
        "MODEL": "By the model that answered.",
        "API_KEY": "By the API key that asked.",
    },
)

_REQUESTS = "How many requests ended."
_FAILED = "Those with a status of 400 and above, but not 499 (the client left)."
_INPUT = "Input tokens, cached ones included."
_OUTPUT = "Output tokens."
_COST = "What they cost in US dollars; null where no price is known."


@strawberry.type(description="All that a workspace ever used.")
class UsageTotals:
    """The sums of a workspace."""

    requests: BigInt = strawberry.field(description=_REQUESTS)
    failed_requests: BigInt = strawberry.field(description=_FAILED)
    input_tokens: BigInt = strawberry.field(description=_INPUT)
    output_tokens: BigInt = strawberry.field(description=_OUTPUT)
    cost_usd: Decimal | None = strawberry.field(description=_COST)

    @classmethod
    def from_row(cls, row: UsageCounter) -> "UsageTotals":
        """The sums of a row."""
        return cls(
            requests=BigInt(row.requests),
            failed_requests=BigInt(row.failed_requests),
            input_tokens=BigInt(row.input_tokens),
            output_tokens=BigInt(row.output_tokens),
            cost_usd=to_usd(row.cost_nano_usd) if row.priced_requests else None,
        )


@strawberry.type(description="What one provider was used for in a range of days.")
class ProviderUsage:
    """The sums of one provider."""

    provider: ProviderName = strawberry.field(description="The provider that answered.")
    requests: BigInt = strawberry.field(description=_REQUESTS)
    failed_requests: BigInt = strawberry.field(description=_FAILED)
    input_tokens: BigInt = strawberry.field(description=_INPUT)
    output_tokens: BigInt = strawberry.field(description=_OUTPUT)
    cost_usd: Decimal | None = strawberry.field(description=_COST)
    average_duration_ms: float = strawberry.field(description="Mean time of a request in milliseconds.")

    @classmethod
    def from_use(cls, use: usage.ProviderUse) -> "ProviderUsage":
        """The sums of one provider."""
        return cls(
            provider=use.provider,
            requests=BigInt(use.sums.requests),
            failed_requests=BigInt(use.sums.failed_requests),
            input_tokens=BigInt(use.sums.input_tokens),
            output_tokens=BigInt(use.sums.output_tokens),
            cost_usd=_usd(use.sums.cost_nano_usd),
            average_duration_ms=use.sums.average_duration_ms,
        )


@strawberry.type(description="One UTC day of one group.")
class UsagePoint:
    """The sums of a day and group."""

    day: datetime = strawberry.field(description="Midnight UTC at which the day begins.")
    group: str = strawberry.field(
        description="The provider's or model's name, or the API key's id; empty where no provider answered."
    )
    requests: BigInt = strawberry.field(description=_REQUESTS)
    failed_requests: BigInt = strawberry.field(description=_FAILED)
    input_tokens: BigInt = strawberry.field(description=_INPUT)
    output_tokens: BigInt = strawberry.field(description=_OUTPUT)
    cost_usd: Decimal | None = strawberry.field(description=_COST)

    @classmethod
    def from_point(cls, point: usage.UsagePoint) -> "UsagePoint":
        """The sums of a day and group."""
        return cls(
            day=datetime.combine(point.day, time.min, UTC),
            group=point.group,
            requests=BigInt(point.sums.requests),
            failed_requests=BigInt(point.sums.failed_requests),
            input_tokens=BigInt(point.sums.input_tokens),
            output_tokens=BigInt(point.sums.output_tokens),
            cost_usd=_usd(point.sums.cost_nano_usd),
        )


def _usd(cost_nano_usd: int | None) -> Decimal | None:
    return None if cost_nano_usd is None else to_usd(cost_nano_usd)
