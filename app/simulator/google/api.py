"""Google's API: generated content and models."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote

from app.core.ids import new_id
from app.simulator.api import Plain, Stream, encoded
from app.simulator.chat import answer, prompt_tokens
from app.simulator.connection import Request
from app.simulator.directives import Directives
from app.simulator.google.answer import Reply, framed, frames, listed, whole
from app.simulator.google.conversation import thinks, to_chat
from app.simulator.google.errors import error, invalid, refused
from app.simulator.google.models import MOST_INPUT_TOKENS, Model, described, known
from app.simulator.google.models import listed as listed_models
from app.simulator.google.request import ContentBody, read
from app.simulator.google.rules import check_settings
from app.simulator.google.turns import check_turns

# The provider documents v1beta; its SDK asks v1 (google-genai 3.4).
_PATH = re.compile(r"/(?:v1|v1beta)/models(?:/(?P<name>[^:]+)(?::(?P<method>\w+))?)?")
_METHODS = ("generateContent", "streamGenerateContent")


class GoogleApi:
    """The Gemini API below `/google`."""

    prefix = "/google"
    id_header = "x-request-id"

    def secret(self, request: Request) -> str | None:
        """The key of `x-goog-api-key`, or of the query."""
        in_query = parse_qs(request.path.partition("?")[2]).get("key", [""])[0]
        return request.headers.get("x-goog-api-key", "").strip() or in_query or None

    def model(self, request: Request) -> str:
        """The model that the path names."""
        addressed = _PATH.fullmatch(unquote(request.path.partition("?")[0]))
        return (addressed["name"] or "") if addressed is not None else ""

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to content that is to be generated, or to a request for models. Raises Refused."""
        path, _, query = request.path.partition("?")
        addressed = _PATH.fullmatch(unquote(path))
        if self.secret(request) is None:
            raise refused(
                403,
                "Method doesn't allow unregistered callers (callers without established identity). Please "
                "use API Key or other form of API consumer identity to call this API.",
            )
        if addressed is None:
            raise refused(404, "Requested entity was not found.")
        name, method = addressed["name"], addressed["method"]
        if request.method == "GET" and method is None:
            return Plain(encoded(described(known(name, "get")) if name else listed_models(query)))
        if request.method != "POST" or method not in _METHODS:
            raise refused(404, "Requested entity was not found.")
        asked, model = _checked(name, request.body)
        reply = _reply(asked, model, told)
        if method == "generateContent":
            return Plain(encoded(whole(reply)), told.status)
        if "sse" in parse_qs(query).get("alt", []):
            return Stream(framed(frame) for frame in frames(reply))
        return Stream(listed(frames(reply)), b"]", "application/json")

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """Google's error body."""
        return encoded(error(status, code, message))

    def error_event(self, code: str | None) -> bytes:
        """An error in the place of a frame: overloaded, where nothing else is told."""
        return framed(error(503, code))


def _checked(name: str, body: bytes) -> tuple[ContentBody, Model]:
    model = known(name, "generateContent")
    asked = read(body)
    check_settings(asked, model)
    check_turns(asked, model)
    return asked, model


def _reply(asked: ContentBody, model: Model, told: Directives) -> Reply:
    chat = to_chat(asked, model)
    asked_tokens = prompt_tokens(chat)
    if asked_tokens + told.cached > MOST_INPUT_TOKENS:
        raise invalid(
            f"The input token count ({asked_tokens + told.cached}) exceeds the maximum number of tokens "
            f"allowed ({MOST_INPUT_TOKENS})."
        )
    return Reply(
        id=new_id().hex[:22],
        model=model.id,
        choices=answer(chat, replace(told, think=thinks(asked, told))),
        prompt_tokens=asked_tokens,
        cached_tokens=told.cached,
        has_usage=not told.no_usage,
        shows_thoughts=bool(asked.thinking.include_thoughts),
        is_signed=model.is_signed,
        is_grounded=any(tool.google_search is not None for tool in asked.tools or ()),
        has_logprobs=bool(asked.config.response_logprobs),
        ends_apart=model.ends_apart,
    )
