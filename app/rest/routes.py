"""Everything below `/v1`: one route, and OpenAI's 404 for what does not exist."""

from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from app.core.ids import new_id
from app.errors import MethodNotAllowed, RouteError, UnknownUrl
from app.rest import errors
from app.rest.chat_completions import ChatCompletions
from app.rest.client import Client

_PREFIX = "/v1"
_PATH = "/v1/chat/completions"


def is_route(path: str) -> bool:
    """Whether a path belongs to the data plane."""
    return path.startswith(_PREFIX) and path[3:4] in {"", "/"}


@dataclass(frozen=True, slots=True)
class Routes:
    """An ASGI application for the paths below `/v1`."""

    chat_completions: ChatCompletions

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answers one request."""
        if scope["path"] != _PATH:
            return _refuse(_unknown(scope), send)
        if scope["method"] != "POST":
            return _refuse(MethodNotAllowed(f"{_PATH} takes POST only."), send, (b"allow", b"POST"))
        return self.chat_completions(scope, receive, send)


def _unknown(scope: Scope) -> UnknownUrl:
    asked = f"{scope['method']} {scope['path'][:200]}"
    return UnknownUrl(
        f"Unknown request URL: {asked}. What exists is POST {_PATH}; all else is GraphQL at /graphql."
    )


async def _refuse(error: RouteError, send: Send, *more: tuple[bytes, bytes]) -> None:
    request_id = str(new_id()).encode()
    client = Client(send, lambda: [(b"x-request-id", request_id), *more])
    await errors.show(error, client)
