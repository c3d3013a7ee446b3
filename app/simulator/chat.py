"""What a simulated model says: always the same to the same request."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.core.ids import new_id
from app.simulator.directives import Directives
from app.simulator.json_schema import example

# Roughly as tokenizers cut: short pieces of words, single signs, the space before them included.
_TOKEN = re.compile(r"\s*\w{1,6}|\s*[^\w\s]|\s+")
_TOKENS_PER_MESSAGE = 3
_TOKENS_PER_IMAGE = 85
# What custom tools are given.
_CUSTOM_INPUT = 'a "simulated" input\nin two lines'


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


class NamedFunction(msgspec.Struct, frozen=True):
    """A function, or a custom tool, by its name."""

    name: str


class Tool(msgspec.Struct, frozen=True):
    """A tool that the model may use; one that is neither a function nor a custom tool is never called."""

    type: str
    function: Function | None = None
    custom: NamedFunction | None = None

    @property
    def name(self) -> str | None:
        """What it is called by; none where it cannot be."""
        called = self.function or self.custom
        return called.name if called is not None else None


class NamedTool(msgspec.Struct, frozen=True):
    """The tool that has to be called, or those among which the model may choose."""

    function: NamedFunction | None = None
    custom: NamedFunction | None = None
    allowed_tools: "AllowedTools | None" = None

    @property
    def names(self) -> frozenset[str]:
        """The names of the tools that are left."""
        if self.allowed_tools is not None:
            return frozenset().union(*(tool.names for tool in self.allowed_tools.tools))
        named = self.function or self.custom
        return frozenset({named.name} if named is not None else ())


class AllowedTools(msgspec.Struct, frozen=True):
    """The tools among which the model may choose."""

    tools: list[NamedTool]


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
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    logprobs: bool | None = None
    reasoning_effort: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of one function, its arguments in JSON; `id` is what its result refers to.

    The arguments of a custom tool are its input, which is any text.
    """

    id: str
    name: str
    arguments: str
    is_custom: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its reasoning and its text in tokens, and the tools that it calls.

    `finish_reason` is in OpenAI's words: stop, length, tool_calls or content_filter; one that was told is in
    the provider's. `stopped_by` is the stop sequence that was met; it is no part of the text.
    """

    tokens: tuple[str, ...]
    finish_reason: str
    calls: tuple[ToolCall, ...] = ()
    thoughts: tuple[str, ...] = ()
    stopped_by: str | None = None

    @property
    def text(self) -> str:
        """All the text."""
        return "".join(self.tokens)

    @property
    def reasoning(self) -> str:
        """All the reasoning."""
        return "".join(self.thoughts)

    @property
    def billed_tokens(self) -> int:
        """What the simulator charges for the answer, reasoning included."""
        called = sum(len(tokens(call.arguments)) for call in self.calls)
        return len(self.thoughts) + len(self.tokens) + called


def tokens(text: str) -> tuple[str, ...]:
    """`text` cut into what the simulator counts as tokens; joined they give it back."""
    return tuple(_TOKEN.findall(text))


def prompt_tokens(chat: ChatBody) -> int:
    """What the simulator charges for the conversation so far."""
    return sum(
        len(tokens(message.text)) + message.images * _TOKENS_PER_IMAGE + _TOKENS_PER_MESSAGE
        for message in chat.messages
    )


def answer(chat: ChatBody, told: Directives | None = None) -> tuple[Choice, ...]:
    """The choices that answer `chat`: `n` of them, as `told`."""
    told = told or Directives()
    return tuple(_choice(chat, number, told) for number in range(chat.n or 1))


def _choice(chat: ChatBody, number: int, told: Directives) -> Choice:
    thoughts = tokens(_thoughts(chat.messages)) if told.think else ()
    if told.refuse or told.finish:
        said = _exactly(told.tokens or 0, _pieces(chat, number)[0])
        return Choice(said, told.finish or "content_filter", thoughts=() if told.refuse else thoughts)
    calls = _calls(chat, told.parallel)
    if calls:
        return Choice((), "tool_calls", calls, thoughts)
    pieces, stopped_by = _pieces(chat, number)
    if told.tokens is not None:
        pieces, stopped_by = _exactly(told.tokens, pieces), None
    limit = chat.max_completion_tokens or chat.max_tokens
    if limit is not None and limit < len(thoughts) + len(pieces):
        return Choice(pieces[: max(limit - len(thoughts), 0)], "length", thoughts=thoughts[:limit])
    return Choice(pieces, "stop", thoughts=thoughts, stopped_by=stopped_by)


def _pieces(chat: ChatBody, number: int) -> tuple[tuple[str, ...], str | None]:
    """The text's tokens up to the first stop sequence, and that sequence."""
    text = _structured(chat.response_format) or _prose(chat.messages, number)
    stops = [chat.stop] if isinstance(chat.stop, str) else chat.stop or []
    found = min((stop for stop in stops if stop in text), key=text.index, default=None)
    return tokens(text.partition(found)[0] if found else text), found


def _exactly(count: int, pieces: tuple[str, ...]) -> tuple[str, ...]:
    return (pieces + (" word",) * count)[:count]


def _calls(chat: ChatBody, parallel: int) -> tuple[ToolCall, ...]:
    tools = _tools_to_call(chat)
    if not tools:
        return ()
    count = 1 if chat.parallel_tool_calls is False else parallel
    return tuple(_call(tools[number % len(tools)]) for number in range(count))


def _call(tool: Tool) -> ToolCall:
    call_id = f"call_{new_id().hex[-24:]}"
    if tool.function is None:
        return ToolCall(call_id, tool.name or "", _CUSTOM_INPUT, is_custom=True)
    schema = tool.function.parameters
    return ToolCall(call_id, tool.function.name, json.dumps(example(schema)) if schema else "{}")


def _tools_to_call(chat: ChatBody) -> list[Tool]:
    """The tools that the request has to see called, in turns; none once a tool has answered."""
    tools = [tool for tool in chat.tools or [] if tool.name is not None]
    if chat.tool_choice == "none" or (chat.messages and chat.messages[-1].role == "tool"):
        return []
    if isinstance(chat.tool_choice, NamedTool):
        return [tool for tool in tools if tool.name in chat.tool_choice.names]
    return tools


def _thoughts(messages: Sequence[Message]) -> str:
    return f"Messages so far: {len(messages)}. I repeat the last one, as simulators do."


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
