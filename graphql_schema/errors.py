"""Errors as a client sees them: a code, a message, the field to blame, and nothing of what is unexpected."""

import logging
from collections.abc import Mapping
from enum import StrEnum

from graphql import GraphQLError
from strawberry.extensions import MaskErrors

from app.errors import Invalid, PerpetuoError
from graphql_schema.enums import described

_log = logging.getLogger(__name__)


class ErrorCode(StrEnum):
    """The codes of the contract, as an error class of ours names them."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    VALIDATION = "VALIDATION"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    INTERNAL = "INTERNAL"


described(
    ErrorCode,
    "What an error's `extensions.code` can say.",
    {
        "UNAUTHENTICATED": "Nobody is signed in, or the session has ended: log in and try again.",
        "FORBIDDEN": "Known, but not allowed; the message names the rule.",
        "NOT_FOUND": "There is no such thing, or it is somebody else's.",
        "VALIDATION": "A value is not acceptable; `extensions.field` names it. Without a field, the "
        "operation itself is malformed.",
        "CONFLICT": "The value is fine but taken; `extensions.field` names it.",
        "RATE_LIMITED": "Too many tries; the message says when to come back.",
        "INTERNAL": "A failure of the server; its log knows more than this message.",
    },
)


class RenderErrors(MaskErrors):
    """Replaces every error by what its client may see of it."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error with its code, and its message where that is meant for the client."""
        message, extensions = describe(error)
        return GraphQLError(
            message,
            nodes=error.nodes,
            source=error.source,
            positions=error.positions,
            path=error.path,
            extensions=extensions,
        )


def describe(error: GraphQLError) -> tuple[str, dict[str, object]]:
    """Message and extensions of an error."""
    cause = _cause(error)
    if isinstance(cause, PerpetuoError):
        return cause.message, dict(extensions_of(cause))
    if isinstance(cause, GraphQLError):
        # The document, or a variable of it, is malformed; graphql-core speaks of the client's own text.
        return cause.message, {"code": ErrorCode.VALIDATION.value}
    if _is_unreadable(error):
        return "A number of the operation is too long.", {"code": ErrorCode.VALIDATION.value}
    return "Something went wrong on the server.", {"code": ErrorCode.INTERNAL.value}


def extensions_of(error: PerpetuoError) -> Mapping[str, object]:
    """What a client's program may rely on."""
    if isinstance(error, Invalid):
        return {"code": error.graphql_code, "field": error.field}
    return {"code": error.graphql_code}


def log_unexpected(error: GraphQLError) -> None:
    """Leaves a trace of a failure that its client is not told about: never the query or its variables."""
    cause = _cause(error)
    if isinstance(cause, PerpetuoError) and cause.graphql_code != ErrorCode.INTERNAL:
        return
    if isinstance(cause, GraphQLError) or _is_unreadable(error):
        return
    place = ".".join(str(step) for step in error.path or ())
    _log.error("Unexpected error in GraphQL at %s", place or "the operation", exc_info=cause)


def _is_unreadable(error: GraphQLError) -> bool:
    """Whether a value in the document itself cannot be read: Python refuses whole numbers of 4,300 digits."""
    return error.path is None and bool(error.nodes) and isinstance(_cause(error), ValueError)


def _cause(error: GraphQLError) -> Exception:
    """What was raised, below the layers that say where it happened."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause
