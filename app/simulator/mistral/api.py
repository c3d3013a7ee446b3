"""Mistral's API: chat completions and the list of models."""

from urllib.parse import urlsplit

from app.simulator.api import Plain, Stream, bearer_key, encoded, model_in_body
from app.simulator.connection import Request
from app.simulator.directives import Directives
from app.simulator.mistral.answering import completed
from app.simulator.mistral.errors import INVALID_MODEL, detailed, error, refused
from app.simulator.mistral.models import cards, found
from app.simulator.mistral.request import read
from app.simulator.mistral.response import broken_off, plain, stream
from app.simulator.mistral.rules import check


class MistralApi:
    """Mistral's chat completions, and the list of models."""

    prefix = "/mistral"
    id_header = "mistral-correlation-id"

    def secret(self, request: Request) -> str | None:
        """The bearer key."""
        return bearer_key(request)

    def model(self, request: Request) -> str:
        """The body's model."""
        return model_in_body(request)

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to any request. Raises Refused."""
        path = urlsplit(request.path).path
        if self.secret(request) is None:
            raise detailed(401, "Unauthorized")
        match (request.method, path):
            case ("GET", "/v1/models"):
                return Plain(encoded({"object": "list", "data": cards()}), told.status)
            case ("POST", "/v1/chat/completions"):
                return _completion(request.body, told)
            case (_, "/v1/models" | "/v1/chat/completions"):
                raise detailed(405, "Method Not Allowed")
            case _:
                raise detailed(404, "Not Found")

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """Mistral's error body."""
        return error(status, code, message)

    def error_event(self, code: str | None) -> bytes:
        """The chunk with which a stream breaks off."""
        return broken_off(code)


def _completion(body: bytes, told: Directives) -> Plain | Stream:
    chat = read(body)
    name = chat.model.partition(";")[0]
    model = found(name)
    if model is None:
        raise refused(400, INVALID_MODEL, f"Invalid model: {name}")
    check(chat, model)
    completion = completed(chat, model, told)
    if chat.stream:
        return Stream(stream(completion), b"data: [DONE]\n\n")
    return Plain(encoded(plain(completion)), told.status)
