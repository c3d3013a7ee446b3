"""The Responses route, for what the chat route cannot serve: tools while reasoning, web search, some models.

Source: openai 3.54, types/responses; developers.openai.com/api/docs/guides/migrate-to-responses.
"""

from functools import partial

import msgspec

from app.chat.conversation import Conversation
from app.chat.reading import read_conversation
from app.chat.request import ChatRequest
from app.providers.base import Exchange, NativeRequest, Target
from app.providers.facts.openai import ModelFacts
from app.providers.headers import accepted, request_headers
from app.providers.openai.addressing import api_url
from app.providers.openai.draft import Draft
from app.providers.openai.responses.answers import Asked, read_response
from app.providers.openai.responses.request import to_body
from app.providers.openai.responses.stream import ResponsesStream
from app.providers.stop_cutting import cutting, without_empty
from app.providers.verdicts import Verdicts


def exchange_of_responses(
    chat: ChatRequest, draft: Draft, target: Target, facts: ModelFacts, verdicts: Verdicts
) -> Exchange:
    """The exchange on the Responses route for a draft that fits the model. Raises CannotServe."""
    conversation = read_conversation(chat)
    draft.remove("stop")
    stops = without_empty(conversation.stop, verdicts)
    body = to_body(conversation, draft, target, facts, verdicts)
    endpoint = target.endpoint
    request = NativeRequest(
        "POST",
        api_url(endpoint.base_url, "/responses"),
        request_headers(endpoint, accepted(is_stream=chat.stream)),
        msgspec.json.encode(body),
    )
    asked = _asked(chat, conversation, target)
    exchange = Exchange(
        request,
        partial(read_response, asked=asked),
        partial(ResponsesStream, asked),
        verdicts.close(),
        chat.choices,
    )
    return cutting(exchange, stops)


def _asked(chat: ChatRequest, conversation: Conversation, target: Target) -> Asked:
    return Asked(
        chat=chat,
        model=target.model,
        custom_tools=frozenset(tool.name for tool in conversation.tools if tool.is_custom),
        has_functions=conversation.has_functions,
    )
