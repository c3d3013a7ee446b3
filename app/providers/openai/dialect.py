"""OpenAI's dialect: a pass-through that changes as few of the client's bytes as it can."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from app.chat.request import NULL, ChatRequest, Fields
from app.core.clock import now
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.openai.answers import OpenAIStream, read_answer
from app.providers.openai.failures import classify_answer

_FIELDS: Final = msgspec.json.Decoder(Fields)
_TRUE: Final = msgspec.Raw(b"true")

# Models that answer 400 to `max_tokens`; all of OpenAI's take `max_completion_tokens`
# (platform.openai.com/docs/guides/reasoning, November 2026). Azure's gpt-35-turbo is no GPT-35.
_REFUSES_MAX_TOKENS: Final = re.compile(r"(?:ft:)?(?:o\d+(?:-|:|\Z)|gpt-[5-9](?!\d)|codex-|computer-use-)")


class OpenAIDialect:
    """The dialect of OpenAI and of every server that speaks it; the latter have no `default_base_url`."""

    def __init__(self, default_base_url: str | None) -> None:
        self._default_base_url = default_base_url

    @property
    def default_base_url(self) -> str | None:
        """OpenAI's public endpoint, or None."""
        return self._default_base_url

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """The client's own request: but for the model's name, the wish for usage, and the limit's name."""
        changes: Fields = {}
        notes: tuple[str, ...] = ()
        if target.model != chat.model:
            changes["model"] = msgspec.Raw(msgspec.json.encode(target.model))
        if chat.stream and not chat.include_usage:
            changes["stream_options"] = _asking_for_usage(chat.fields.get("stream_options", NULL))
        fields = {**chat.fields, **changes} if changes else chat.fields
        if self._must_rename_limit(target.model, fields):
            fields = _with_limit_renamed(fields)
            notes = ("max_tokens=max_completion_tokens",)
        body = chat.body if fields is chat.fields else msgspec.json.encode(fields)
        accept = "text/event-stream" if chat.stream else "application/json"
        url = api_url(target.endpoint.base_url, "/chat/completions")
        request = NativeRequest("POST", url, _headers(target.endpoint, accept), body)
        return Exchange(request, read_answer, lambda: OpenAIStream(chat), notes)

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, which is free."""
        return NativeRequest(
            "GET", api_url(endpoint.base_url, "/models"), _headers(endpoint, "application/json"), b""
        )

    def _must_rename_limit(self, model: str, fields: Fields) -> bool:
        if self._default_base_url is None or fields.get("max_tokens", NULL) == NULL:
            return False
        return _REFUSES_MAX_TOKENS.match(model) is not None


def api_url(base_url: str, path: str) -> str:
    """The address of `path` below a base URL, however that was written.

    With or without a trailing slash, with the path of the route itself, and with a query (as Azure's older
    API has it). A bare host means its `/v1`, which is where compatible servers have their API.
    """
    parts = urlsplit(base_url)
    root = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return urlunsplit((parts.scheme, parts.netloc, root + path, parts.query, ""))


def _headers(endpoint: Endpoint, accept: str) -> tuple[tuple[str, str], ...]:
    common = (
        ("content-type", "application/json"),
        ("accept", accept),
        ("accept-encoding", "identity"),
        ("user-agent", "perpetuo"),
    )
    return (("authorization", f"Bearer {endpoint.secret}"), *common) if endpoint.secret else common


def _asking_for_usage(options: msgspec.Raw) -> msgspec.Raw:
    """The client's stream options with usage asked for."""
    fields = {} if options == NULL else _FIELDS.decode(options)
    return msgspec.Raw(msgspec.json.encode({**fields, "include_usage": _TRUE}))


def _with_limit_renamed(fields: Fields) -> Fields:
    renamed = dict(fields)
    limit = renamed.pop("max_tokens")
    renamed["max_completion_tokens"] = limit
    return renamed
