"""One batch of ended completions into the database: rows, sums and marks in one transaction, once each."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import add, attrgetter
from typing import TypeVar
from uuid import UUID

import msgspec
from tortoise.backends.base.client import BaseDBAsyncClient

from app.core.ids import created_at, milliseconds_of, new_id
from app.database import LEDGER, Plain, execute_many, insert_new, notify, transaction, upsert_sums
from app.gateway.ledger.entries import Ended, KeyReport
from app.models import DURATION_EDGES_MS

LOGGED_CHANNEL = "perpetuo_logged"
# Ids in one notification: PostgreSQL takes payloads below 8,000 bytes.
_NOTIFIED_IDS = 150

_COLUMNS = (
    "id",
    "workspace_id",
    "api_key_id",
    "requested_model",
    "model",
    "provider",
    "status_code",
    "stream",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "tokens_estimated",
    "cost_nano_usd",
    "duration_ms",
    "time_to_first_token_ms",
    "error_code",
    "error_message",
    "attempts",
    "notes",
)
_SUMS = (
    "requests",
    "failed_requests",
    "priced_requests",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "cost_nano_usd",
)
_DAILY_KEYS = ("workspace_id", "day", "provider", "model", "api_key_id")
_PROVIDER_KEYS, _COUNTER_KEYS = _DAILY_KEYS[:3], _DAILY_KEYS[:1]
_BUCKETS = tuple(f"duration_{number}" for number in range(len(DURATION_EDGES_MS) + 1))
_DAILY_SUMS = (*_SUMS, "duration_ms", *_BUCKETS)
_DAY_MS = 86_400_000

# Entries that make up one row of usage_daily.
_Group = list[Ended]
_DailyKey = tuple[UUID, date, str, str, UUID]
_Key = TypeVar("_Key", bound=tuple[Plain, ...])

_REPORT = (
    "UPDATE provider_key SET last_attempt_at = $2, last_error_at = $3, last_error_status = $4, "
    "last_error_message = $5 WHERE id = $1 AND (last_attempt_at IS NULL OR last_attempt_at < $2)"
)
_USED = "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)"


async def commit(entries: Sequence[Ended], origin: str) -> dict[UUID, list[UUID]]:
    """Stores the entries that are not stored yet: a batch replayed counts once.

    Gives the ids of the new ones by workspace, oldest first. Other processes hear of them; `origin` tells
    them whose word it is.

    Every writer touches the tables in this order and the rows of each in the order of their keys, so that no
    two wait for each other. Raises what the database raises; nothing is stored then.
    """
    async with transaction(LEDGER) as connection:
        # What is counted must be what is stored: of two ends of one completion, the later.
        by_id = {entry.id.int: entry for entry in entries}
        ordered = sorted(by_id.values(), key=attrgetter("id.int"))
        new = await insert_new(connection, "request_log", _COLUMNS, ordered)
        groups = _grouped(new)
        stored = _by_workspace(groups)
        if new:
            await _add_usage(connection, groups)
            await _mark_keys(connection, groups)
            await notify(connection, LOGGED_CHANNEL, *_payloads(stored, origin))
    return stored


def is_failed(status: int) -> bool:
    """Whether a status counts as a failed request: 400 and above, but not 499 (the client left)."""
    return status >= 400 and status != 499


def _grouped(entries: Iterable[Ended]) -> list[_Group]:
    """The entries of each row of usage_daily, in the order in which they come."""
    # By the numbers of ids: their own hashes are made in Python, and this is done for each request.
    groups: dict[tuple[int, int, str | None, str, int], _Group] = {}
    for entry in entries:
        id_ = entry.id.int
        day = milliseconds_of(id_) // _DAY_MS
        # A request that nobody served has no provider; a client's invented names must make no rows.
        model = entry.model if entry.provider else ""
        key = (entry.workspace_id.int, day, entry.provider, model, entry.api_key_id.int)
        group = groups.get(key)
        if group is None:
            groups[key] = [entry]
        else:
            group.append(entry)
    return list(groups.values())


def _by_workspace(groups: Iterable[_Group]) -> dict[UUID, list[UUID]]:
    ids: dict[UUID, list[UUID]] = defaultdict(list)
    for group in groups:
        ids[group[0].workspace_id] += [entry.id for entry in group]
    return {workspace_id: sorted(of_one, key=attrgetter("int")) for workspace_id, of_one in ids.items()}


async def _add_usage(connection: BaseDBAsyncClient, groups: Iterable[_Group]) -> None:
    daily = dict(map(_tally, groups))
    by_provider = _together(daily, _PROVIDER_KEYS)
    by_workspace = _together(by_provider, _COUNTER_KEYS)
    await upsert_sums(
        connection,
        "usage_daily",
        keys=_DAILY_KEYS,
        sums=_DAILY_SUMS,
        rows=[{"id": new_id(), **row} for row in _rows(daily, _DAILY_KEYS, _DAILY_SUMS)],
    )
    await upsert_sums(
        connection,
        "usage_provider_daily",
        keys=_PROVIDER_KEYS,
        sums=_DAILY_SUMS,
        rows=[{"id": new_id(), **row} for row in _rows(by_provider, _PROVIDER_KEYS, _DAILY_SUMS)],
    )
    await upsert_sums(
        connection,
        "usage_counter",
        keys=_COUNTER_KEYS,
        sums=_SUMS,
        rows=list(_rows(by_workspace, _COUNTER_KEYS, _SUMS)),
    )


def _together(
    sums_of: Mapping[_Key, Sequence[int]], keys: Sequence[str]
) -> dict[tuple[Plain, ...], Sequence[int]]:
    """The sums of all that have the values of `keys` in common, which are the first ones of each key."""
    together: dict[tuple[Plain, ...], Sequence[int]] = {}
    for key, sums in sums_of.items():
        shared = key[: len(keys)]
        known = together.get(shared)
        together[shared] = sums if known is None else list(map(add, known, sums))
    return together


def _rows(
    sums_of: Mapping[_Key, Sequence[int]], keys: Sequence[str], names: Sequence[str]
) -> Iterator[dict[str, Plain]]:
    """A row for each key, of the first sums as far as they are named."""
    columns = (*keys, *names)
    return (dict(zip(columns, (*key, *sums), strict=False)) for key, sums in sums_of.items())


def _tally(group: _Group) -> tuple[_DailyKey, list[int]]:
    """The row of a group: its keys, and the sums of `_DAILY_SUMS` in their order."""
    first = group[0]
    model = first.model if first.provider else ""
    day = created_at(first.id).date()
    costs = [entry.cost_nano_usd for entry in group if entry.cost_nano_usd is not None]
    durations = [entry.duration_ms for entry in group]
    buckets = [0] * len(_BUCKETS)
    for duration in durations:
        buckets[bisect_left(DURATION_EDGES_MS, duration)] += 1
    sums = [
        len(group),
        sum([is_failed(entry.status_code) for entry in group]),
        len(costs),
        sum([entry.input_tokens for entry in group]),
        sum([entry.cached_input_tokens for entry in group]),
        sum([entry.output_tokens for entry in group]),
        sum(costs),
        sum(durations),
        *buckets,
    ]
    return (first.workspace_id, day, first.provider or "", model, first.api_key_id), sums


async def _mark_keys(connection: BaseDBAsyncClient, groups: Iterable[_Group]) -> None:
    """Notes when API keys were used last, and what was learnt of provider keys; each group: oldest first."""
    used: dict[UUID, UUID] = {}
    reports: dict[int, KeyReport] = {}
    for group in groups:
        latest = group[-1]
        used[latest.api_key_id] = max(latest.id, used.get(latest.api_key_id, latest.id))
        for entry in group:
            for report in entry.key_reports:
                known = reports.get(report.provider_key_id.int)
                if known is None or known.at < report.at:
                    reports[report.provider_key_id.int] = report
    await execute_many(
        connection, _USED, [(id_, created_at(last)) for id_, last in sorted(used.items(), key=_key_order)]
    )
    await execute_many(
        connection,
        _REPORT,
        [
            (
                report.provider_key_id,
                report.at,
                report.at if report.message is not None else None,
                report.status,
                report.message,
            )
            for _, report in sorted(reports.items())
        ],
    )


def _key_order(item: tuple[UUID, object]) -> int:
    return item[0].int


def _payloads(stored: Mapping[UUID, Sequence[UUID]], origin: str) -> Iterator[str]:
    for workspace_id, ids in stored.items():
        for start in range(0, len(ids), _NOTIFIED_IDS):
            # In C: str() of an id is not.
            told: list[str] = msgspec.to_builtins([workspace_id, *ids[start : start + _NOTIFIED_IDS]])
            yield " ".join([origin, *told])
