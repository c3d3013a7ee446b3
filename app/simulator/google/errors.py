"""Google's errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.simulator.api import Json, Refused, encoded

_RPC = "type.googleapis.com/google.rpc."


@dataclass(frozen=True, slots=True)
class _Facts:
    status: str
    message: str
    details: tuple[Json, ...] = ()


def _exhausted(quota: str, *more: Json) -> _Facts:
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
        "quotaId": f"GenerateRequests{quota}PerProjectPerModel",
    }
    failure: Json = {"@type": f"{_RPC}QuotaFailure", "violations": [violation]}
    return _Facts("RESOURCE_EXHAUSTED", "You exceeded your current quota.", (failure, *more))


_BY_STATUS: Mapping[int, _Facts] = MappingProxyType(
    {
        400: _Facts("INVALID_ARGUMENT", "Request contains an invalid argument."),
        401: _Facts("UNAUTHENTICATED", "Request had invalid authentication credentials."),
        403: _Facts("PERMISSION_DENIED", "The caller does not have permission"),
        404: _Facts("NOT_FOUND", "Requested entity was not found."),
        429: _exhausted("PerMinute", {"@type": f"{_RPC}RetryInfo", "retryDelay": "17s"}),
        499: _Facts("CANCELLED", "The operation was cancelled."),
        500: _Facts("INTERNAL", "An internal error has occurred."),
        503: _Facts("UNAVAILABLE", "The model is overloaded. Please try again later."),
        504: _Facts("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    }
)
# What the status alone does not tell apart; the first two are called as OpenAI calls them.
_BY_CODE: Mapping[str, _Facts] = MappingProxyType(
    {
        "insufficient_quota": _exhausted("PerDay"),
        "context_length_exceeded": _Facts(
            "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        ),
        "API_KEY_INVALID": _Facts(
            "INVALID_ARGUMENT",
            "API key not valid. Please pass a valid API key.",
            (
                {
                    "@type": f"{_RPC}ErrorInfo",
                    "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                    "metadata": {"service": "generativelanguage.googleapis.com"},
                },
            ),
        ),
        "FAILED_PRECONDITION": _Facts(
            "FAILED_PRECONDITION", "User location is not supported for the API use."
        ),
    }
)


def error(status: int, code: str | None = None, message: str | None = None) -> Json:
    """The error body of `status`; `code` is a gRPC status, or what that does not tell."""
    by_status = _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])
    facts = _BY_CODE.get(code or "", by_status)
    said: Json = {
        "code": status,
        "message": message or facts.message,
        "status": facts.status if code in _BY_CODE else code or facts.status,
    }
    details = () if message is not None else facts.details
    return {"error": said | ({"details": list(details)} if details else {})}


def invalid(message: str) -> Refused:
    """The refusal of a request that breaks a rule."""
    return refused(400, message)


def violated(field: str, description: str) -> Refused:
    """The refusal of a body that does not have the right shape."""
    body = error(400, message=f"Invalid JSON payload received. {description}")
    violation = {"field": field, "description": description}
    details = [{"@type": f"{_RPC}BadRequest", "fieldViolations": [violation]}]
    return Refused(400, encoded({"error": {**_inside(body), "details": details}}))


def _inside(body: Json) -> Json:
    inside = body["error"]
    return inside if isinstance(inside, dict) else {}


def refused(status: int, message: str) -> Refused:
    """The refusal with `status`."""
    return Refused(status, encoded(error(status, message=message)))
