"""What the dashboard asks of a workspace, in its own documents where it has one, and the bars for that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from graphql import parse, print_ast, separate_operations

from app.core.ids import created_at
from graphql_schema.paging import to_cursor
from tests.bench.asking import Asked

_FEATURES = Path(__file__).parents[2] / "web/src/features"
_BAR_MS, _SEARCH_BAR_MS, _ACCOUNT_BAR_MS = 50, 150, 5
_SUMS = "requests failedRequests inputTokens cachedInputTokens outputTokens costUsd"
_TIMED = f"{_SUMS} p50DurationMs p95DurationMs"
_POINT = f"{{ day group other {_SUMS} }}"
_ACCOUNT = """{
  me { id email name }
  workspaces {
    id name
    providerKeys { id provider label baseUrl keyHint priority enabled defaultModel }
    apiKeys { id name prefix active createdAt expiresAt revokedAt lastUsedAt }
  }
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace of the account, with a key and a row of it, and a row near the end of its log."""

    workspace_id: UUID
    api_key_id: UUID
    log_id: UUID
    last_but_one_page: UUID


def account() -> Asked:
    """Who asks, and all of its workspaces with their keys."""
    return Asked("me + workspaces + keys", _ACCOUNT, {}, _ACCOUNT_BAR_MS)


def questions(place: Place) -> Iterator[Asked]:
    """Each query of the bars, about one workspace."""
    yield from _pages(place)
    yield from _usage(place)
    log = _documents("logs")["Log"]
    yield _asked(place, "log(id)", log, {"id": str(place.log_id)})


def filters(place: Place) -> Iterator[tuple[str, dict[str, object]]]:
    """Each filter alone."""
    half = (datetime.now(UTC) - timedelta(days=180)).isoformat()
    week = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    key = str(place.api_key_id)
    yield "provider", {"provider": "OPENAI"}
    yield "provider, rare", {"provider": "COHERE"}
    yield "provider, none", {"provider": "CUSTOM", "until": created_at(place.last_but_one_page).isoformat()}
    yield "model", {"model": "gpt-4o-mini"}
    yield "model, rare", {"model": "qwen3-32b"}
    yield "model, none", {"model": "nobody-has-this"}
    yield "apiKeyId", {"apiKeyId": key}
    yield "succeeded", {"succeeded": True}
    yield "failed", {"succeeded": False}
    yield "aborted", {"aborted": True}
    yield "not aborted", {"aborted": False}
    yield "since", {"since": week}
    yield "until", {"until": half}
    yield "since + until", {"since": half, "until": week}


def combined(place: Place) -> Iterator[tuple[str, dict[str, object]]]:
    """Filters at once: one of them finds rows, and the others look at each; there is no bar for it."""
    key = str(place.api_key_id)
    yield "model + failed", {"model": "qwen3-32b", "succeeded": False}
    yield "model + aborted + key", {"model": "qwen3-32b", "aborted": True, "apiKeyId": key}
    yield "provider + model + key", {"provider": "COHERE", "model": "command-a-03-2025", "apiKeyId": key}
    yield "model of another provider", {"provider": "COHERE", "model": "gpt-4o-mini"}


def searches(place: Place) -> Iterator[tuple[str, dict[str, object]]]:
    """Texts that many, few and no rows have."""
    half = (datetime.now(UTC) - timedelta(days=180)).isoformat()
    yield "search, a model", {"search": "claude"}
    yield "search, an error", {"search": "requests per minute"}
    yield "search, nothing", {"search": "nobody wrote this"}
    yield "search, nothing, failed", {"search": "nobody wrote this", "succeeded": False}
    yield "search, nothing, provider", {"search": "nobody wrote this", "provider": "OPENAI"}
    yield "search, nothing, old", {"search": "nobody wrote this", "until": half}
    yield "search, an id", {"search": str(place.log_id)}


def _pages(place: Place) -> Iterator[Asked]:
    logs = _documents("logs")["Logs"]
    after = to_cursor(place.last_but_one_page)
    yield _asked(place, "first page", logs, {"first": 50})
    yield _asked(place, "deepest page", logs, {"first": 50, "after": after})
    export = _documents("logs")["ExportLogs"]
    yield _asked(place, "export, 200 rows, counted", export, {"first": 200, "counted": True})
    for name, where in filters(place):
        yield _asked(place, name, logs, {"first": 50, "filter": where})
    for name, where in combined(place):
        yield _asked(place, name, logs, {"first": 50, "filter": where}, None)
    for name, where in searches(place):
        yield _asked(place, name, logs, {"first": 50, "filter": where}, _SEARCH_BAR_MS)


def _usage(place: Place) -> Iterator[Asked]:
    for name, fields in (
        ("usage", f"usage {{ {_SUMS} }}"),
        (
            "usageSummary(365)",
            f"usageSummary(days: 365) {{ current {{ {_TIMED} }} previous {{ {_TIMED} }} }}",
        ),
        ("usageByProvider(365)", f"usageByProvider(days: 365) {{ provider {_TIMED} }}"),
        ("usageByModel(365)", f"usageByModel(days: 365) {{ model {_TIMED} }}"),
        ("usageByApiKey(365)", f"usageByApiKey(days: 365) {{ apiKeyId apiKey {{ name }} {_TIMED} }}"),
        ("usageSeries(365)", f"usageSeries(days: 365) {_POINT}"),
        ("usageSeries(365), requests", "usageSeries(days: 365) { day group requests }"),
        ("usageSeries(365, MODEL)", f"usageSeries(days: 365, groupBy: MODEL) {_POINT}"),
        ("usageSeries(365, API_KEY)", f"usageSeries(days: 365, groupBy: API_KEY) {_POINT}"),
        ("usageSeries(365, top 6)", "usageSeries(days: 365, top: 6) { day group other requests }"),
        ("usageSeries(30)", f"usageSeries(days: 30) {_POINT}"),
        ("usedModels", "usedModels"),
    ):
        query = f"query($workspaceId: ID!) {{ workspace(id: $workspaceId) {{ {fields} }} }}"
        yield _asked(place, name, query, {})
    yield _asked(place, "API keys with usage", _documents("keys")["ApiKeys"], {})
    overview = {"days": 7, "groupBy": "PROVIDER"}
    yield _asked(place, "overview", _documents("overview")["Overview"], overview)


def _asked(
    place: Place, name: str, query: str, variables: Mapping[str, object], bar_ms: float | None = _BAR_MS
) -> Asked:
    return Asked(name, query, {"workspaceId": str(place.workspace_id), **variables}, bar_ms)


def _documents(feature: str) -> dict[str, str]:
    """The operations of a part of the dashboard by name, each with its fragments."""
    text = (_FEATURES / feature / "queries.graphql").read_text()
    return {name: print_ast(document) for name, document in separate_operations(parse(text)).items()}
