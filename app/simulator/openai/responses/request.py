"""A request for a response, as OpenAI defines it: what is not here is not permitted."""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from app.simulator.api import Json
from app.simulator.openai.responses import items, tools
from app.simulator.openai.responses.items import Item, Strict
from app.simulator.openai.responses.tools import ChosenTool, Tool
from app.simulator.openai.responses.wording import invalid_json, unsupported_kind, worded

Includable = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]


class ReasoningConfig(Strict, frozen=True):
    """How much the model reasons, and what is shown of it."""

    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: Literal["auto", "concise", "detailed"] | None = None
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    mode: str = "standard"


class Format(Strict, frozen=True):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    schema: Json | None = None
    description: str | None = None
    strict: bool | None = None


class TextConfig(Strict, frozen=True):
    """What the answer's text is like."""

    format: Format = Format(type="text")
    verbosity: Literal["low", "medium", "high"] | None = None


class Moderation(Strict, frozen=True):
    """By which model input and output are moderated."""

    model: str
    policy: Json | None = None


class StreamOptions(Strict, frozen=True):
    """What a stream holds besides its content."""

    include_obfuscation: bool = True


class ResponseBody(Strict, frozen=True):
    """The body of `POST /v1/responses`."""

    model: str
    input: str | list[msgspec.Raw]
    access_programs: Json | None = None
    background: bool | None = None
    background_options: Json | None = None
    context_management: list[Json] | None = None
    conversation: str | Json | None = None
    image: Json | None = None
    include: list[Includable] | None = None
    instructions: str | None = None
    max_output_tokens: Annotated[int, msgspec.Meta(ge=16)] | None = None
    max_tool_calls: Annotated[int, msgspec.Meta(ge=1)] | None = None
    metadata: dict[str, str] | None = None
    moderation: Moderation | None = None
    parallel_tool_calls: bool | None = None
    previous_response_id: str | None = None
    prompt: Json | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: Json | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None
    reasoning: ReasoningConfig | None = None
    safety_identifier: str | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast"] | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    text: TextConfig = TextConfig()
    tool_choice: Literal["none", "auto", "required"] | ChosenTool | None = None
    tools: list[msgspec.Raw] | None = None
    top_logprobs: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    top_p: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    user: str | None = None

    @property
    def effort(self) -> str | None:
        """The level of reasoning that is asked for."""
        return self.reasoning.effort if self.reasoning is not None else None

    @property
    def summary(self) -> str | None:
        """What kind of a summary of the reasoning is asked for."""
        if self.reasoning is None:
            return None
        return self.reasoning.summary or self.reasoning.generate_summary

    @property
    def included(self) -> frozenset[str]:
        """What the answer shall hold besides what it always does."""
        return frozenset(self.include or ())


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its items and its tools read."""

    body: ResponseBody
    items: tuple[Item, ...]
    tools: tuple[Tool, ...]


class _Kind(msgspec.Struct, frozen=True):
    type: str = "message"


def read(body: bytes) -> Asked:
    """The request. Raises Refused."""
    try:
        asked = msgspec.json.decode(body, type=ResponseBody)
    except msgspec.ValidationError as problem:
        raise worded(str(problem)) from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise invalid_json() from problem
    given = asked.input if isinstance(asked.input, list) else []
    return Asked(
        asked,
        tuple(_item(raw, f"input[{index}]") for index, raw in enumerate(given)),
        tuple(_tool(raw, f"tools[{index}]") for index, raw in enumerate(asked.tools or ())),
    )


def _item(raw: msgspec.Raw, place: str) -> Item:
    kind = _kind(raw, place)
    if kind not in items.KINDS:
        raise unsupported_kind(kind, items.KINDS, place)
    try:
        return msgspec.json.decode(raw, type=items.KINDS[kind])
    except msgspec.ValidationError as problem:
        raise worded(str(problem), place) from problem


def _tool(raw: msgspec.Raw, place: str) -> Tool:
    kind = _kind(raw, place)
    if kind not in tools.KINDS:
        raise unsupported_kind(kind, tools.KINDS, place)
    try:
        return msgspec.json.decode(raw, type=tools.KINDS[kind])
    except msgspec.ValidationError as problem:
        raise worded(str(problem), place) from problem


def _kind(raw: msgspec.Raw, place: str) -> str:
    try:
        return msgspec.json.decode(raw, type=_Kind).type
    except msgspec.ValidationError as problem:
        raise worded(str(problem), place) from problem
