"""What a model of Mistral's answers: the simulator's answer to the conversation, in Mistral's terms."""

from dataclasses import dataclass, replace

from app.core.clock import now
from app.core.ids import new_id
from app.simulator import chat as said
from app.simulator.api import Json
from app.simulator.directives import Directives
from app.simulator.mistral.errors import GUARDED, TOO_LONG, refused
from app.simulator.mistral.models import Model
from app.simulator.mistral.request import (
    Assistant,
    Chat,
    Chunk,
    JsonSchema,
    Message,
    NamedTool,
    ResponseFormat,
    TextChunk,
    ToolDefinition,
)


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: its choices, and how the model that made them writes them down."""

    id: str
    created: int
    model: str
    choices: tuple[said.Choice, ...]
    usage: Json | None
    has_logprobs: bool
    signs: bool
    calls_loosely: bool


def completed(chat: Chat, model: Model, told: Directives) -> Completion:
    """The answer to `chat`. Raises Refused where a guardrail blocks, or where the prompt is too long."""
    if told.refuse:
        raise refused(403, GUARDED)
    asked = _conversation(chat)
    prompt = said.prompt_tokens(asked) + told.cached
    if prompt > model.context_length:
        words = f"Prompt contains {prompt} tokens, too large for model with {model.context_length} maximum"
        raise refused(400, TOO_LONG, f"{words} context length")
    choices = said.answer(asked, replace(told, think=_thinks(chat, model, told)))
    return Completion(
        id=new_id().hex,
        created=int(now().timestamp()),
        model=chat.model,
        choices=tuple(_choice(choice, _prefix(chat)) for choice in choices),
        usage=None if told.no_usage else _usage(prompt, choices, told.cached),
        has_logprobs=bool(chat.logprobs),
        signs=model.signs,
        calls_loosely=model.calls_loosely,
    )


def _thinks(chat: Chat, model: Model, told: Directives) -> bool:
    if chat.reasoning_effort is not None:
        return chat.reasoning_effort != "none"
    return model.always_thinks or told.think


def _prefix(chat: Chat) -> str:
    last = chat.messages[-1]
    return _text(last) if isinstance(last, Assistant) and last.prefix else ""


def _choice(choice: said.Choice, prefix: str) -> said.Choice:
    """`choice` with ids of nine letters and digits, and with the prefix that the client gave."""
    calls = tuple(replace(call, id=new_id().hex[-9:]) for call in choice.calls)
    return replace(choice, calls=calls, tokens=(*said.tokens(prefix), *choice.tokens))


def _conversation(chat: Chat) -> said.ChatBody:
    """`chat` in the words in which the simulator thinks of an answer."""
    return said.ChatBody(
        model=chat.model,
        messages=[said.Message(message.role, _parts(message)) for message in chat.messages],
        n=chat.n,
        max_tokens=chat.max_tokens,
        stop=chat.stop,
        tools=[_tool(tool) for tool in chat.tools or []],
        tool_choice=_tool_choice(chat),
        parallel_tool_calls=chat.parallel_tool_calls,
        response_format=_format(chat.response_format),
    )


def _parts(message: Message) -> list[said.Part]:
    if isinstance(message.content, list):
        return [_part(chunk) for chunk in message.content]
    return [said.Part("text", message.content or "")]


def _part(chunk: Chunk) -> said.Part:
    return said.Part(chunk.type, chunk.text if isinstance(chunk, TextChunk) else "")


def _text(message: Message) -> str:
    return "".join(part.text for part in _parts(message))


def _tool(tool: ToolDefinition) -> said.Tool:
    return said.Tool("function", said.Function(tool.function.name, tool.function.parameters))


def _tool_choice(chat: Chat) -> str | said.NamedTool:
    if isinstance(chat.tool_choice, NamedTool):
        return said.NamedTool(said.NamedFunction(chat.tool_choice.function.name))
    return chat.tool_choice


def _format(wanted: ResponseFormat) -> said.ResponseFormat:
    match wanted.json_schema:
        case JsonSchema(definition=schema):
            return said.ResponseFormat(wanted.type, said.JsonSchema(schema))
        case _:
            return said.ResponseFormat(wanted.type)


def _usage(prompt: int, choices: tuple[said.Choice, ...], cached: int) -> Json:
    answered = sum(choice.billed_tokens for choice in choices)
    thought = sum(len(choice.thoughts) for choice in choices)
    usage: Json = {
        "prompt_tokens": prompt,
        "total_tokens": prompt + answered,
        "completion_tokens": answered,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    # The SDK has no type for the details, and lets them pass.
    return usage | {"completion_tokens_details": {"reasoning_tokens": thought}} if thought else usage
