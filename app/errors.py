"""One tree of errors. A class states its facts; whoever renders it needs to know nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


class PerpetuoError(Exception):
    """Something went wrong in a way we know. `message` is safe to show to the caller."""

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500
    graphql_code: ClassVar[str] = "INTERNAL"
    # OpenAI's `error.type`, which its SDK and its users look at.
    type: ClassVar[str] = "server_error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# What the caller of the management plane did.


class Unauthenticated(PerpetuoError):
    """No session, or one that ended."""

    code = "unauthenticated"
    http_status = 401
    graphql_code = "UNAUTHENTICATED"


class Forbidden(PerpetuoError):
    """The caller is known and may not do this."""

    code = "forbidden"
    http_status = 403
    graphql_code = "FORBIDDEN"


class NotFound(PerpetuoError):
    """There is no such thing, or it belongs to somebody else: existence is not revealed."""

    code = "not_found"
    http_status = 404
    graphql_code = "NOT_FOUND"


class Invalid(PerpetuoError):
    """A value is outside what its field takes. `field` is the input's field, in camelCase."""

    code = "validation"
    http_status = 400
    graphql_code = "VALIDATION"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(Invalid):
    """The value is fine, but taken."""

    code = "conflict"
    http_status = 409
    graphql_code = "CONFLICT"


class TooManyTries(PerpetuoError):
    """Too many log-ins or sign-ups in a short time."""

    code = "rate_limited"
    http_status = 429
    graphql_code = "RATE_LIMITED"
    retryable = True


# What the caller of the route did. `param` names the offending parameter as OpenAI does.


class RouteError(PerpetuoError):
    """A completion is refused or failed; rendered in OpenAI's error shape."""

    type = "invalid_request_error"
    http_status = 400

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class InvalidApiKey(RouteError):
    """No API key, or one that is unknown, revoked or expired."""

    code = "invalid_api_key"
    http_status = 401


class InvalidBody(RouteError):
    """The body is not JSON, or not an object."""

    code = "invalid_json"


class InvalidValue(RouteError):
    """A parameter has the wrong type or an impossible value."""

    code = "invalid_value"


class MissingParameter(RouteError):
    """A required parameter is missing."""

    code = "missing_required_parameter"


class UnsupportedParameter(RouteError):
    """No candidate can serve a parameter of the request."""

    code = "unsupported_parameter"


class UnsupportedValue(RouteError):
    """No candidate can serve a parameter of the request with the value it has."""

    code = "unsupported_value"


class InvalidImageUrl(RouteError):
    """An image cannot be fetched from its address, and no candidate takes the address itself."""

    code = "invalid_image_url"


class ModelNotFound(RouteError):
    """No provider key of the workspace serves the requested model."""

    code = "model_not_found"
    http_status = 404


class UnknownUrl(RouteError):
    """There is no such route."""

    code = "unknown_url"
    http_status = 404


class MethodNotAllowed(RouteError):
    """The route exists, but not with this method."""

    code = "method_not_allowed"
    http_status = 405


class BodyTooLarge(RouteError):
    """The body is larger than MAX_BODY_BYTES, or than a GraphQL request may be."""

    code = "request_too_large"
    http_status = 413
    graphql_code = "VALIDATION"


class UnsupportedContentType(RouteError):
    """The body is not declared as JSON."""

    code = "unsupported_content_type"
    http_status = 415


class ClientGone(RouteError):
    """The client went away before its answer was out."""

    code = "client_closed_request"
    http_status = 499


@dataclass(frozen=True, slots=True)
class FailureFacts:
    """What the client is told of a failed completion beside its message.

    `attempts` say who was tried and how each failed; `can_retry` whether asking again later may help.
    """

    http_status: int
    type: str
    code: str
    param: str | None = None
    retry_after_s: float | None = None
    can_retry: bool = False
    attempts: tuple[Mapping[str, str | int | None], ...] = ()


class CompletionFailed(RouteError):
    """No candidate answered. Its facts are those of the failure that speaks for all."""

    def __init__(self, message: str, facts: FailureFacts) -> None:
        super().__init__(message, facts.param)
        self.facts = facts
        # The classes state theirs once; here each failure has its own.
        self.http_status = facts.http_status  # type: ignore[misc]
        self.type = facts.type  # type: ignore[misc]
        self.code = facts.code  # type: ignore[misc]


# What happened to us.


class Unavailable(RouteError):
    """This process cannot take a completion now."""

    code = "overloaded"
    http_status = 503
    type = "server_error"
    retryable = True


class JournalUnavailable(Unavailable):
    """The journal is full or cannot be written: nothing is accepted that could be lost."""

    code = "journal_unavailable"


class SnapshotUnavailable(Unavailable):
    """The database is away and this key is not known here: nobody can say whether it is valid."""

    code = "keys_unavailable"


# What happened at the seam to a provider; `app.gateway` turns these into attempts.


class UpstreamError(PerpetuoError):
    """An upstream call brought no whole HTTP answer. What the client hears of it is in RULES."""


class ConnectionFailed(UpstreamError):
    """The connection was refused, reset, or could not be made."""


class UpstreamTimeout(UpstreamError):
    """The provider was silent for longer than the limit."""


class UpstreamCut(UpstreamError):
    """The connection ended before the answer did."""


class MalformedAnswer(UpstreamError):
    """The provider's answer is not what its API promises."""


class AnswerTooLarge(UpstreamError):
    """The provider's answer is larger than MAX_ANSWER_BYTES."""


class ConnectionsExhausted(UpstreamError):
    """All of our own upstream connections are in use; the provider did nothing wrong."""


class UpstreamForbidden(UpstreamError):
    """The upstream's address is private and ALLOW_PRIVATE_UPSTREAMS is off."""


# What is wrong with the installation.


class SimulatorUnavailable(PerpetuoError):
    """The simulated provider cannot be started; the message says what to mend."""

    code = "simulator_unavailable"
    http_status = 503


class StartRefused(PerpetuoError):
    """The process must not start like this; the message says what to mend."""

    code = "start_refused"
