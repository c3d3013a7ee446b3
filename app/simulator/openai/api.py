"""OpenAI's API: chat completions, responses and models."""

import msgspec

from app.core.clock import now
from app.core.ids import new_id
from app.simulator.api import Json, Plain, Stream, bearer_key, encoded, model_in_body
from app.simulator.chat import answer
from app.simulator.connection import Request
from app.simulator.directives import Directives
from app.simulator.openai.asked import read_chat
from app.simulator.openai.completions import Completion, event, plain, stream
from app.simulator.openai.errors import error, invalid, refused
from app.simulator.openai.models import listed
from app.simulator.openai.responses.route import respond

_CHAT = "/v1/chat/completions"
_RESPONSES = "/v1/responses"


class OpenAIApi:
    """OpenAI's API: chat completions, responses and the list of models."""

    prefix = ""
    id_header = "x-request-id"

    def secret(self, request: Request) -> str | None:
        """The bearer key."""
        return bearer_key(request)

    def model(self, request: Request) -> str:
        """The body's model."""
        return model_in_body(request)

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to a chat completion, a response or a list of models. Raises Refused."""
        path = request.path.partition("?")[0]
        if self.secret(request) is None:
            raise refused(401, "invalid_api_key", "You didn't provide an API key.")
        if (request.method, path) == ("GET", "/v1/models"):
            return Plain(encoded(listed()), told.status)
        if path.startswith(f"{_RESPONSES}/"):
            # Nothing is stored.
            raise refused(404, None, f"Response with id '{path.split('/')[3]}' not found.")
        if path not in {_CHAT, _RESPONSES}:
            raise refused(404, "unknown_url", f"Unknown request URL: {request.method} {path}.")
        if request.method != "POST":
            raise refused(405, "method_not_allowed", f"Not allowed to {request.method} on {path}.")
        _check_refused(request.body, told)
        return _complete(request.body, told) if path == _CHAT else respond(request.body, told)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """OpenAI's error body."""
        return encoded(error(status, code, message))

    def error_event(self, code: str | None) -> bytes:
        """A server error in the place of a chunk."""
        return event(error(500, code))


def _complete(body: bytes, told: Directives) -> Plain | Stream:
    chat = read_chat(body)
    completion = Completion(
        id=f"chatcmpl-{new_id().hex}",
        created=int(now().timestamp()),
        chat=chat,
        choices=answer(chat, told),
        has_usage=not told.no_usage,
        cached_tokens=told.cached,
    )
    if chat.stream:
        return Stream((event(chunk) for chunk in stream(completion)), b"data: [DONE]\n\n")
    return Plain(encoded(plain(completion)), told.status)


def _check_refused(body: bytes, told: Directives) -> None:
    """Nothing, unless the request has the parameter that is told to be refused. Raises Refused."""
    if told.refuses is None:
        return
    given: object = msgspec.json.decode(body, type=Json)
    for name in told.refuses.split("."):
        if not isinstance(given, dict) or name not in given:
            return
        given = given[name]
    message = f"Unsupported parameter: '{told.refuses}' is not supported with this model."
    raise invalid(message, told.refuses, "unsupported_parameter")
