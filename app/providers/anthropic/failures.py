"""What Anthropic's errors mean."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from app.providers.base import Failure, FailureKind
from app.providers.native_json import UNREADABLE
from app.providers.reported import ReportedError, read_error, retry_after_s, should_retry

# platform.claude.com/docs/en/api/errors, November 2026
_BY_TYPE: Final[Mapping[str, FailureKind]] = {
    "authentication_error": FailureKind.KEY_REFUSED,
    "billing_error": FailureKind.QUOTA_EXHAUSTED,
    "permission_error": FailureKind.PERMISSION,
    "not_found_error": FailureKind.MODEL_NOT_FOUND,
    "conflict_error": FailureKind.CONFLICT,
    "request_too_large": FailureKind.REQUEST_TOO_LARGE,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "api_error": FailureKind.SERVER_ERROR,
    "timeout_error": FailureKind.SERVER_ERROR,
    "overloaded_error": FailureKind.OVERLOADED,
}
_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.KEY_REFUSED,
    402: FailureKind.QUOTA_EXHAUSTED,
    403: FailureKind.PERMISSION,
    404: FailureKind.MODEL_NOT_FOUND,
    408: FailureKind.SERVER_ERROR,
    409: FailureKind.CONFLICT,
    413: FailureKind.REQUEST_TOO_LARGE,
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.OVERLOADED,
    529: FailureKind.OVERLOADED,
}
# `error.details.error_code`, where the type says less.
_SPENT: Final = frozenset({"enforced_spend_limit_reached", "contract_spend_limit_reached"})

# What the words of an invalid request say.
_BY_WORDS: Final = (
    (r"credit balance is too low|specified API usage limits", FailureKind.QUOTA_EXHAUSTED),
    (r"prompt is too long|exceed context limit|exceeds? the context window", FailureKind.CONTEXT_TOO_LONG),
    (r"blocked by content filtering", FailureKind.CONTENT_POLICY),
    (r"\A(?:Invalid )?model\b.{0,200}not (?:found|available)", FailureKind.MODEL_NOT_FOUND),
    # Reasoning state that does not fit: the conversation itself is wrong.
    (
        r"bound to a different conversation|cannot be modified|Invalid `(?:signature|data)` in"
        r"|Expected `thinking` or `redacted_thinking`",
        FailureKind.BAD_REQUEST,
    ),
)
_WORDS: Final = tuple((re.compile(words, re.IGNORECASE), kind) for words, kind in _BY_WORDS)

# What the model does not take, by the native names in the message, and OpenAI's name of it. The first counts.
_NATIVE_NAMES: Final = (
    # Before temperature: where both are too much, this one is left out.
    (r"top_p", "top_p"),
    (r"temperature", "temperature"),
    (r"top_k", "top_k"),
    (r"tool_choice", "tool_choice"),
    (r"thinking|effort|budget_tokens", "reasoning_effort"),
    (r"output_config\.format|output_format", "response_format"),
    (r"max_tokens", "max_completion_tokens"),
    (r"stop_sequences", "stop"),
    (r"service_tier|speed", "service_tier"),
    (r"web_search", "web_search_options"),
    (r"tools", "tools"),
    (r"prefill", "messages"),
)
_NAMES: Final = tuple((re.compile(rf"\b(?:{native})\b"), param) for native, param in _NATIVE_NAMES)
_NOT_TAKEN: Final = re.compile(
    r"Extra inputs are not permitted|deprecated for this model|(?:not|n't) support"
    r"|cannot both be specified|may only be set|must be unset|must be greater than or equal to 0\.95"
    r"|maximum allowed number of output tokens|forces tool use",
    re.IGNORECASE,
)
_EXTRA: Final = re.compile(r"\A([a-z_]+): Extra inputs")

_KINDS_OF_LIMITS: Final = ("requests", "tokens", "input-tokens", "output-tokens")


class _Details(msgspec.Struct):
    error_code: str | None = None


class _Error(msgspec.Struct):
    details: _Details | None = None


class _Body(msgspec.Struct):
    error: _Error


_BODY: Final = msgspec.json.Decoder(_Body)


def classify_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Failure:
    """What a non-2xx answer means."""
    hint = retry_after_s(headers, now)
    return _failure(
        status,
        body,
        retry_after=_until_reset_s(headers, now) if hint is None and status == 429 else hint,
        verdict=should_retry(headers),
    )


def classify_event(body: bytes) -> Failure:
    """What an error under status 200 means: an event `error`, most often that of overload."""
    return _failure(None, body)


def _failure(
    status: int | None, body: bytes, *, retry_after: float | None = None, verdict: bool | None = None
) -> Failure:
    error = read_error(body)
    code = error.code or _error_code(body)
    kind = _kind(status, error, code)
    param = _param(error.message) if kind is FailureKind.BAD_REQUEST else None
    if param is not None:
        kind = FailureKind.UNSUPPORTED_HERE
    return Failure(
        kind=kind,
        message=error.message,
        status=status,
        param=param,
        retry_after_s=retry_after,
        should_retry=verdict,
    )


def _kind(status: int | None, error: ReportedError, code: str | None) -> FailureKind:
    if code in _SPENT:
        return FailureKind.QUOTA_EXHAUSTED
    # "API usage limits" come as 400 and as 429.
    worded = next((kind for words, kind in _WORDS if words.search(error.message)), None)
    if worded is not None and status in {None, 400, 403, 413, 429}:
        return worded
    known = _BY_TYPE.get(error.type or "")
    if known is not None:
        return known
    if error.type == "invalid_request_error":
        return _BY_STATUS.get(status or 400, FailureKind.BAD_REQUEST)
    return _by_status(status or 500)


def _by_status(status: int) -> FailureKind:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return FailureKind.SERVER_ERROR
    # A redirect, or a method that is not allowed, is no answer of this API: the base URL leads elsewhere.
    return FailureKind.MALFORMED if status < 400 or status == 405 else FailureKind.BAD_REQUEST


def _param(message: str) -> str | None:
    """OpenAI's name of the parameter that the model does not take; None where it says something else."""
    if not _NOT_TAKEN.search(message):
        return None
    extra = _EXTRA.match(message)
    named = next((param for native, param in _NAMES if native.search(message)), None)
    return named or (extra[1] if extra else None)


def _error_code(body: bytes) -> str | None:
    try:
        details = _BODY.decode(body).error.details
    except UNREADABLE:
        return None
    return details.error_code if details else None


def _until_reset_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until every limit that is used up begins anew; None where the headers do not say."""
    waits = []
    for kind in _KINDS_OF_LIMITS:
        name = f"anthropic-ratelimit-{kind}"
        if headers.get(f"{name}-remaining") != "0":
            continue
        try:
            reset = datetime.fromisoformat(headers.get(f"{name}-reset", ""))
        except ValueError:
            continue
        reset = reset if reset.tzinfo is not None else reset.replace(tzinfo=UTC)
        waits.append(max((reset - now).total_seconds(), 0.0))
    return max(waits, default=None)
