"""OpenAI's dialect: a pass-through that changes as few of the client's bytes as it can."""

from collections.abc import Mapping
from typing import Final

from app.chat.request import ChatRequest, Fields
from app.core.clock import now
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.facts.openai import ModelFacts, facts_of
from app.providers.headers import accepted, request_headers
from app.providers.openai.addressing import api_url
from app.providers.openai.draft import Draft
from app.providers.openai.failures import classify_answer
from app.providers.openai.messages import edit_messages, reasoning_text, without, without_in_calls
from app.providers.openai.parameters import TEXT, fit, is_plain
from app.providers.openai.passing import merge_options, native, passed_on, usual
from app.providers.openai.responses import exchange_of_responses
from app.providers.stop_cutting import cutting
from app.providers.verdicts import Verdicts

_FOREIGN_STATE: Final = frozenset({"reasoning_content", "reasoning", "reasoning_details"})
_FOREIGN_CALL_STATE: Final = frozenset({"extra_content"})


class OpenAIDialect:
    """The dialect of OpenAI itself."""

    default_base_url = "https://api.openai.com/v1"

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """The client's own request, or one to the Responses route where the chat route cannot serve it."""
        facts = facts_of(target.model)
        draft = Draft(chat)
        if is_plain(chat, facts, target):
            return passed_on(native(chat, draft, target), usual(chat))
        verdicts = Verdicts(chat.is_strict)
        stops = fit(draft, facts, target, verdicts)
        if facts is not None and _needs_responses(draft, facts):
            return exchange_of_responses(chat, draft, target, facts, verdicts)
        _drop_foreign_state(chat, draft, verdicts)
        merge_options(chat, draft, "openai")
        exchange = passed_on(native(chat, draft, target), usual(chat), verdicts.close())
        return cutting(exchange, stops)

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, which is free."""
        url = api_url(endpoint.base_url, "/models")
        return NativeRequest("GET", url, request_headers(endpoint, accepted(is_stream=False)), b"")


def _needs_responses(draft: Draft, facts: ModelFacts) -> bool:
    if not facts.has_chat:
        return True
    if draft.get("web_search_options") is not None and not facts.has_search:
        return True
    has_tools = draft.get("tools") is not None or draft.get("functions") is not None
    return (
        has_tools
        and not facts.has_tools_while_reasoning
        and facts.reasons(draft.read("reasoning_effort", TEXT))
    )


def _drop_foreign_state(chat: ChatRequest, draft: Draft, verdicts: Verdicts) -> None:
    """Takes the reasoning of other providers out of the messages; OpenAI's chat route has none of its own."""

    def edit(message: Fields, index: int) -> Fields:
        if reasoning_text(message) is not None:
            verdicts.note(f"messages[{index}].reasoning_content", "left_out")
        return without_in_calls(without(message, _FOREIGN_STATE), _FOREIGN_CALL_STATE)

    if chat.holds_reasoning:
        edit_messages(draft, edit)
