"""One batch of ended completions into the database: rows, sums and marks in one transaction, once each."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from tortoise.backends.base.client import BaseDBAsyncClient

from app.core.ids import created_at, new_id
from app.database import LEDGER, Value, execute_many, insert_new, notify, transaction, upsert_sums
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
_BUCKETS = tuple(f"duration_{number}" for number in range(len(DURATION_EDGES_MS) + 1))
_DAILY_SUMS = (*_SUMS, "duration_ms", *_BUCKETS)

_REPORT = (
    "UPDATE provider_key SET last_attempt_at = $2, last_error_at = $3, last_error_status = $4, "
    "last_error_message = $5 WHERE id = $1 AND (last_attempt_at IS NULL OR last_attempt_at < $2)"
)
_USED = "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)"


async def commit(entries: Sequence[Ended], origin: str) -> list[Ended]:
    """Stores the entries that are not stored yet, and gives those back: a batch replayed counts once.

    Other processes hear of them; `origin` tells them whose word it is.

    Every writer touches the tables in this order and the rows of each in the order of their keys, so that no
    two wait for each other. Raises what the database raises; nothing is stored then.
    """
    async with transaction(LEDGER) as connection:
        new_ids = await insert_new(connection, "request_log", _COLUMNS, [_row(entry) for entry in entries])
        new = [entry for entry in _distinct(entries) if entry.id in new_ids]
        if new:
            await _add_usage(connection, new)
            await _mark_keys(connection, new)
            await _announce(connection, new, origin)
    return new


def by_workspace(entries: Iterable[Ended]) -> dict[UUID, list[UUID]]:
    """The ids of the entries for each workspace, oldest first."""
    ids: dict[UUID, list[UUID]] = defaultdict(list)
    for entry in entries:
        ids[entry.workspace_id].append(entry.id)
    return {workspace_id: sorted(found) for workspace_id, found in ids.items()}


def is_failed(status: int) -> bool:
    """Whether a status counts as a failed request: 400 and above, but not 499 (the client left)."""
    return status >= 400 and status != 499


def _distinct(entries: Iterable[Ended]) -> Iterable[Ended]:
    return {entry.id: entry for entry in entries}.values()


def _row(entry: Ended) -> list[Value]:
    row: list[Value] = [getattr(entry, column) for column in _COLUMNS[:-2]]
    row.append(json.dumps(msgspec.to_builtins(entry.attempts), ensure_ascii=False))
    row.append(json.dumps(entry.notes, ensure_ascii=False))
    return row


async def _add_usage(connection: BaseDBAsyncClient, entries: Sequence[Ended]) -> None:
    daily: dict[tuple[Value, ...], dict[str, int]] = {}
    counters: dict[UUID, dict[str, int]] = {}
    for entry in entries:
        amounts = _amounts(entry)
        _add(counters.setdefault(entry.workspace_id, dict.fromkeys(_SUMS, 0)), amounts)
        day = created_at(entry.id).astimezone(UTC).date()
        # A request that nobody served has no provider; a client's invented names must make no rows.
        model = entry.model if entry.provider else ""
        key = (entry.workspace_id, day, entry.provider or "", model, entry.api_key_id)
        sums = daily.setdefault(key, dict.fromkeys(_DAILY_SUMS, 0))
        _add(sums, amounts)
        sums["duration_ms"] += entry.duration_ms
        sums[_BUCKETS[_bucket(entry.duration_ms)]] += 1
    daily_rows: list[dict[str, Value]] = [
        {"id": new_id(), **dict(zip(_DAILY_KEYS, key, strict=True)), **sums} for key, sums in daily.items()
    ]
    await upsert_sums(connection, "usage_daily", keys=_DAILY_KEYS, sums=_DAILY_SUMS, rows=daily_rows)
    counter_rows: list[dict[str, Value]] = [
        {"workspace_id": workspace_id, **sums} for workspace_id, sums in counters.items()
    ]
    await upsert_sums(connection, "usage_counter", keys=("workspace_id",), sums=_SUMS, rows=counter_rows)


def _amounts(entry: Ended) -> dict[str, int]:
    return {
        "requests": 1,
        "failed_requests": int(is_failed(entry.status_code)),
        "priced_requests": int(entry.cost_nano_usd is not None),
        "input_tokens": entry.input_tokens,
        "cached_input_tokens": entry.cached_input_tokens,
        "output_tokens": entry.output_tokens,
        "cost_nano_usd": entry.cost_nano_usd or 0,
    }


def _add(sums: dict[str, int], amounts: dict[str, int]) -> None:
    for name, amount in amounts.items():
        sums[name] += amount


def _bucket(duration_ms: int) -> int:
    return next(
        (number for number, edge in enumerate(DURATION_EDGES_MS) if duration_ms <= edge),
        len(DURATION_EDGES_MS),
    )


async def _mark_keys(connection: BaseDBAsyncClient, entries: Sequence[Ended]) -> None:
    used: dict[UUID, datetime] = {}
    reports: dict[UUID, KeyReport] = {}
    for entry in entries:
        at = created_at(entry.id)
        used[entry.api_key_id] = max(at, used.get(entry.api_key_id, at))
        for report in entry.key_reports:
            known = reports.get(report.provider_key_id)
            if known is None or known.at < report.at:
                reports[report.provider_key_id] = report
    await execute_many(connection, _USED, sorted(used.items()))
    await execute_many(
        connection,
        _REPORT,
        [
            (id_, report.at, report.at if report.message is not None else None, report.status, report.message)
            for id_, report in sorted(reports.items())
        ],
    )


async def _announce(connection: BaseDBAsyncClient, entries: Sequence[Ended], origin: str) -> None:
    for workspace_id, ids in by_workspace(entries).items():
        for start in range(0, len(ids), _NOTIFIED_IDS):
            chosen = ids[start : start + _NOTIFIED_IDS]
            payload = " ".join(str(id_) for id_ in (origin, workspace_id, *chosen))
            await notify(connection, LOGGED_CHANNEL, payload)
