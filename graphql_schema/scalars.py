"""Scalars: times with an offset, money without an exponent, counts beyond 2^31."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import NewType

from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition, scalar

BigInt = NewType("BigInt", int)

_LARGEST_INT = 2**31 - 1
_LARGEST_BIG_INT = 2**53


def int32(value: int) -> int:
    """`value` as far as an Int reaches: one absurd row must not take its whole page along."""
    return min(value, _LARGEST_INT)


def _parse_time(value: object) -> datetime:
    problem = "A DateTime is an ISO 8601 text with an offset, as in 2026-01-31T12:00:00Z."
    if not isinstance(value, str):
        raise GraphQLError(problem)
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise GraphQLError(problem)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(problem) from None


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _write_decimal(amount: Decimal) -> str:
    return format(amount, "f")


def _write_big_int(value: int) -> int:
    return min(value, _LARGEST_BIG_INT)


# No input takes a Decimal or a BigInt, so only times are parsed.
SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: scalar(
        name="DateTime",
        description="An instant: ISO 8601 with an offset. Answers are in UTC.",
        serialize=_write_time,
        parse_value=_parse_time,
    ),
    Decimal: scalar(
        name="Decimal",
        description="An exact decimal number as text, never with an exponent. Money is in US dollars.",
        serialize=_write_decimal,
    ),
    BigInt: scalar(
        name="BigInt",
        description="A whole number up to 2^53 as a JSON number: sums outgrow Int, which ends at 2^31.",
        serialize=_write_big_int,
    ),
}
