"""Cohere's errors: a message and an id, nothing else to tell them apart by."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.ids import new_id
from app.simulator.api import Refused, encoded

_SERVER_ERROR = "internal server error, please try again later"
_MESSAGES: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid request: the request is not valid.",
        401: "invalid api token",
        402: "Please add or update your payment method at https://dashboard.cohere.com/billing.",
        403: "your API key does not have access to this resource.",
        404: "model 'simulated' not found, make sure the correct model ID was used "
        "and that you have access to the model.",
        405: "method not allowed",
        422: "unknown field: parameter 'simulated' is not a valid field.",
        429: "You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use "
        "the Trial key for free or upgrade to a Production key with higher rate limits.",
        498: "invalid api token",
        499: "request cancelled",
        501: "not implemented",
        503: "the service is temporarily unavailable, please try again later",
        504: "request timed out, please try again later",
    }
)
# Cohere has no codes: what other providers tell by a code stands in its words.
_MESSAGES_BY_CODE: Mapping[str, str] = MappingProxyType(
    {
        "context_length_exceeded": "too many tokens: total number of tokens in the prompt cannot exceed "
        "128000 - received 129312. Try using a shorter prompt, or enable prompt truncating.",
        "insufficient_quota": "You are using a Trial key, which is limited to 1000 API calls / month. "
        "You can continue to use the Trial key for free or upgrade to a Production key.",
    }
)


def error(status: int, code: str | None = None, message: str | None = None) -> bytes:
    """The body that Cohere sends with an error of this status."""
    by_status = _MESSAGES.get(status, _SERVER_ERROR if status >= 500 else _MESSAGES[400])
    words = message or _MESSAGES_BY_CODE.get(code or "", by_status)
    return encoded({"id": str(new_id()), "message": words})


def refused(status: int, message: str) -> Refused:
    """A request that is answered with an error in these words."""
    return Refused(status, error(status, message=message))


def invalid(message: str) -> Refused:
    """A request whose values make no sense to Cohere."""
    return refused(400, f"invalid request: {message}")
