"""OpenAI's errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.simulator.api import Json, Refused, encoded


@dataclass(frozen=True, slots=True)
class _Facts:
    type: str
    code: str | None
    message: str


_ERRORS: Mapping[int, _Facts] = MappingProxyType(
    {
        400: _Facts("invalid_request_error", "invalid_value", "The request is not valid."),
        401: _Facts("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        403: _Facts(
            "invalid_request_error",
            "unsupported_country_region_territory",
            "Country, region, or territory not supported",
        ),
        404: _Facts(
            "invalid_request_error",
            "model_not_found",
            "The model does not exist or you do not have access to it.",
        ),
        429: _Facts("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
        503: _Facts(
            "service_unavailable_error",
            "server_is_overloaded",
            "That model is currently overloaded with other requests.",
        ),
    }
)
_SERVER_ERROR = _Facts("server_error", None, "The server had an error while processing your request.")
_ERRORS_BY_CODE: Mapping[str, _Facts] = MappingProxyType(
    {
        "insufficient_quota": _Facts(
            "insufficient_quota", "insufficient_quota", "You exceeded your current quota."
        ),
        "context_length_exceeded": _Facts(
            "invalid_request_error",
            "context_length_exceeded",
            "This model's maximum context length is 128000 tokens.",
        ),
    }
)


def error(status: int, code: str | None = None, message: str | None = None) -> Json:
    """The error body that OpenAI sends with `status`, with another `code` where one is given."""
    by_status = _ERRORS.get(status, _SERVER_ERROR if status >= 500 else _ERRORS[400])
    facts = _ERRORS_BY_CODE.get(code or "", by_status)
    return {
        "error": {
            "message": message or facts.message,
            "type": facts.type,
            "param": None,
            "code": code or facts.code,
        }
    }


def refused(status: int, code: str | None, message: str, param: str | None = None) -> Refused:
    """The refusal with `status`; many of OpenAI's have no code."""
    kind = _ERRORS.get(status, _ERRORS[400]).type
    told: Json = {"message": message, "type": kind, "param": param, "code": code}
    return Refused(status, encoded({"error": told}))


def invalid(message: str, param: str | None, code: str | None = None) -> Refused:
    """The refusal of a request that breaks a rule."""
    return refused(400, code, message, param)
