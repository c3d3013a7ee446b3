"""The one renderer of errors on the HTTP face: OpenAI's shape, with all four fields, always."""

import logging
import math
from collections.abc import Iterable

from app.chat.errors import error_body
from app.errors import CompletionFailed, PerpetuoError, RouteError
from app.rest.client import Client

logger = logging.getLogger(__name__)


class InternalError(PerpetuoError):
    """Something unexpected; its text is never shown."""

    code = "internal_error"
    http_status = 500


def to_known(error: Exception, request_id: object) -> PerpetuoError:
    """The error to show for any exception; what nobody foresaw is logged and shown without its text."""
    if isinstance(error, PerpetuoError):
        return error
    logger.error("completion %s failed unexpectedly", request_id, exc_info=error)
    return InternalError("Something went wrong in the gateway; its log knows more.")


def render(error: PerpetuoError) -> bytes:
    """The body of an error, as OpenAI writes it."""
    attempts = error.facts.attempts if isinstance(error, CompletionFailed) else ()
    param = error.param if isinstance(error, RouteError) else None
    return error_body(error.message, type=error.type, param=param, code=error.code, attempts=attempts)


def headers(error: PerpetuoError) -> Iterable[tuple[bytes, bytes]]:
    """What the status line cannot say: when to try again, and whether it can help."""
    if isinstance(error, CompletionFailed) and error.facts.retry_after_s is not None:
        yield b"retry-after", b"%d" % max(math.ceil(error.facts.retry_after_s), 0)
    can_retry = error.facts.can_retry if isinstance(error, CompletionFailed) else error.retryable
    if not can_retry and (isinstance(error, CompletionFailed) or error.http_status >= 500):
        # The SDKs repeat on top of us; here that could only cost.
        yield b"x-should-retry", b"false"
    if error.http_status == 401:
        yield b"www-authenticate", b"Bearer"


async def show(error: PerpetuoError, client: Client) -> None:
    """Tells the client: as an answer of its own, or as a running stream's last event, without `[DONE]`."""
    if client.has_started:
        await client.finish(b"data: %b\n\n" % render(error))
    else:
        await client.answer(error.http_status, render(error), headers(error))
