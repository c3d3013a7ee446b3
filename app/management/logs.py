"""The request log, read: pages, single rows and counts of a workspace that the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.connection import get_connection

from app.core.ids import first_id_at, parse_id
from app.core.provider_name import ProviderName
from app.database import READ, Value, Values
from app.models import RequestLog

# How far a count is exact, and how far a search looks.
COUNT_LIMIT: Final = 10_000
SEARCH_WINDOW: Final = 50_000

_SEARCHED = ("model", "requested_model", "error_message")
# Word for word the condition of the index of failed requests.
_IN_FAILED_INDEX = "status_code >= 400"
_LOWEST, _HIGHEST = UUID(int=0), UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows of the log; what is None does not matter.

    `succeeded`: true is a status below 400, false one of 400 and above but not 499. `aborted`: true is 499.
    `since` is part of the range, `until` is not. `search` is a whole id, or part of a model's name or of an
    error's text in any case, looked for in the newest 50,000 rows of the range.
    """

    provider: ProviderName | None = None
    model: str | None = None
    api_key_id: UUID | None = None
    succeeded: bool | None = None
    aborted: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Rows, newest first, and whether there are older ones."""

    rows: list[RequestLog]
    has_next: bool


async def page(workspace_id: UUID, *, first: int, after: UUID | None, where: LogFilter) -> LogPage:
    """The newest `first` rows that match and are older than `after`."""
    query = _Query(workspace_id, where, before=after)
    ids = await _ids(query.newest(first + 1), query.values)
    rows = await find_many(workspace_id, ids[:first])
    return LogPage(rows[::-1], has_next=len(ids) > first)


async def find(workspace_id: UUID, log_id: UUID) -> RequestLog | None:
    """The row, or None: there is none, or it belongs to another workspace."""
    return await RequestLog.get_or_none(id=log_id, workspace_id=workspace_id, using_db=get_connection(READ))


async def find_many(workspace_id: UUID, ids: Sequence[UUID]) -> list[RequestLog]:
    """Those of the rows that exist in this workspace, oldest first."""
    if not ids:
        return []
    found = RequestLog.filter(id__in=list(ids), workspace_id=workspace_id).using_db(get_connection(READ))
    return await found.order_by("id")


async def count(workspace_id: UUID, where: LogFilter) -> int | None:
    """How many rows match, or None: more than 10,000, or a search."""
    if where.search:
        return None
    query = _Query(workspace_id, where)
    sql = f"SELECT COUNT(*) AS matching FROM ({query.newest(COUNT_LIMIT + 1)}) AS counted"  # noqa: S608 # no input
    rows = await get_connection(READ).execute_query_dict(sql, query.values)
    matching: int = rows[0]["matching"]
    return matching if matching <= COUNT_LIMIT else None


class _Query:
    """A SELECT of ids from the log that is always read from the end of one of its indexes.

    Not the ORM, and every condition spelled for a reason. The index of failed requests is of use only where
    the status is a literal. And with a plain `workspace_id = x ORDER BY id`, PostgreSQL is tempted to walk
    through everybody's rows by the primary key until it has met enough of this workspace: for an idle
    workspace that is the whole table. Bounds and an order over all columns of one index leave no choice.
    """

    def __init__(self, workspace_id: UUID, where: LogFilter, before: UUID | None = None) -> None:
        self._values = Values(READ)
        # The columns of the index in front of the id, with the placeholder of the value they must have.
        self._index = {"workspace_id": self._values.add(workspace_id)}
        low = first_id_at(where.since) if where.since else _LOWEST
        high = first_id_at(where.until) if where.until else _HIGHEST
        self._low = self._values.add(low)
        self._high = self._values.add(high if before is None else min(high, before))
        self._conditions: list[str] = []
        if where.search:
            self._require_text(where.search, high)
        self._require_outcome(where)
        self._require_equal("model", where.model)
        self._require_equal("api_key_id", where.api_key_id)
        self._require_equal("provider", where.provider and where.provider.value)

    def newest(self, rows: int, *, offset: int = 0, below: str = "") -> str:
        """The statement for the newest `rows` that match, but for the first `offset` of them.

        `below` is a placeholder to use instead of the page's upper end.
        """
        columns = ", ".join([*self._index, "id"])
        values = ", ".join(self._index.values())
        # One bound at each end: of two, PostgreSQL would start at the first and walk on to the other.
        bounds = [
            f"({columns}) >= ({values}, {self._low})",
            f"({columns}) < ({values}, {below or self._high})",
        ]
        order = ", ".join(f"{column} DESC" for column in [*self._index, "id"])
        return (
            f"SELECT id FROM request_log WHERE {' AND '.join(bounds + self._conditions)} "  # noqa: S608 # no input
            f"ORDER BY {order} LIMIT {rows:d} OFFSET {offset:d}"
        )

    @property
    def values(self) -> list[Value]:
        """What the placeholders stand for."""
        return self._values.listed

    def _require_text(self, search: str, high: UUID) -> None:
        if log_id := parse_id(search):
            self._conditions.append(f"id = {self._values.add(log_id)}")
            return
        # The same for every page, so that it counts from the end of the range.
        end_of_window = self.newest(1, offset=SEARCH_WINDOW - 1, below=self._values.add(high))
        self._low = f"COALESCE(({end_of_window}), {self._low})"
        escaped = search.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        pattern = self._values.add(f"%{escaped}%")
        likes = [f"LOWER({column}) LIKE {pattern} ESCAPE '!'" for column in _SEARCHED]
        self._conditions.append(f"({' OR '.join(likes)})")

    def _require_outcome(self, where: LogFilter) -> None:
        if where.succeeded is not None:
            self._conditions.append(
                "status_code < 400" if where.succeeded else f"{_IN_FAILED_INDEX} AND status_code <> 499"
            )
        if where.aborted is not None:
            self._conditions.append(
                f"{_IN_FAILED_INDEX} AND status_code = 499" if where.aborted else "status_code <> 499"
            )
        self._only_failed = where.succeeded is False or where.aborted is True

    def _require_equal(self, column: str, value: Value) -> None:
        if value is None:
            return
        place = self._values.add(value)
        if len(self._index) == 1 and not self._only_failed:
            self._index[column] = place
        else:
            self._conditions.append(f"{column} = {place}")


async def _ids(sql: str, values: list[Value]) -> list[UUID]:
    rows = await get_connection(READ).execute_query_dict(sql, values)
    return [row["id"] if isinstance(row["id"], UUID) else UUID(row["id"]) for row in rows]
