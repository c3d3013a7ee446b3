"""What a simulated model says: always the same to the same request."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.core.ids import new_id
from app.simulator.json_schema import example

# Roughly as tokenizers cut: short pieces of words, single signs, the space before them included.
_TOKEN = re.compile(r"\s*\w{1,6}|\s*[^\w\s]|\s+")
_TOKENS_PER_MESSAGE = 3
_TOKENS_PER_IMAGE = 85


class Part(msgspec.Struct, frozen=True):
    """One part of a message's content."""

    type: str
    text: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """All the message's text."""
        if isinstance(self.content, list):
            return " ".join(part.text for part in self.content if part.text)
        return self.content or ""

    @property
    def images(self) -> int:
        """How many images the message brings."""
        return sum(part.type == "image_url" for part in self.content) if isinstance(self.content, list) else 0


class Function(msgspec.Struct, frozen=True):
    """A function that the model may call."""

    name: str
    parameters: dict[str, object] = {}


class Tool(msgspec.Struct, frozen=True):
    """A tool that the model may use; only functions are ever called."""

    type: str
    function: Function | None = None


class NamedFunction(msgspec.Struct, frozen=True):
    """A function by its name."""

    name: str


class NamedTool(msgspec.Struct, frozen=True):
    """The tool that has to be called."""

    function: NamedFunction


class JsonSchema(msgspec.Struct, frozen=True):
    """The schema of a structured answer."""

    schema: dict[str, object] = {}


class ResponseFormat(msgspec.Struct, frozen=True):
    """The form that the answer shall have."""

    type: str
    json_schema: JsonSchema | None = None


class StreamOptions(msgspec.Struct, frozen=True):
    """What a stream shall hold besides its content."""

    include_usage: bool = False


class ChatBody(msgspec.Struct, frozen=True):
    """As much of a chat completion request as the simulator heeds; everything else is accepted."""

    model: str
    messages: list[Message]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: str | list[str] | None = None
    tools: list[Tool] | None = None
    tool_choice: str | NamedTool | None = None
    response_format: ResponseFormat | None = None
    logprobs: bool | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of one function; `id` is what its result refers to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer, in tokens: of its text, or of the arguments where it calls a tool."""

    tokens: tuple[str, ...]
    finish_reason: str
    call: ToolCall | None = None


def tokens(text: str) -> tuple[str, ...]:
    """`text` cut into what the simulator counts as tokens; joined they give it back."""
    return tuple(_TOKEN.findall(text))


def prompt_tokens(chat: ChatBody) -> int:
    """What the simulator charges for the conversation so far."""
    return sum(
        len(tokens(message.text)) + message.images * _TOKENS_PER_IMAGE + _TOKENS_PER_MESSAGE
        for message in chat.messages
    )


def answer(chat: ChatBody, exact_tokens: int | None = None) -> tuple[Choice, ...]:
    """The choices that answer `chat`: `n` of them, each of `exact_tokens` where that is given."""
    function = _function_to_call(chat)
    if function is not None:
        arguments = tokens(json.dumps(example(function.parameters)) if function.parameters else "{}")
        return tuple(
            Choice(arguments, "tool_calls", ToolCall(f"call_{new_id().hex[-24:]}", function.name))
            for _ in range(chat.n or 1)
        )
    return tuple(_choice(chat, number, exact_tokens) for number in range(chat.n or 1))


def _choice(chat: ChatBody, number: int, exact_tokens: int | None) -> Choice:
    text = _structured(chat.response_format) or _prose(chat.messages, number)
    for stop in [chat.stop] if isinstance(chat.stop, str) else chat.stop or []:
        text = text.partition(stop)[0]
    pieces = tokens(text)
    if exact_tokens is not None:
        pieces = (pieces + (" word",) * exact_tokens)[:exact_tokens]
    limit = chat.max_completion_tokens or chat.max_tokens or len(pieces)
    return Choice(pieces[:limit], "length" if limit < len(pieces) else "stop")


def _function_to_call(chat: ChatBody) -> Function | None:
    """The function that the request has to see called; none once a tool has answered."""
    functions = [tool.function for tool in chat.tools or [] if tool.function is not None]
    if chat.tool_choice == "none" or not functions or (chat.messages and chat.messages[-1].role == "tool"):
        return None
    if isinstance(chat.tool_choice, NamedTool):
        wanted = chat.tool_choice.function.name
        return next((function for function in functions if function.name == wanted), None)
    return functions[0]


def _structured(wanted: ResponseFormat | None) -> str | None:
    if wanted is not None and wanted.type == "json_schema" and wanted.json_schema is not None:
        return json.dumps(example(wanted.json_schema.schema))
    if wanted is not None and wanted.type == "json_object":
        return json.dumps({"answer": "This is a simulated answer."})
    return None


def _prose(messages: Sequence[Message], number: int) -> str:
    last = messages[-1] if messages else Message(role="user")
    if last.role == "tool":
        heard = f"The tool answered: {last.text}"
    else:
        pictures = {0: "", 1: " and sent an image"}.get(last.images, f" and sent {last.images} images")
        heard = f"You said: {last.text}{pictures}"
    variant = "" if number == 0 else f" (variant {number + 1})"
    return f"{heard}\nThis is a simulated answer{variant}, made without any model behind it."
