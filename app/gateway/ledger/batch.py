"""One batch of ended completions into the database: rows, sums and marks in one transaction, once each."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import add, attrgetter
from typing import TypeVar
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from app.core.ids import created_at, new_id
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
_FIRST_BUCKET = _DAILY_SUMS.index(_BUCKETS[0])

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
        by_id = {entry.id: entry for entry in entries}
        new_ids = await insert_new(connection, "request_log", _COLUMNS, list(by_id.values()))
        new = sorted((by_id[id_] for id_ in new_ids), key=attrgetter("id.int"))
        stored = _by_workspace(new)
        if new:
            await _add_usage(connection, new)
            await _mark_keys(connection, new)
            await notify(connection, LOGGED_CHANNEL, *_payloads(stored, origin))
    return stored


def is_failed(status: int) -> bool:
    """Whether a status counts as a failed request: 400 and above, but not 499 (the client left)."""
    return status >= 400 and status != 499


def _by_workspace(entries: Iterable[Ended]) -> dict[UUID, list[UUID]]:
    ids: dict[UUID, list[UUID]] = defaultdict(list)
    for entry in entries:
        ids[entry.workspace_id].append(entry.id)
    return ids


async def _add_usage(connection: BaseDBAsyncClient, entries: Iterable[Ended]) -> None:
    daily = _tally(entries)
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


def _tally(entries: Iterable[Ended]) -> dict[_DailyKey, list[int]]:
    """The sums of `_DAILY_SUMS`, in its order."""
    daily: dict[_DailyKey, list[int]] = {}
    for entry in entries:
        # A request that nobody served has no provider; a client's invented names must make no rows.
        model = entry.model if entry.provider else ""
        day = created_at(entry.id).date()
        key = (entry.workspace_id, day, entry.provider or "", model, entry.api_key_id)
        sums = daily.get(key)
        if sums is None:
            sums = daily[key] = [0] * len(_DAILY_SUMS)
        amounts = (
            1,
            is_failed(entry.status_code),
            entry.cost_nano_usd is not None,
            entry.input_tokens,
            entry.cached_input_tokens,
            entry.output_tokens,
            entry.cost_nano_usd or 0,
            entry.duration_ms,
        )
        sums[:_FIRST_BUCKET] = map(add, sums, amounts)
        sums[_FIRST_BUCKET + bisect_left(DURATION_EDGES_MS, entry.duration_ms)] += 1
    return daily


async def _mark_keys(connection: BaseDBAsyncClient, entries: Iterable[Ended]) -> None:
    """Notes when API keys were used last, and what was learnt of provider keys; entries come oldest first."""
    used = {entry.api_key_id: entry.id for entry in entries}
    await execute_many(
        connection, _USED, [(id_, created_at(last)) for id_, last in sorted(used.items(), key=_key_order)]
    )
    reports: dict[UUID, KeyReport] = {}
    for entry in entries:
        for report in entry.key_reports:
            known = reports.get(report.provider_key_id)
            if known is None or known.at < report.at:
                reports[report.provider_key_id] = report
    await execute_many(
        connection,
        _REPORT,
        [
            (id_, report.at, report.at if report.message is not None else None, report.status, report.message)
            for id_, report in sorted(reports.items(), key=_key_order)
        ],
    )


def _key_order(item: tuple[UUID, object]) -> int:
    return item[0].int


def _payloads(stored: Mapping[UUID, Sequence[UUID]], origin: str) -> Iterator[str]:
    for workspace_id, ids in stored.items():
        for start in range(0, len(ids), _NOTIFIED_IDS):
            yield " ".join(map(str, (origin, workspace_id, *ids[start : start + _NOTIFIED_IDS])))
