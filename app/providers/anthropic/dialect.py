"""Anthropic's Messages API."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from app.chat.reading import read_conversation
from app.chat.request import ChatRequest
from app.core.clock import now
from app.providers.anthropic.answers import PlainReader
from app.providers.anthropic.content import Content
from app.providers.anthropic.failures import classify_answer
from app.providers.anthropic.manner import Manner
from app.providers.anthropic.messages import Turns
from app.providers.anthropic.parameters import (
    check_unserved,
    emulated_stops,
    to_answer_format,
    to_max_tokens,
    to_options,
)
from app.providers.anthropic.reasoning import Reasoning, to_reasoning
from app.providers.anthropic.sampling import to_sampling
from app.providers.anthropic.streams import AnthropicStream
from app.providers.anthropic.tools import to_tools
from app.providers.anthropic.translation import Block, Translation
from app.providers.asked import asked
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.extensions import own_options
from app.providers.facts.anthropic import facts_of
from app.providers.stop_cutting import cutting
from app.providers.tool_names import plain_names_of
from app.providers.verdicts import Verdicts

# The `anthropic` SDK 2.12, _constants.py; the older version alone has sampling fields.
VERSION: Final = "2026-10-21"
SAMPLING_VERSION: Final = "2023-06-01"
# Of a tool.
_LONGEST_NAME: Final = 128
_SAMPLING: Final = frozenset({"temperature", "top_p", "top_k"})


class AnthropicDialect:
    """The dialect of Anthropic, and of whoever serves its Messages API."""

    @property
    def default_base_url(self) -> str:
        """Anthropic's public endpoint."""
        return "https://api.anthropic.com"

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """The request in Anthropic's words."""
        conversation = read_conversation(chat)
        translation = Translation(
            conversation,
            asked(conversation),
            target,
            facts_of(target.model),
            plain_names_of(conversation, _LONGEST_NAME),
            Verdicts(chat.is_strict),
        )
        body = _body(translation, is_stream=chat.stream)
        stops = emulated_stops(translation)
        notes = translation.verdicts.close()
        request = NativeRequest(
            "POST",
            api_url(target.endpoint.base_url, "/messages"),
            _headers(target.endpoint, _version_headers(translation, body), is_stream=chat.stream),
            msgspec.json.encode(body),
        )
        manner = _manner(chat, translation)
        exchange = Exchange(
            request,
            PlainReader(manner, request).read,
            lambda: AnthropicStream(manner, request),
            notes,
            chat.choices,
        )
        return cutting(exchange, stops)

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, which is free."""
        versions = (("anthropic-version", VERSION),)
        url = api_url(endpoint.base_url, "/models")
        return NativeRequest("GET", url, _headers(endpoint, versions, is_stream=False), b"")


@lru_cache(maxsize=1024)
def api_url(base_url: str, path: str) -> str:
    """The address of `path` below a base URL, which may end in the API's version or the route itself."""
    parts = urlsplit(base_url)
    root = parts.path.rstrip("/").removesuffix("/messages").removesuffix("/v1")
    return urlunsplit((parts.scheme, parts.netloc, f"{root}/v1{path}", parts.query, ""))


def _body(translation: Translation, *, is_stream: bool) -> Block:
    check_unserved(translation)
    max_tokens = to_max_tokens(translation)
    reasoning = to_reasoning(translation, max_tokens)
    content = Content(translation)
    turns = Turns(translation, content, reasoning)
    turns.write(translation.conversation.messages)
    options = to_options(translation)
    if "cache_control" in options:
        content.count_mark("cache_control")
    body: Block = {"model": translation.target.model, "max_tokens": max_tokens}
    if turns.system:
        body["system"] = turns.system
    body["messages"] = [turn.to_native() for turn in turns.turns]
    body |= to_tools(translation, content, reasoning)
    body |= _reasoning_fields(reasoning, to_answer_format(translation))
    body |= to_sampling(translation, reasoning) | options
    if is_stream:
        body["stream"] = True
    return {**body, **own_options(translation.conversation.extensions, "anthropic")}


def _reasoning_fields(reasoning: Reasoning, answer_format: Block) -> Block:
    fields: Block = {} if reasoning.thinking is None else {"thinking": reasoning.thinking}
    output = answer_format if reasoning.effort is None else {"effort": reasoning.effort} | answer_format
    return fields | {"output_config": output} if output else fields


def _version_headers(translation: Translation, body: Block) -> tuple[tuple[str, str], ...]:
    version = VERSION if _SAMPLING.isdisjoint(body) else SAMPLING_VERSION
    beta = translation.facts.fast_beta if "speed" in body else None
    return (("anthropic-version", version), *((("anthropic-beta", beta),) if beta else ()))


def _headers(
    endpoint: Endpoint, versions: tuple[tuple[str, str], ...], *, is_stream: bool
) -> tuple[tuple[str, str], ...]:
    secret = (("x-api-key", endpoint.secret),) if endpoint.secret else ()
    return (
        *secret,
        *versions,
        ("content-type", "application/json"),
        ("accept", "text/event-stream" if is_stream else "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", "perpetuo"),
    )


def _manner(chat: ChatRequest, translation: Translation) -> Manner:
    conversation = translation.conversation
    return Manner(
        chat,
        translation.target.model,
        translation.names.to_client,
        frozenset(tool.name for tool in conversation.tools if tool.is_custom),
        conversation.has_functions,
    )
