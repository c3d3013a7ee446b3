"""What Cohere's errors mean. They have a message and an id: what is not in the status is in the words."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.providers.base import Failure, FailureKind
from app.providers.reported import read_error, retry_after_s, should_retry

# docs.cohere.com/reference/errors
_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.KEY_REFUSED,
    402: FailureKind.QUOTA_EXHAUSTED,
    403: FailureKind.PERMISSION,
    404: FailureKind.MODEL_NOT_FOUND,
    405: FailureKind.MALFORMED,
    408: FailureKind.SERVER_ERROR,
    409: FailureKind.CONFLICT,
    413: FailureKind.REQUEST_TOO_LARGE,
    429: FailureKind.RATE_LIMITED,
    498: FailureKind.KEY_REFUSED,
    499: FailureKind.SERVER_ERROR,
    503: FailureKind.OVERLOADED,
    529: FailureKind.OVERLOADED,
}
_BY_WORDS: Final = (
    (
        frozenset({400, 413, 422}),
        re.compile(r"(?i)too many tokens|maximum context|context length"),
        FailureKind.CONTEXT_TOO_LONG,
    ),
    (frozenset({400, 422}), re.compile(r"(?i)model '[^']*' not found"), FailureKind.MODEL_NOT_FOUND),
    (frozenset({400, 403}), re.compile(r"(?i)invalid api (?:token|key)"), FailureKind.KEY_REFUSED),
    (
        frozenset({429}),
        re.compile(r"(?i)calls ?/ ?month|per month|quota|billing|credit"),
        FailureKind.QUOTA_EXHAUSTED,
    ),
    (
        frozenset({400, 422}),
        re.compile(
            r"(?i)is not a valid field|(?:is|are) not supported|must be (?:between|at (?:least|most))"
            r"|cannot (?:both )?be|not configurable|must not contain references"
        ),
        FailureKind.UNSUPPORTED_HERE,
    ),
)

# The names of OpenAI's parameters, where Cohere has another.
_NAMES: Final[Mapping[str, str]] = {
    "p": "top_p",
    "k": "top_k",
    "stop_sequences": "stop",
    "thinking": "reasoning_effort",
    "strict_tools": "tools",
}
_NAMED: Final = re.compile(
    r"parameter '(\w+)'"
    r"|\b(temperature|p|k|seed|frequency_penalty|presence_penalty|max_tokens|stop_sequences|thinking|logprobs"
    r"|response_format|tool_choice|strict_tools|tools)\b"
    r"(?=[\w. ]* (?:must be|is not|are not|cannot|can only))"
)


def classify_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Failure:
    """What a non-2xx answer means. `param` is OpenAI's name, where one is to blame."""
    error = read_error(body)
    named = _NAMED.search(error.message)
    native = (named[1] or named[2]) if named else None
    return Failure(
        kind=_kind(status, error.message),
        message=error.message,
        status=status,
        param=_NAMES.get(native, native) if native else None,
        retry_after_s=retry_after_s(headers, now),
        should_retry=should_retry(headers),
    )


def classify_event(body: bytes) -> Failure:
    """What an error inside a stream means."""
    return Failure(FailureKind.SERVER_ERROR, read_error(body).message)


def _kind(status: int, message: str) -> FailureKind:
    for statuses, words, kind in _BY_WORDS:
        if status in statuses and words.search(message):
            return kind
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return FailureKind.SERVER_ERROR
    return FailureKind.MALFORMED if status < 400 else FailureKind.BAD_REQUEST
