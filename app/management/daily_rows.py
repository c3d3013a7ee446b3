"""The daily sums that count for a view of usage, read by statements of our own."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, cast
from uuid import UUID

from tortoise.connection import get_connection

from app.database import READ, Value, Values
from app.models import DURATION_EDGES_MS

# What a statement gave, in the order of what it asked for.
Row = Sequence[Any]

AMOUNTS: Final = (
    "SUM(requests)",
    "SUM(failed_requests)",
    "SUM(input_tokens)",
    "SUM(cached_input_tokens)",
    "SUM(output_tokens)",
    "CASE WHEN SUM(priced_requests) > 0 THEN SUM(cost_nano_usd) END",
    "SUM(duration_ms)",
)
_HISTOGRAM = tuple(f"SUM(duration_{number})" for number in range(len(DURATION_EDGES_MS) + 1))


class DailyRows:
    """Rows of one of the tables of daily sums; columns and tables come from the code, values are bound.

    Not the ORM: for a year of points it takes longer than the database does.
    """

    def __init__(
        self,
        table: Literal["usage_daily", "usage_provider_daily"],
        workspace_ids: Collection[UUID],
        first_day: date,
    ) -> None:
        self._table = table
        self._values = Values(READ)
        self._conditions: list[str] = []
        self.require("workspace_id", *workspace_ids)
        self._conditions.append(f"day >= {self._values.add(first_day)}")

    def require(self, column: str, *values: Value) -> None:
        """Leaves only the rows that have one of these values."""
        self._conditions.append(self.among(column, values))

    def require_served(self, column: str) -> None:
        """Leaves out the requests that no provider, and so no model, answered."""
        self._conditions.append(f"{column} <> ''")

    def require_before(self, day: date) -> None:
        """Leaves out this day and those after it."""
        self._conditions.append(f"day < {self._values.add(day)}")

    def among(self, column: str, values: Collection[Value]) -> str:
        """The condition that a row has one of these values, to be used in what is asked next."""
        # PostgreSQL has no empty list.
        return f"{column} IN ({', '.join(map(self._values.add, values)) or 'NULL'})"

    async def summed(self, *columns: str, has_histogram: bool = True) -> list[Row]:
        """A row for each group that there is: its columns, AMOUNTS, and the counts by duration."""
        sums = (*AMOUNTS, *_HISTOGRAM) if has_histogram else AMOUNTS
        # PostgreSQL's sums of bigints are numerics, which are slow to read.
        whole = (f"CAST({sum_} AS BIGINT)" for sum_ in sums)
        places = ", ".join(str(place + 1) for place in range(len(columns)))
        return await self._selected([*columns, *whole], f"GROUP BY {places} ORDER BY {places}")

    async def most_used(self, column: str, limit: int) -> list[Value]:
        """The values of a column that most requests have, those first."""
        rest = f"GROUP BY {column} ORDER BY SUM(requests) DESC, {column} LIMIT {limit:d}"
        return [value for (value,) in await self._selected([column], rest)]

    async def _selected(self, columns: Iterable[str], rest: str) -> list[Row]:
        sql = (
            f"SELECT {', '.join(columns)} FROM {self._table} "  # noqa: S608 # no input
            f"WHERE {' AND '.join(self._conditions)} {rest}"
        )
        _, rows = await get_connection(READ).execute_query(sql, self._values.listed)
        return cast("list[Row]", rows)
