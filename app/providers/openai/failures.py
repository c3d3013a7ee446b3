"""What the errors of OpenAI, Azure and servers that speak their dialect mean."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.providers.base import Failure, FailureKind
from app.providers.openai.resets import until_reset_s
from app.providers.reported import ReportedError, read_error, retry_after_s, should_retry

# Structured codes and types: platform.openai.com/docs/guides/error-codes, the sources of vLLM and llama.cpp.
_BY_CODE: Final[Mapping[str, FailureKind]] = {
    "invalid_api_key": FailureKind.KEY_REFUSED,
    "invalid_organization": FailureKind.KEY_REFUSED,
    "mismatched_project": FailureKind.KEY_REFUSED,
    "account_deactivated": FailureKind.KEY_REFUSED,
    "authentication_error": FailureKind.KEY_REFUSED,
    "unsupported_country_region_territory": FailureKind.PERMISSION,
    "model_not_found": FailureKind.MODEL_NOT_FOUND,
    "DeploymentNotFound": FailureKind.MODEL_NOT_FOUND,
    "context_length_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "exceed_context_size_error": FailureKind.CONTEXT_TOO_LONG,
    "request_too_large": FailureKind.REQUEST_TOO_LARGE,
    # Not wrong in itself, but not for this model or server.
    "unsupported_parameter": FailureKind.UNSUPPORTED_HERE,
    "unsupported_value": FailureKind.UNSUPPORTED_HERE,
    "unknown_parameter": FailureKind.UNSUPPORTED_HERE,
    "content_filter": FailureKind.CONTENT_POLICY,
    "content_policy_violation": FailureKind.CONTENT_POLICY,
    "ResponsibleAIPolicyViolation": FailureKind.CONTENT_POLICY,
    "invalid_prompt": FailureKind.CONTENT_POLICY,
    "bio_policy": FailureKind.CONTENT_POLICY,
    "misalignment_policy_violation": FailureKind.CONTENT_POLICY,
    "insufficient_quota": FailureKind.QUOTA_EXHAUSTED,
    "billing_hard_limit_reached": FailureKind.QUOTA_EXHAUSTED,
    "billing_not_active": FailureKind.QUOTA_EXHAUSTED,
    "credit_balance_exhausted": FailureKind.QUOTA_EXHAUSTED,
    "organization_spend_limit_exceeded": FailureKind.QUOTA_EXHAUSTED,
    "project_spend_limit_exceeded": FailureKind.QUOTA_EXHAUSTED,
    "organization_usage_limit_exceeded": FailureKind.QUOTA_EXHAUSTED,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "slow_down": FailureKind.RATE_LIMITED,
    # Reasoning that another account's key sealed: this one cannot open it.
    "invalid_encrypted_content": FailureKind.UNSUPPORTED_HERE,
    "image_content_policy_violation": FailureKind.CONTENT_POLICY,
    "invalid_image": FailureKind.BAD_REQUEST,
    "invalid_image_format": FailureKind.BAD_REQUEST,
    "invalid_base64_image": FailureKind.BAD_REQUEST,
    "invalid_image_url": FailureKind.BAD_REQUEST,
    "image_too_large": FailureKind.BAD_REQUEST,
    "image_too_small": FailureKind.BAD_REQUEST,
    "image_parse_error": FailureKind.BAD_REQUEST,
    "image_file_too_large": FailureKind.BAD_REQUEST,
    "unsupported_image_media_type": FailureKind.BAD_REQUEST,
    "empty_image_file": FailureKind.BAD_REQUEST,
    "failed_to_download_image": FailureKind.BAD_REQUEST,
    "resource_unavailable": FailureKind.OVERLOADED,
    "server_is_overloaded": FailureKind.OVERLOADED,
    "service_unavailable_error": FailureKind.OVERLOADED,
    "overloaded_error": FailureKind.OVERLOADED,
    "capacity_exceeded": FailureKind.OVERLOADED,
    # Groq: the model wrote a tool call that nobody can read.
    "tool_use_failed": FailureKind.MALFORMED,
}

_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.KEY_REFUSED,
    402: FailureKind.QUOTA_EXHAUSTED,
    403: FailureKind.PERMISSION,
    404: FailureKind.MODEL_NOT_FOUND,
    407: FailureKind.PERMISSION,
    408: FailureKind.SERVER_ERROR,
    409: FailureKind.CONFLICT,
    413: FailureKind.REQUEST_TOO_LARGE,
    429: FailureKind.RATE_LIMITED,
    498: FailureKind.OVERLOADED,  # Groq
    499: FailureKind.SERVER_ERROR,
    503: FailureKind.OVERLOADED,
    529: FailureKind.OVERLOADED,
}

# Parameters of the Responses route by the names that they have in a chat request.
_CHAT_NAMES: Final = (
    (re.compile(r"reasoning\.effort\Z"), "reasoning_effort"),
    (re.compile(r"max_output_tokens\Z"), "max_completion_tokens"),
    (re.compile(r"text\.verbosity\Z"), "verbosity"),
    (re.compile(r"text\.format\b.*"), "response_format"),
    (re.compile(r"input\b.*"), "messages"),
)

# How messages name the parameter that they refuse, where no field does: OpenAI, Groq, and words of others.
_NAMED: Final = re.compile(
    r"(?i)(?:argument supplied: |unsupported parameter:? ['\"`]?|property '|parameter ['\"`])([a-z_]+)"
)

_TEMPLATE: Final = re.compile(
    r"(?i)jinja exception|system message must be at the beginning|roles must alternate"
)
# Google's words for both penalties at once, which come through OpenRouter and Google's own compatible route.
_PENALTY: Final = re.compile(r"(?i)penalty is not enabled")

_CONTEXT: Final = r"(?i)context (?:length|window|size)|maximum context|too many tokens|prompt is too long"
# Where a server gives no code, or one that says too little: the statuses, the words, what they mean.
_BY_WORDS: Final = (
    # It will never fit, whatever the code says: https://console.groq.com/docs/errors, OpenAI alike.
    (frozenset({413, 429}), re.compile(r"(?i)request too large"), FailureKind.REQUEST_TOO_LARGE),
    (frozenset({400, 413, 422, 500}), re.compile(_CONTEXT), FailureKind.CONTEXT_TOO_LONG),
    # Together: https://docs.together.ai/docs/error-codes
    (frozenset({403}), re.compile(_CONTEXT + r"|max_new_tokens|tokens exceed"), FailureKind.CONTEXT_TOO_LONG),
    (
        frozenset({400, 403}),
        re.compile(r"(?i)(?:incorrect|invalid|missing|expired).{0,20}api.?key"),
        FailureKind.KEY_REFUSED,
    ),
    # Of the model's template, which judges the messages: vLLM with 400, llama.cpp and Ollama with 500 too.
    (frozenset({400, 404, 500}), _TEMPLATE, FailureKind.UNSUPPORTED_HERE),
    (frozenset({400}), _PENALTY, FailureKind.UNSUPPORTED_HERE),
    (
        frozenset({400, 422}),
        re.compile(
            r"(?i)unrecognized request argument|unsupported parameter|property '[^']+' is unsupported"
            r"|not supported (?:with|by|for) (?:this|the) model"
        ),
        FailureKind.UNSUPPORTED_HERE,
    ),
    (
        frozenset({400, 422}),
        re.compile(r"(?i)model\b.{0,250}(?:does not exist|not found)|not a valid model"),
        FailureKind.MODEL_NOT_FOUND,
    ),
    (
        frozenset({403, 429}),
        re.compile(
            r"(?i)insufficient (?:quota|balance|credit|funds)|exceeded your current quota|spend(?:ing)? limit"
        ),
        FailureKind.QUOTA_EXHAUSTED,
    ),
)


def classify_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Failure:
    """What a non-2xx answer means."""
    error = read_error(body)
    kind = _kind(status, error)
    params = _refused(error) if kind is FailureKind.UNSUPPORTED_HERE and not error.param else ()
    hint = retry_after_s(headers, now)
    return Failure(
        kind=kind,
        message=error.message,
        status=status,
        type=error.type,
        code=_code(error),
        param=_chat_name(params[0] if params else error.param),
        also=params[1:],
        retry_after_s=until_reset_s(headers) if hint is None and status == 429 else hint,
        should_retry=should_retry(headers),
    )


def _refused(error: ReportedError) -> tuple[str, ...]:
    """The parameters that the words of a message refuse."""
    if _TEMPLATE.search(error.message):
        return ("messages",)
    if _PENALTY.search(error.message):
        return ("presence_penalty", "frequency_penalty")
    named = _NAMED.search(error.message)
    return (named[1],) if named else ()


def classify_event(body: bytes) -> Failure:
    """What an error that comes under status 200 means. Its status is the one that it names, if any."""
    error = read_error(body)
    status = error.number if error.number is not None and 400 <= error.number <= 599 else None
    return Failure(
        kind=_kind(status or 500, error),
        message=error.message,
        status=status,
        type=error.type,
        code=_code(error),
        param=_chat_name(error.param),
    )


def _code(error: ReportedError) -> str | None:
    """The code where it is a word: vLLM and others repeat the status there."""
    return error.code if error.number is None else None


def _chat_name(param: str | None) -> str | None:
    matching = (name for pattern, name in _CHAT_NAMES if param and pattern.match(param))
    return next(matching, param)


def _kind(status: int, error: ReportedError) -> FailureKind:
    kind = _by_words(status, error.message, _BY_WORDS[:1]) or _by_code(error)
    return kind or _by_words(status, error.message, _BY_WORDS[1:]) or _by_status(status)


def _by_code(error: ReportedError) -> FailureKind | None:
    # The type first where it says quota: OpenAI sends it along with codes that come and go.
    if error.type == "insufficient_quota":
        return FailureKind.QUOTA_EXHAUSTED
    return _BY_CODE.get(error.code or "") or _BY_CODE.get(error.type or "")


def _by_words(
    status: int, message: str, rows: tuple[tuple[frozenset[int], re.Pattern[str], FailureKind], ...]
) -> FailureKind | None:
    return next((kind for at, words, kind in rows if status in at and words.search(message)), None)


def _by_status(status: int) -> FailureKind:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return FailureKind.SERVER_ERROR
    # A redirect, or a method that is not allowed, is no answer of this API: the base URL leads elsewhere.
    return FailureKind.MALFORMED if status < 400 or status == 405 else FailureKind.BAD_REQUEST
