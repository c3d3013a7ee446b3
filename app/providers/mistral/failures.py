"""What Mistral's errors mean: those of its web framework (`detail`), and its own (`object: error`)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from app.providers.base import Failure, FailureKind
from app.providers.reported import READ_LENGTH, ReportedError, read_error, retry_after_s, should_retry


class _Problem(msgspec.Struct):
    msg: str = ""
    loc: list[str | int] = []


class _Detailed(msgspec.Struct):
    detail: list[_Problem]


class _Wrapped(msgspec.Struct):
    message: _Detailed


# The shape of `detail` where there is one; other bodies are read by their words.
_SHAPES: Final = (msgspec.json.Decoder(_Detailed), msgspec.json.Decoder(_Wrapped))

# docs.mistral.ai/api, and what users met: 3230 order of messages, 3240 empty turn, 3280 id of a tool call,
# 3051 argument. What one of them says of is no fault of the request that other providers would find too.
_BY_CODE: Final[Mapping[str, FailureKind]] = {
    "1500": FailureKind.MODEL_NOT_FOUND,
    "invalid_model": FailureKind.MODEL_NOT_FOUND,
    "1300": FailureKind.RATE_LIMITED,
    "3505": FailureKind.OVERLOADED,
    "service_tier_capacity_exceeded": FailureKind.OVERLOADED,
    "guardrail_blocked": FailureKind.CONTENT_POLICY,
    "3051": FailureKind.UNSUPPORTED_HERE,
    "3230": FailureKind.UNSUPPORTED_HERE,
    "3240": FailureKind.UNSUPPORTED_HERE,
    "3280": FailureKind.UNSUPPORTED_HERE,
}
_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.KEY_REFUSED,
    402: FailureKind.QUOTA_EXHAUSTED,
    403: FailureKind.PERMISSION,
    404: FailureKind.MODEL_NOT_FOUND,
    405: FailureKind.MALFORMED,
    409: FailureKind.CONFLICT,
    413: FailureKind.REQUEST_TOO_LARGE,
    422: FailureKind.UNSUPPORTED_HERE,
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.OVERLOADED,
    529: FailureKind.OVERLOADED,
}
_BY_WORDS: Final = (
    (
        frozenset({400, 422}),
        re.compile(r"(?i)prompt contains \d+ tokens|too large for model|context length"),
        FailureKind.CONTEXT_TOO_LONG,
    ),
    (frozenset({400, 403}), re.compile(r"(?i)guardrail|moderation"), FailureKind.CONTENT_POLICY),
    (frozenset({400}), re.compile(r"(?i)invalid model"), FailureKind.MODEL_NOT_FOUND),
    (frozenset({429}), re.compile(r"(?i)capacity exceeded"), FailureKind.OVERLOADED),
    (
        frozenset({403, 429}),
        re.compile(r"(?i)quota|monthly|spend(?:ing)? limit|usage limit"),
        FailureKind.QUOTA_EXHAUSTED,
    ),
    (
        frozenset({400}),
        re.compile(r"(?i)(?:is )?not (?:enabled|supported) for this model"),
        FailureKind.UNSUPPORTED_HERE,
    ),
)

# The names of OpenAI's parameters, where Mistral has another.
_NAMES: Final[Mapping[str, str]] = {"random_seed": "seed"}
_NAMED: Final = re.compile(
    r"\b(temperature|top_p|random_seed|frequency_penalty|presence_penalty|top_k|reasoning_effort|max_tokens|"
    r"parallel_tool_calls|response_format|tool_choice|logprobs|top_logprobs|prediction)\b"
)
# Pydantic names the variant of a union inside the place of a problem.
_VARIANTS: Final = frozenset({"system", "user", "assistant", "tool"})


def classify_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Failure:
    """What a non-2xx answer means. `param` is OpenAI's name, where one is to blame."""
    error = _read(body)
    return Failure(
        kind=_kind(status, error),
        message=error.message,
        status=status,
        param=error.param,
        retry_after_s=retry_after_s(headers, now),
        should_retry=should_retry(headers),
    )


def classify_event(body: bytes) -> Failure:
    """What an error under status 200 means."""
    error = _read(body)
    status = error.number if error.number is not None and 400 <= error.number <= 599 else None
    kind = _kind(status or 500, error)
    return Failure(kind, error.message, status=status, param=error.param)


def _read(body: bytes) -> ReportedError:
    error = read_error(body)
    problems = _problems(body)
    if problems:
        message = "; ".join([f"{_place(problem.loc)}: {problem.msg}" for problem in problems])
        place = _place(problems[0].loc) or None
        return ReportedError(message[:READ_LENGTH], error.type, error.code, place)
    named = _NAMED.search(error.message)
    param = error.param or (_NAMES.get(named[1], named[1]) if named else None)
    return ReportedError(error.message, error.type, error.code, param, error.number)


def _problems(body: bytes) -> Sequence[_Problem]:
    for shape in _SHAPES:
        try:
            found = shape.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        return found.message.detail if isinstance(found, _Wrapped) else found.detail
    return ()


def _place(loc: Sequence[str | int]) -> str:
    """OpenAI's name for the place of a problem: `messages[2].content`."""
    name = ""
    for step in loc:
        if isinstance(step, int):
            name += f"[{step}]"
        elif step != "body" and not (step in _VARIANTS and name.endswith("]")):
            name += f".{step}" if name else _NAMES.get(step, step)
    return name


def _kind(status: int, error: ReportedError) -> FailureKind:
    for statuses, words, kind in _BY_WORDS:
        if status in statuses and words.search(error.message):
            return kind
    if status in {400, 403, 404, 429, 500}:
        kind_by_code = _BY_CODE.get(error.code or "") or _BY_CODE.get(error.type or "")
        if kind_by_code is not None:
            return kind_by_code
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == 408 or status >= 500:
        return FailureKind.SERVER_ERROR
    return FailureKind.MALFORMED if status < 400 else FailureKind.BAD_REQUEST
