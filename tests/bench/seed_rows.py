"""Made-up completions of a large installation: log rows and the daily sums that belong to them, cheaply."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from operator import add
from random import Random
from typing import Final
from uuid import UUID

from app.database import Value
from app.gateway.ledger.batch import is_failed
from app.models import DURATION_EDGES_MS

DAY_MS: Final = 24 * 3600 * 1000

_MODELS = (
    ("OPENAI", "gpt-4o-mini", 30),
    ("OPENAI", "gpt-4o", 15),
    ("OPENAI", "gpt-4.1", 8),
    ("OPENAI", "o4-mini", 5),
    ("ANTHROPIC", "claude-sonnet-4-5", 14),
    ("ANTHROPIC", "claude-haiku-4-5", 7),
    ("GOOGLE", "gemini-2.5-flash", 8),
    ("GOOGLE", "gemini-2.5-pro", 4),
    ("MISTRAL", "mistral-large-latest", 3),
    ("COHERE", "command-a-03-2025", 2),
    ("CUSTOM", "llama-3.3-70b", 3),
    ("CUSTOM", "qwen3-32b", 1),
)
_STATUSES = {200: 96, 503: 2, 429: 1, 499: 1}
_ERRORS = {
    503: ("overloaded", "That model is currently overloaded with other requests. Try again in a moment."),
    429: ("rate_limit_exceeded", "Rate limit reached for requests per minute: 500 of 500 used."),
}
# Rows differ in far more ways than anything that is measured can tell.
_SHAPES = 4000
# A few keys a workspace, more of them in the largest ones.
_KEYS, _MORE_KEYS = 3, 21

SUMS: Final = (
    "requests",
    "failed_requests",
    "priced_requests",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "cost_nano_usd",
)
_BUCKETS = tuple(f"duration_{number}" for number in range(len(DURATION_EDGES_MS) + 1))
LOG_COLUMNS: Final = (
    "id", "workspace_id", "api_key_id", "requested_model", "model", "provider", "status_code", "stream",
    "input_tokens", "cached_input_tokens", "output_tokens", "tokens_estimated", "cost_nano_usd",
    "duration_ms", "time_to_first_token_ms", "error_code", "error_message", "attempts", "notes",
)  # fmt: skip
_DAILY_SUMS = (*SUMS, "duration_ms", *_BUCKETS)
# By the table of sums, all columns but the id.
SUMS_COLUMNS: Final = {
    "usage_daily": ("workspace_id", "day", "provider", "model", "api_key_id", *_DAILY_SUMS),
    "usage_provider_daily": ("workspace_id", "day", "provider", *_DAILY_SUMS),
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace and its API keys."""

    workspace_id: UUID
    api_key_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC day: log rows, oldest first, and sums by table. LOG_COLUMNS and SUMS_COLUMNS name the values."""

    log: list[tuple[Value, ...]]
    sums: dict[str, list[tuple[Value, ...]]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """All of a row but whose it is and when it was, and what it adds to the sums of its group."""

    columns: tuple[Value, ...]
    group: tuple[str, str]
    amounts: tuple[int, ...]


def key_count(rank: int) -> int:
    """How many API keys the workspace of this rank has; 0 is the largest."""
    return _KEYS + _MORE_KEYS // (rank + _KEYS)


def days(tenants: Sequence[Tenant], rows: int, first_ms: int, end_ms: int) -> Iterator[Day]:
    """`rows` rows spread evenly over the time, day by day; the same numbers each time.

    A tenant's share falls with its place: of 200 the first has about a sixth of the rows.
    """
    random = Random(1)
    shapes = [_shape(random) for _ in range(_SHAPES)]
    shares = list(accumulate(1 / (rank + 1) for rank in range(len(tenants))))
    number = 0
    while number < rows:
        day = (first_ms + (end_ms - first_ms) * number // rows) // DAY_MS
        beyond = min(rows, -(-((day + 1) * DAY_MS - first_ms) * rows // (end_ms - first_ms)))
        times = [first_ms + (end_ms - first_ms) * place // rows for place in range(number, beyond)]
        chosen = zip(
            times,
            random.choices(tenants, cum_weights=shares, k=len(times)),
            random.choices(shapes, k=len(times)),
            strict=True,
        )
        yield _day(random, datetime.fromtimestamp(day * DAY_MS / 1000, UTC).date(), chosen)
        number = beyond


def _day(random: Random, day: date, chosen: Iterable[tuple[int, Tenant, _Shape]]) -> Day:
    log: list[tuple[Value, ...]] = []
    daily: dict[tuple[Value, ...], tuple[int, ...]] = {}
    for at_ms, tenant, shape in chosen:
        keys = tenant.api_key_ids
        # Some keys are used more than others.
        api_key_id = keys[int(random.random() ** 2 * len(keys))]
        log.append((_id_at(random, at_ms), tenant.workspace_id, api_key_id, *shape.columns))
        _add(daily, (tenant.workspace_id, day, *shape.group, api_key_id), shape.amounts)
    by_provider: dict[tuple[Value, ...], tuple[int, ...]] = {}
    for (workspace_id, _, provider, *_), amounts in daily.items():
        _add(by_provider, (workspace_id, day, provider), amounts)
    tables = {"usage_daily": daily, "usage_provider_daily": by_provider}
    return Day(
        log,
        {
            table: [(*group, *amounts) for group, amounts in groups.items()]
            for table, groups in tables.items()
        },
    )


def _add(
    groups: dict[tuple[Value, ...], tuple[int, ...]], group: tuple[Value, ...], amounts: tuple[int, ...]
) -> None:
    known = groups.get(group)
    groups[group] = amounts if known is None else tuple(map(add, known, amounts))


def _id_at(random: Random, at_ms: int) -> UUID:
    return UUID(int=at_ms << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62))


def _shape(random: Random) -> _Shape:
    provider, model, _ = random.choices(_MODELS, [weight for *_, weight in _MODELS])[0]
    status = random.choices(list(_STATUSES), list(_STATUSES.values()))[0]
    code, message = _ERRORS.get(status, (None, None))
    duration_ms = int(random.lognormvariate(6.5, 0.8))
    input_tokens, output_tokens = random.randint(20, 4000), 0 if code else random.randint(1, 900)
    cached_tokens = input_tokens // 2 if random.random() < 0.2 else 0
    cost = None if code else input_tokens * 150 + output_tokens * 600
    attempt = {
        "provider": provider, "label": provider.title(), "model": model, "status_code": status,
        "duration_ms": duration_ms, "error_message": message,
    }  # fmt: skip
    columns: dict[str, Value] = {
        "requested_model": "fast" if random.random() < 0.1 else model,
        "model": model,
        "provider": None if code else provider,
        "status_code": status,
        "stream": random.random() < 0.6,
        "input_tokens": input_tokens,
        "cached_input_tokens": cached_tokens,
        "output_tokens": output_tokens,
        "tokens_estimated": False,
        "cost_nano_usd": cost,
        "duration_ms": duration_ms,
        "time_to_first_token_ms": None if code else duration_ms // 3,
        "error_code": code,
        "error_message": message,
        "attempts": json.dumps([attempt]),
        "notes": "[]",
    }
    buckets = [0] * len(_BUCKETS)
    buckets[bisect_left(DURATION_EDGES_MS, duration_ms)] = 1
    amounts = (
        1, int(is_failed(status)), int(cost is not None), input_tokens, cached_tokens, output_tokens,
        cost or 0, duration_ms, *buckets,
    )  # fmt: skip
    return _Shape(
        tuple(columns[name] for name in LOG_COLUMNS[3:]), ("", "") if code else (provider, model), amounts
    )
