"""Anthropic's errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.simulator.api import Json, Refused, encoded


@dataclass(frozen=True, slots=True)
class _Facts:
    type: str
    message: str
    # `error.details.error_code`, which some kinds have besides.
    error_code: str | None = None


_BY_STATUS: Mapping[int, _Facts] = MappingProxyType(
    {
        400: _Facts("invalid_request_error", "The request is not valid."),
        401: _Facts("authentication_error", "invalid x-api-key"),
        402: _Facts("billing_error", "There is an issue with your billing or payment information."),
        403: _Facts("permission_error", "Your API key does not have permission to use the resource."),
        404: _Facts("not_found_error", "model: not found"),
        413: _Facts("request_too_large", "Request exceeds the maximum size"),
        429: _Facts("rate_limit_error", "This request would exceed your organization's rate limit."),
        500: _Facts("api_error", "Internal server error"),
        504: _Facts("timeout_error", "The request timed out while processing."),
        529: _Facts("overloaded_error", "Overloaded"),
    }
)
# What the type alone does not tell apart; the first two are called as OpenAI calls them.
_BY_CODE: Mapping[str, _Facts] = MappingProxyType(
    {
        "insufficient_quota": _Facts(
            "invalid_request_error", "Your credit balance is too low to access the Anthropic API."
        ),
        "context_length_exceeded": _Facts(
            "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"
        ),
        "enforced_spend_limit_reached": _Facts(
            "rate_limit_error",
            "You have reached your specified API usage limits.",
            "enforced_spend_limit_reached",
        ),
    }
)


def error(status: int, code: str | None = None, message: str | None = None) -> Json:
    """The error body of `status`; `code` is a type of error, or what the type does not tell."""
    by_status = _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])
    facts = _BY_CODE.get(code or "", _Facts(code or by_status.type, by_status.message))
    details: Json = {"details": {"error_code": facts.error_code}} if facts.error_code else {}
    return {"type": "error", "error": {"type": facts.type, "message": message or facts.message} | details}


def invalid(message: str) -> Refused:
    """The refusal of a request that breaks a rule."""
    return refused(400, message)


def refused(status: int, message: str) -> Refused:
    """The refusal with `status`."""
    return Refused(status, encoded(error(status, message=message)))
