"""Cohere's dialect: its chat API, version 2."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from app.chat.reading import read_conversation
from app.chat.request import ChatRequest
from app.core.clock import now
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.cohere.answers import CohereStream, read_answer
from app.providers.cohere.failures import classify_answer
from app.providers.cohere.messages import to_cohere_messages
from app.providers.cohere.names import ToolNames
from app.providers.cohere.parameters import to_cohere_parameters
from app.providers.cohere.telling import Voice
from app.providers.cohere.tools import to_cohere_tools
from app.providers.extensions import own_options
from app.providers.facts.cohere import cohere_model
from app.providers.headers import accepted, request_headers
from app.providers.verdicts import Verdicts

_ENCODER: Final = msgspec.json.Encoder()
_OWN_PATH: Final = re.compile(r"(?:/v\d+)?(?:/chat)?\Z")


class CohereDialect:
    """The dialect of Cohere's chat."""

    default_base_url: str | None = "https://api.cohere.com"

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """What to send, and how to read the answer. Raises CannotServe and InvalidValue."""
        conversation = read_conversation(chat)
        verdicts = Verdicts(chat.is_strict)
        model = cohere_model(target.model)
        names = ToolNames(conversation)
        body = {
            "model": target.model,
            "messages": to_cohere_messages(conversation, target, names, verdicts),
            **to_cohere_tools(conversation, model, names, verdicts),
            **to_cohere_parameters(conversation, target, model, verdicts),
            **({"stream": True} if chat.stream else {}),
            **own_options(conversation.extensions, "cohere"),
        }
        notes = verdicts.close()
        custom_tools = frozenset(tool.name for tool in conversation.tools if tool.is_custom)
        voice = Voice(chat, target.model, names, custom_tools, conversation.has_functions)
        request = NativeRequest(
            "POST",
            _url(target.endpoint.base_url, "/v2/chat"),
            request_headers(target.endpoint, accepted(is_stream=chat.stream)),
            _ENCODER.encode(body),
        )
        # Cohere gives one answer to a request.
        return Exchange(
            request, lambda data: read_answer(data, voice), lambda: CohereStream(voice), notes, chat.choices
        )

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, which is free. (`check-api-key` says 200 to a bad key too.)"""
        url = _url(endpoint.base_url, "/v1/models", "endpoint=chat")
        return NativeRequest("GET", url, request_headers(endpoint, accepted(is_stream=False)), b"")


def _url(base_url: str, path: str, query: str = "") -> str:
    """The address of `path`, whether the base URL names a version or not."""
    parts = urlsplit(base_url)
    root = _OWN_PATH.sub("", parts.path.rstrip("/"))
    queries = "&".join([text for text in (parts.query, query) if text])
    return urlunsplit((parts.scheme, parts.netloc, root + path, queries, ""))
