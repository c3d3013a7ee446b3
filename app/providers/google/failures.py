"""What Google's errors mean.

They are google.rpc.Status with its details; ai.google.dev/gemini-api/docs/troubleshooting lists them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from app.providers.base import Failure, FailureKind
from app.providers.native_json import UNREADABLE
from app.providers.reported import bounded_s, read_error, retry_after_s

_K = FailureKind

_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    400: _K.BAD_REQUEST,
    401: _K.KEY_REFUSED,
    402: _K.QUOTA_EXHAUSTED,
    403: _K.PERMISSION,
    404: _K.MODEL_NOT_FOUND,
    408: _K.SERVER_ERROR,
    409: _K.CONFLICT,
    413: _K.REQUEST_TOO_LARGE,
    429: _K.RATE_LIMITED,
    499: _K.SERVER_ERROR,
    503: _K.OVERLOADED,
}
_CANONICAL: Final[Mapping[str, int]] = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
_KEY_REASONS: Final = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "ACCESS_TOKEN_EXPIRED"})
_NO_KEY: Final = re.compile(r"(?i)api.?key (?:not valid|not found|expired|is missing)|pass a valid api.?key")
_TOO_LONG: Final = re.compile(
    r"(?i)(?:input )?token count .{0,80}exceeds|exceeds the maximum number of tokens"
)
_PRECONDITION: Final = re.compile(r"(?i)user location is not supported|billing|free tier is not available")
_SPENT: Final = re.compile(r"(?i)limit: 0\b|prepa(?:id|yment)|credits?\b|spend(?:ing)? (?:cap|limit)|billing")
_PER_DAY: Final = re.compile(r"PerDay")

# Said of both penalties, whichever was sent.
_NO_PENALTY: Final = re.compile(r"(?i)penalty is not enabled")

# Google's words for a parameter, and OpenAI's name of it. The first row that matches counts.
_PARAMS: Final = tuple(
    (re.compile(words, re.IGNORECASE), param)
    for words, param in (
        (r"thought.?signature", "messages"),
        (r"penalty is not enabled|presence.?penalty", "presence_penalty"),
        (r"frequency.?penalty", "frequency_penalty"),
        (r"multiple candidates|candidate.?count", "n"),
        (r"log.?probs", "logprobs"),
        (r"thinking", "reasoning_effort"),
        (r"response mime.?type|response.?(?:json.?)?schema", "response_format"),
        (r"parameters.?json.?schema|function.?declarations?|function calling|tool use", "tools"),
        (r"allowed.?function.?names|function.?calling.?config|tool.?config", "tool_choice"),
        (r"google.?search|search as a tool", "web_search_options"),
        (r"temperature", "temperature"),
        (r"\btop.?p\b", "top_p"),
        (r"\btop.?k\b", "top_k"),
        (r"\bseed\b", "seed"),
        (r"stop.?sequences?", "stop"),
        (r"max.?output.?tokens", "max_completion_tokens"),
        (r"service.?tier", "service_tier"),
        (r"developer instruction|system.?instruction", "messages"),
        (r"mime type|inline.?data|file.?data|file.?uri", "messages"),
    )
)


class _Violation(msgspec.Struct, rename="camel"):
    field: str = ""
    description: str = ""
    quota_id: str = ""


class _Detail(msgspec.Struct, rename="camel"):
    reason: str = ""
    retry_delay: str = ""
    violations: list[_Violation] = []
    field_violations: list[_Violation] = []


class _Error(msgspec.Struct):
    status: str = ""
    details: list[_Detail] = []


class _Body(msgspec.Struct):
    error: _Error


_BODY: Final[msgspec.json.Decoder[_Body | list[_Body]]] = msgspec.json.Decoder(_Body | list[_Body])
_DELAY: Final = re.compile(r"(\d+(?:\.\d+)?)s\Z")


def classify_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Failure:
    """What a non-2xx answer means."""
    reported = read_error(body)
    error = _structured(body)
    kind, param = _kind(status, error, reported.message)
    return Failure(
        kind=kind,
        message=reported.message,
        status=status,
        param=param,
        retry_after_s=_hint(error) or retry_after_s(headers, now),
        also=("frequency_penalty",) if _NO_PENALTY.search(reported.message) else (),
    )


def classify_inside(body: bytes) -> Failure:
    """What an error under status 200 means, as in the middle of a stream."""
    reported = read_error(body)
    error = _structured(body)
    status = reported.number if reported.number in range(400, 600) else _CANONICAL.get(error.status)
    kind, param = _kind(status or 500, error, reported.message)
    return Failure(kind, reported.message, status, param=param, retry_after_s=_hint(error))


def _kind(status: int, error: _Error, message: str) -> tuple[FailureKind, str | None]:
    reasons = {detail.reason for detail in error.details}
    if reasons & _KEY_REASONS or (status in {400, 403} and _NO_KEY.search(message)):
        return _K.KEY_REFUSED, None
    if status == 400:
        return _bad_request(error, message)
    if status == 429 and (_SPENT.search(message) or _is_daily(error)):
        return _K.QUOTA_EXHAUSTED, None
    if status in _BY_STATUS:
        return _BY_STATUS[status], None
    if status >= 500:
        return _K.SERVER_ERROR, None
    # A redirect, or a method that is not allowed, is no answer of this API: the base URL leads elsewhere.
    return _K.MALFORMED if status < 400 or status == 405 else _K.BAD_REQUEST, None


def _bad_request(error: _Error, message: str) -> tuple[FailureKind, str | None]:
    if _TOO_LONG.search(message):
        return _K.CONTEXT_TOO_LONG, None
    if error.status == "FAILED_PRECONDITION" or _PRECONDITION.search(message):
        return _K.PERMISSION, None
    named = " ".join(it.field for detail in error.details for it in detail.field_violations)
    param = _param(named) or _param(message)
    # The request was made here: what Google does not take of it, another provider may.
    return (_K.BAD_REQUEST, None) if param is None else (_K.UNSUPPORTED_HERE, param)


def _param(words: str) -> str | None:
    return next((param for pattern, param in _PARAMS if pattern.search(words)), None)


def _is_daily(error: _Error) -> bool:
    return any(_PER_DAY.search(it.quota_id) for detail in error.details for it in detail.violations)


def _hint(error: _Error) -> float | None:
    """The seconds of RetryInfo, which Google sends in the place of a header."""
    delays = (_DELAY.match(detail.retry_delay) for detail in error.details)
    # Of hundreds of digits a float makes infinity.
    return next((bounded_s(float(delay[1])) for delay in delays if delay), None)


def _structured(body: bytes) -> _Error:
    try:
        decoded = _BODY.decode(body)
    except UNREADABLE:
        return _Error()
    if isinstance(decoded, list):
        return decoded[0].error if decoded else _Error()
    return decoded.error
