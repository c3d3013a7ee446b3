"""Mistral's dialect: close to OpenAI's, strict about every field that is not its own."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from app.chat.conversation import Conversation
from app.chat.reading import read_conversation
from app.chat.request import ChatRequest
from app.core.clock import now
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.extensions import own_options
from app.providers.facts.mistral import mistral_model
from app.providers.headers import accepted, request_headers
from app.providers.mistral.answers import MistralStream, Voice, read_answer
from app.providers.mistral.failures import classify_answer
from app.providers.mistral.messages import to_mistral_messages
from app.providers.mistral.parameters import to_mistral_parameters
from app.providers.mistral.tools import to_mistral_tools
from app.providers.tool_names import ToolNames, plain_names_of
from app.providers.verdicts import Verdicts

_ENCODER: Final = msgspec.json.Encoder()
# Of a tool.
_LONGEST_NAME: Final = 64


class MistralDialect:
    """The dialect of Mistral's chat completions."""

    default_base_url: str | None = "https://api.mistral.ai"

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """What to send, and how to read the answer. Raises CannotServe and InvalidValue."""
        conversation = read_conversation(chat)
        verdicts = Verdicts(chat.is_strict)
        model = mistral_model(target.model)
        names = plain_names_of(conversation, _LONGEST_NAME)
        body = {
            "model": target.model,
            "messages": to_mistral_messages(conversation, target, model, names, verdicts),
            **to_mistral_tools(conversation, model, verdicts),
            **to_mistral_parameters(conversation, target, model, verdicts),
            **({"stream": True} if chat.stream else {}),
            **own_options(conversation.extensions, "mistral"),
        }
        notes = verdicts.close()
        voice = _voice(chat, conversation, names)
        request = NativeRequest(
            "POST",
            _url(target.endpoint.base_url, "/chat/completions"),
            request_headers(target.endpoint, accepted(is_stream=chat.stream)),
            _ENCODER.encode(body),
        )
        return Exchange(request, lambda data: read_answer(data, voice), lambda: MistralStream(voice), notes)

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, which is free."""
        return NativeRequest(
            "GET",
            _url(endpoint.base_url, "/models"),
            request_headers(endpoint, accepted(is_stream=False)),
            b"",
        )


def _voice(chat: ChatRequest, conversation: Conversation, names: ToolNames) -> Voice:
    custom_tools = frozenset(tool.name for tool in conversation.tools if tool.is_custom)
    return Voice(chat, names.to_client, custom_tools, conversation.has_functions)


def _url(base_url: str, path: str) -> str:
    """The address of `path`, whether the base URL names the version or not."""
    parts = urlsplit(base_url)
    root = parts.path.rstrip("/").removesuffix("/chat/completions").removesuffix("/v1")
    return urlunsplit((parts.scheme, parts.netloc, f"{root}/v1{path}", parts.query, ""))
