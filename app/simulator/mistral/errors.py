"""Mistral's errors: those of its web framework (`detail`), and its own (`object`, `type`, `code`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.simulator.api import Json, Refused, encoded


@dataclass(frozen=True, slots=True)
class Facts:
    """What an error of Mistral's own tells; the code is a number in a string."""

    type: str
    code: str | None
    message: str


INVALID = Facts("invalid_request_invalid_args", "3051", "The request is not valid.")
INVALID_MODEL = Facts("invalid_model", "1500", "Invalid model: simulated")
INVALID_ORDER = Facts("invalid_request_message_order", "3230", "Unexpected role 'user' after role 'tool'")
INVALID_CALL = Facts(
    "invalid_function_call",
    "3280",
    "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.",
)
INVALID_ASSISTANT = Facts(
    "invalid_request_assistant_message",
    "3240",
    "Assistant message must have either content or tool_calls, but not none.",
)
GUARDED = Facts("guardrail_blocked", None, "The request was blocked by a guardrail.")
TOO_LONG = Facts(
    "invalid_request_prompt",
    "3051",
    "Prompt contains 140000 tokens, too large for model with 131072 maximum context length",
)
_SERVER_ERROR = Facts("internal_server_error", "3000", "Internal server error")
_BY_STATUS: Mapping[int, Facts] = MappingProxyType(
    {
        400: INVALID,
        402: Facts("payment_required", None, "You need to activate payments on your account."),
        403: Facts("forbidden", None, "This API key is not allowed to use this resource."),
        404: INVALID_MODEL,
        429: Facts("rate_limited", "1300", "Rate limit exceeded"),
        503: Facts("service_unavailable", "3700", "Service unavailable."),
    }
)
_BY_CODE: Mapping[str, Facts] = MappingProxyType(
    {
        "3230": INVALID_ORDER,
        "3280": INVALID_CALL,
        "3505": Facts(
            "service_tier_capacity_exceeded", "3505", "Service tier capacity exceeded for this model."
        ),
        "context_length_exceeded": TOO_LONG,
        "guardrail": GUARDED,
    }
)
_DETAILS: Mapping[int, str] = MappingProxyType(
    {401: "Unauthorized", 405: "Method Not Allowed", 413: "Request Entity Too Large"}
)
_EXTRA = {
    "type": "extra_forbidden",
    "loc": ["body", "simulated"],
    "msg": "Extra inputs are not permitted",
    "input": None,
}


def error(status: int, code: str | None = None, message: str | None = None) -> bytes:
    """The body that Mistral sends with an error of this status."""
    if status in _DETAILS:
        return encoded({"detail": message or _DETAILS[status]})
    if status == 422:
        return encoded({"detail": [_EXTRA]})
    facts = _BY_CODE.get(code or "", _BY_STATUS.get(status, _SERVER_ERROR if status >= 500 else INVALID))
    return encoded(described(status, facts, message))


def described(status: int, facts: Facts, message: str | None = None) -> Json:
    """An error of Mistral's own."""
    return {
        "object": "error",
        "message": message or facts.message,
        "type": facts.type,
        "param": None,
        "code": facts.code,
        "raw_status_code": status,
    }


def stream_error(code: str) -> Json:
    """The error that a stream breaks off with."""
    return described(500, _BY_CODE.get(code, _SERVER_ERROR))


def refused(status: int, facts: Facts, message: str | None = None) -> Refused:
    """A request that is answered with an error of Mistral's own."""
    return Refused(status, encoded(described(status, facts, message)))


def detailed(status: int, detail: str | Sequence[Json]) -> Refused:
    """A request that the web framework does not let in."""
    return Refused(status, encoded({"detail": detail}))
