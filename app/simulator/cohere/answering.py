"""What a model of Cohere's answers: the simulator's answer to the conversation, in Cohere's terms."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.ids import new_id
from app.simulator import chat as said
from app.simulator.api import Json
from app.simulator.cohere.errors import refused
from app.simulator.cohere.models import Model
from app.simulator.cohere.request import (
    Chat,
    Document,
    DocumentContent,
    Image,
    JsonFormat,
    Message,
    Text,
    Thinking,
    Tool,
)
from app.simulator.directives import Directives

# Cohere's own instructions stand before every prompt: they count as tokens and are not billed.
_PREAMBLE_TOKENS = 66
_REFUSAL = "I'm sorry, but I can't help with that."
_CITED = "simulated answer"
_FINISH_REASONS = {"stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL"}

Part = Text | Image | Thinking | DocumentContent


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. A model that does not think says in `plan` why it calls tools."""

    thoughts: tuple[str, ...]
    plan: tuple[str, ...]
    tokens: tuple[str, ...]
    calls: tuple[said.ToolCall, ...]
    citations: tuple[Json, ...]
    finish_reason: str
    usage: Json | None
    has_logprobs: bool


def answered(chat: Chat, model: Model, told: Directives) -> Answer:
    """The answer to `chat`. Raises Refused where the prompt is too long for the model."""
    asked = _conversation(chat)
    prompt = said.prompt_tokens(asked) + told.cached
    if prompt + _PREAMBLE_TOKENS > model.context_length:
        raise refused(
            400,
            "too many tokens: total number of tokens in the prompt cannot exceed "
            f"{model.context_length} - received {prompt + _PREAMBLE_TOKENS}. "
            "Try using a shorter prompt, or enable prompt truncating.",
        )
    choice = said.answer(asked, replace(told, think=_thinks(chat, model, told)))[0]
    if choice.finish_reason == "content_filter":
        # Cohere has no filter that would show: its models decline in their own words.
        choice = replace(choice, tokens=choice.tokens + said.tokens(_REFUSAL), finish_reason="stop")
    budget = chat.thinking.token_budget if chat.thinking is not None else None
    choice = replace(choice, thoughts=choice.thoughts[:budget])
    plan = said.tokens(_plan(choice.calls)) if choice.calls and not choice.thoughts else ()
    return Answer(
        thoughts=choice.thoughts,
        plan=plan,
        tokens=choice.tokens,
        calls=tuple(replace(call, id=f"{call.name}_{new_id().hex[-12:]}") for call in choice.calls),
        citations=_citations(chat, choice),
        finish_reason=_finish_reason(choice),
        usage=None if told.no_usage else _usage(prompt, len(plan) + choice.billed_tokens, told.cached),
        has_logprobs=bool(chat.logprobs),
    )


def _finish_reason(choice: said.Choice) -> str:
    if choice.stopped_by:
        return "STOP_SEQUENCE"
    return _FINISH_REASONS.get(choice.finish_reason, choice.finish_reason)


def _thinks(chat: Chat, model: Model, told: Directives) -> bool:
    if chat.thinking is not None:
        return chat.thinking.type == "enabled"
    return model.thinks or told.think


def _plan(calls: Sequence[said.ToolCall]) -> str:
    return f"I will use the tool {' and then '.join(call.name for call in calls)}."


def _conversation(chat: Chat) -> said.ChatBody:
    """`chat` in the words in which the simulator thinks of an answer."""
    return said.ChatBody(
        model=chat.model,
        messages=[said.Message(_role(message), _parts(message)) for message in chat.messages],
        max_tokens=chat.max_tokens,
        stop=chat.stop_sequences,
        tools=[
            said.Tool("function", said.Function(tool.function.name, tool.function.parameters))
            for tool in chat.tools or []
        ],
        tool_choice=chat.tool_choice.lower() if chat.tool_choice else None,
        response_format=_format(chat.response_format)
        if isinstance(chat.response_format, JsonFormat)
        else None,
    )


def _role(message: Message) -> str:
    return type(message).__name__.lower()


def _parts(message: Message) -> list[said.Part]:
    if message.content is None or isinstance(message.content, str):
        return [said.Part("text", message.content or "")]
    return [_part(part) for part in message.content]


def _part(part: Part) -> said.Part:
    match part:
        case Text():
            return said.Part("text", part.text)
        case Image():
            return said.Part("image_url")
        case Thinking():
            return said.Part("thinking")
        case DocumentContent():
            return said.Part("text", json.dumps(part.document.data, ensure_ascii=False))


def _format(wanted: JsonFormat) -> said.ResponseFormat:
    if wanted.json_schema is None:
        return said.ResponseFormat("json_object")
    return said.ResponseFormat("json_schema", said.JsonSchema(wanted.json_schema))


def _citations(chat: Chat, choice: said.Choice) -> tuple[Json, ...]:
    """What the text takes from the last tool's answer and from the documents; offsets are characters."""
    if chat.citation_options is not None and chat.citation_options.mode in {"OFF", "DISABLED"}:
        return ()
    index = 1 if choice.thoughts else 0
    found = [
        {
            "start": choice.text.index(quote),
            "end": choice.text.index(quote) + len(quote),
            "text": quote,
            "sources": [source],
            "content_index": index,
            "type": "TEXT_CONTENT",
        }
        for quote, source in _sources(chat)
        if quote and quote in choice.text
    ]
    return tuple(found)


def _sources(chat: Chat) -> list[tuple[str, Json]]:
    last = chat.messages[-1]
    sources: list[tuple[str, Json]] = []
    if isinstance(last, Tool):
        quote = " ".join(part.text for part in _parts(last))
        sources.append(
            (quote, {"type": "tool", "id": f"{last.tool_call_id}:0", "tool_output": {"content": quote}})
        )
    for number, document in enumerate(chat.documents or []):
        whole = document if isinstance(document, Document) else Document({"text": document})
        name = whole.id or f"doc:{number}"
        sources.append((_CITED, {"type": "document", "id": name, "document": {**whole.data, "id": name}}))
    return sources


def _usage(prompt: int, said_tokens: int, cached: int) -> Json:
    # Cohere counts in floats.
    return {
        "billed_units": {"input_tokens": float(prompt), "output_tokens": float(said_tokens)},
        "tokens": {"input_tokens": float(prompt + _PREAMBLE_TOKENS), "output_tokens": float(said_tokens)},
        "cached_tokens": float(cached),
    }
