"""Whether the log tells what happened: each request once, and the sums are those of the rows."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from tortoise.functions import Count, Sum

from app.database import connect
from app.models import RequestLog, UsageCounter, UsageDaily, UsageProviderDaily
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.drills.load import Outcome
from tests.front_door import until

_SUMS = (
    "requests",
    "failed_requests",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "cost_nano_usd",
)


@dataclass(frozen=True, slots=True)
class LogRow:
    """What the books need of a row."""

    id: str
    requested_model: str
    status: int
    error_code: str | None


@dataclass(frozen=True, slots=True)
class Books:
    """The log and the sums of a workspace at one moment. Sums are by name, as the tables have them."""

    rows: tuple[LogRow, ...]
    of_rows: dict[str, int]
    of_counter: dict[str, int]
    of_days: dict[str, int]
    of_provider_days: dict[str, int]

    @property
    def interrupted(self) -> int:
        """Completions that ended with their process."""
        return sum(row.error_code == "interrupted" for row in self.rows)


@asynccontextmanager
async def open_books(settings: Settings) -> AsyncIterator[None]:
    """Lets this process read the gateway's database."""
    async with connect(settings):
        yield


async def read(workspace_id: str) -> Books:
    """The books of a workspace. To be called inside `open_books`."""
    id_ = UUID(workspace_id)
    mine = RequestLog.filter(workspace_id=id_)
    rows = await mine.values_list("id", "requested_model", "status_code", "error_code")
    return Books(
        tuple(LogRow(str(row[0]), *row[1:]) for row in rows),
        await _sums_of_rows(id_),
        await _sums(UsageCounter, id_),
        await _sums(UsageDaily, id_),
        await _sums(UsageProviderDaily, id_),
    )


def together(several: Sequence[Books]) -> Books:
    """The books of several workspaces as one."""
    return Books(
        tuple(row for one in several for row in one.rows),
        *(
            {name: sum(sums[name] for sums in tables) for name in _SUMS}
            for tables in (
                [one.of_rows for one in several],
                [one.of_counter for one in several],
                [one.of_days for one in several],
                [one.of_provider_days for one in several],
            )
        ),
    )


async def settled(workspace_id: str, count: int, *, timeout_s: float = 60) -> Books:
    """The books as soon as they have at least `count` rows."""

    async def are_there() -> bool:
        return await RequestLog.filter(workspace_id=UUID(workspace_id)).count() >= count

    await until(are_there, timeout_s=timeout_s)
    return await read(workspace_id)


def check(books: Books, outcomes: Collection[Outcome], simulator: RunningSimulator) -> None:
    """Asserts that nothing is missing, nothing is there twice, and that everything adds up."""
    asked = {outcome.model for outcome in outcomes}
    logged = Counter(row.requested_model for row in books.rows)
    seen = {str(request.body["model"]) for request in simulator.simulator.requests if "model" in request.body}
    acknowledged = {outcome.id for outcome in outcomes if outcome.id is not None}

    assert [model for model, times in logged.items() if times > 1] == [], "logged twice"
    assert seen - logged.keys() == set(), "seen by the provider, and not logged"
    assert acknowledged - {row.id for row in books.rows} == set(), "acknowledged, and not logged"
    assert logged.keys() - asked == set(), "logged, and never asked"
    assert books.of_counter == books.of_days == books.of_provider_days == books.of_rows


def whole_lies(outcomes: Collection[Outcome]) -> list[Outcome]:
    """Answers that said they were whole though the provider's was cut."""
    return [outcome for outcome in outcomes if outcome.kind == "broken" and outcome.is_whole]


async def _sums_of_rows(workspace_id: UUID) -> dict[str, int]:
    mine = RequestLog.filter(workspace_id=workspace_id)
    names = _SUMS[2:]
    summed = await mine.annotate(requests=Count("id"), **{f"sum_{name}": Sum(name) for name in names}).values(
        "requests", *(f"sum_{name}" for name in names)
    )
    failed = await mine.filter(status_code__gte=400).exclude(status_code=499).count()
    found = summed[0] if summed else {}
    return {
        "requests": int(found.get("requests") or 0),
        "failed_requests": failed,
        **{name: int(found.get(f"sum_{name}") or 0) for name in names},
    }


async def _sums(
    model: type[UsageCounter] | type[UsageDaily] | type[UsageProviderDaily], workspace_id: UUID
) -> dict[str, int]:
    rows = await model.filter(workspace_id=workspace_id).values(*_SUMS)
    return {name: sum(int(row[name]) for row in rows) for name in _SUMS}
