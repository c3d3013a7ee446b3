"""The one table of failures: what to do after each kind, and what the client is told if nothing helps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import (
    CompletionFailed,
    FailureFacts,
    InvalidImageUrl,
    RouteError,
    Unavailable,
    UnsupportedParameter,
    UnsupportedValue,
)
from app.gateway.known import Candidate
from app.providers.base import Failure, FailureKind
from app.providers.verdicts import Objection


class Action(StrEnum):
    """What follows a failed attempt."""

    RETURN = "return"  # to the client at once: it would fail everywhere
    RETRY = "retry"  # the same candidate again, once, then the next
    WAIT = "wait"  # the same candidate again where the provider says when, and soon; else the next
    NEXT = "next"  # the next candidate at once
    OTHER_MODEL = "other_model"  # the next candidate that is not the same model


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the action, and OpenAI's status, type and code for the client."""

    action: Action
    status: int
    type: str
    code: str
    # Whether the provider is to blame: it rests after several, and the provider key's lastError says so.
    is_providers_fault: bool = False
    # Whether asking again later may help.
    is_transient: bool = False


_REQUEST = "invalid_request_error"
_SERVER = "server_error"

RULES: Mapping[FailureKind, Rule] = {
    FailureKind.BAD_REQUEST: Rule(Action.RETURN, 400, _REQUEST, "invalid_value"),
    FailureKind.UNSUPPORTED_HERE: Rule(Action.NEXT, 400, _REQUEST, "unsupported_parameter"),
    FailureKind.CONTENT_POLICY: Rule(Action.RETURN, 400, _REQUEST, "content_policy_violation"),
    FailureKind.CONTEXT_TOO_LONG: Rule(Action.OTHER_MODEL, 400, _REQUEST, "context_length_exceeded"),
    FailureKind.REQUEST_TOO_LARGE: Rule(Action.NEXT, 413, _REQUEST, "request_too_large"),
    FailureKind.MODEL_NOT_FOUND: Rule(Action.NEXT, 404, _REQUEST, "model_not_found"),
    FailureKind.PERMISSION: Rule(Action.NEXT, 403, "permission_error", "permission_denied", True),
    # Never 401: that would tell the client that its own API key is bad.
    FailureKind.KEY_REFUSED: Rule(Action.NEXT, 502, "provider_auth_error", "invalid_provider_key", True),
    FailureKind.QUOTA_EXHAUSTED: Rule(Action.NEXT, 429, "insufficient_quota", "insufficient_quota", True),
    FailureKind.RATE_LIMITED: Rule(Action.WAIT, 429, "requests", "rate_limit_exceeded", True, True),
    FailureKind.OVERLOADED: Rule(Action.RETRY, 503, _SERVER, "overloaded", True, True),
    FailureKind.SERVER_ERROR: Rule(Action.RETRY, 502, _SERVER, "upstream_error", True, True),
    FailureKind.CONFLICT: Rule(Action.RETRY, 409, _REQUEST, "conflict", False, True),
    FailureKind.CONNECTION: Rule(Action.RETRY, 502, _SERVER, "connection_failed", True, True),
    FailureKind.SILENCE: Rule(Action.NEXT, 504, _SERVER, "timeout", True, True),
    FailureKind.MALFORMED: Rule(Action.RETRY, 502, _SERVER, "invalid_upstream_response", True, True),
    # Another model may say less.
    FailureKind.ANSWER_TOO_LARGE: Rule(Action.NEXT, 502, _SERVER, "upstream_response_too_large", True),
    FailureKind.CUT: Rule(Action.RETRY, 502, _SERVER, "upstream_stream_interrupted", True, True),
    # Our own shortage is never the provider's failure; connections to another one may be free.
    FailureKind.NO_CONNECTION_FREE: Rule(Action.NEXT, 503, _SERVER, "overloaded", False, True),
}

# For these the provider's own type, code and parameter are the client's business: it can mend the request.
_CLIENTS_BUSINESS = frozenset(
    {
        FailureKind.BAD_REQUEST,
        FailureKind.UNSUPPORTED_HERE,
        FailureKind.CONTENT_POLICY,
        FailureKind.CONTEXT_TOO_LONG,
        FailureKind.REQUEST_TOO_LARGE,
        FailureKind.MODEL_NOT_FOUND,
    }
)


def action_after(failure: Failure) -> Action:
    """What to do next; where asking again may help, the provider's own verdict goes before the table's."""
    action = RULES[failure.kind].action
    if action is Action.RETURN:
        return action
    if failure.should_retry is False and action in {Action.RETRY, Action.WAIT}:
        return Action.NEXT
    if failure.should_retry is True and action is Action.WAIT:
        # It need not say when.
        return Action.RETRY
    return action


def may_pass(failure: Failure) -> bool:
    """Whether asking again later may help, unless the provider itself says that it cannot."""
    return RULES[failure.kind].is_transient and failure.should_retry is not False


def to_error(label: str | None, failure: Failure) -> CompletionFailed:
    """What the client is told about one failure of the provider key with this label."""
    return CompletionFailed(_message(label, failure), _facts(failure))


def summarise(failures: list[tuple[str, Failure]]) -> CompletionFailed:
    """The one error for a completion that every candidate failed; `failures` are (provider's label, failure).

    The last failure speaks, but one that may pass by itself goes before one that will not: it tells the
    client whether asking again can help. What went back at once speaks for itself. The smallest Retry-After
    of all is passed on.
    """
    label, failure = failures[-1]
    if RULES[failure.kind].action is not Action.RETURN:
        transient = [item for item in failures if may_pass(item[1])]
        label, failure = (transient or failures)[-1]
    facts = _facts(failure)
    hints = [item.retry_after_s for _, item in failures if item.retry_after_s is not None]
    attempts = tuple(
        {"provider": name, "status": item.status, "message": item.message} for name, item in failures
    )
    retry_after_s = min(hints) if hints and facts.http_status in {429, 503} else None
    return CompletionFailed(
        _message(label, failure), replace(facts, retry_after_s=retry_after_s, attempts=attempts)
    )


@dataclass(frozen=True, slots=True)
class PassedBy:
    """A candidate that was not tried, since it cannot do what the request asks for."""

    candidate: Candidate
    objections: tuple[Objection, ...]


_REFUSALS: Mapping[str, type[RouteError]] = {
    kind.code: kind for kind in (UnsupportedParameter, UnsupportedValue, InvalidImageUrl, Unavailable)
}


def nobody_serves(model: str, passed_by: Sequence[PassedBy]) -> RouteError:
    """The error for a request that no candidate can serve: it names the first parameter, and lists all.

    What is wrong with the request itself goes before what a candidate lacks.
    """
    objections = [it for one in passed_by for it in one.objections]
    first = next((it for it in objections if it.code == InvalidImageUrl.code), objections[0])
    lists = "; ".join(
        f"{one.candidate.provider_key.label} ({one.candidate.model}): "
        + ", ".join(f"'{it.param}' {it.reason}" for it in one.objections)
        for one in passed_by
    )
    return _REFUSALS[first.code](
        f"No provider can serve '{first.param}' for the model '{model}'. {lists}.", first.param
    )


def _message(label: str | None, failure: Failure) -> str:
    words = failure.message or "no message"
    return f"{label}: {words}" if label else words


def _facts(failure: Failure) -> FailureFacts:
    """OpenAI's status, type and code; the provider's own where the client can mend the request by them."""
    rule = RULES[failure.kind]
    is_clients_business = failure.kind in _CLIENTS_BUSINESS
    return FailureFacts(
        http_status=rule.status,
        type=(failure.type if is_clients_business else None) or rule.type,
        code=(failure.code if is_clients_business else None) or rule.code,
        param=failure.param if is_clients_business else None,
        retry_after_s=failure.retry_after_s,
        can_retry=may_pass(failure),
    )
