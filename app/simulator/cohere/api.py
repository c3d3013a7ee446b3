"""Cohere's API: chats, the list of models, the check of a key."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from app.core.ids import new_id
from app.simulator.api import Plain, Stream, bearer_key, encoded, model_in_body
from app.simulator.cohere.answering import answered
from app.simulator.cohere.errors import error, refused
from app.simulator.cohere.models import MODELS, card, found
from app.simulator.cohere.request import read
from app.simulator.cohere.response import event, plain, stream
from app.simulator.cohere.rules import check
from app.simulator.connection import Request
from app.simulator.directives import Directives

_METHODS: Mapping[str, str] = MappingProxyType(
    {"/v2/chat": "POST", "/v1/models": "GET", "/v1/check-api-key": "POST"}
)


class CohereApi:
    """Cohere's v2 chat, and what of its v1 has no successor."""

    prefix = "/cohere"
    id_header = "x-debug-trace-id"

    def secret(self, request: Request) -> str | None:
        """The bearer key."""
        return bearer_key(request)

    def model(self, request: Request) -> str:
        """The body's model."""
        return model_in_body(request)

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to any request. `refuse` has the check of a key say that it is not valid."""
        path = urlsplit(request.path).path
        if self.secret(request) is None:
            raise refused(401, "no api key supplied")
        if path not in _METHODS:
            raise refused(404, f"endpoint not found: {path}")
        if request.method != _METHODS[path]:
            raise refused(405, "method not allowed")
        match path:
            case "/v1/models":
                return Plain(_models(request), told.status)
            case "/v1/check-api-key":
                identifiers = {"organization_id": str(new_id()), "owner_id": str(new_id())}
                return Plain(encoded({"valid": not told.refuse, **identifiers}), told.status)
            case _:
                return _chat(request.body, told)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """Cohere's error body."""
        return error(status, code, message)

    def error_event(self, code: str | None) -> bytes:
        """The end of a message that failed."""
        words = "internal server error" if code is None else code
        return event("message-end", {"delta": {"finish_reason": "ERROR", "error": words}})


def _models(request: Request) -> bytes:
    endpoint = parse_qs(urlsplit(request.path).query).get("endpoint")
    listed = [card(model) for model in MODELS if endpoint is None or endpoint[0] in model.endpoints]
    return encoded({"models": listed})


def _chat(body: bytes, told: Directives) -> Plain | Stream:
    chat = read(body)
    name = chat.model.partition(";")[0]
    model = found(name)
    if model is None:
        raise refused(
            404,
            f"model '{name}' not found, make sure the correct model ID was used "
            "and that you have access to the model.",
        )
    check(chat, model)
    answer = answered(chat, model, told)
    identifier = new_id()
    if chat.stream:
        # Cohere's SDK leaves its stream at this marker, though `message-end` has said it all.
        return Stream(stream(identifier, answer), b"data: [DONE]\n\n")
    return Plain(encoded(plain(identifier, answer)), told.status)
