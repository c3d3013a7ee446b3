"""The items of a request's input: what is not here is not permitted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from app.simulator.api import Json

Status = Literal["in_progress", "completed", "incomplete"]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """An object that has no fields but its own."""


class InputText(Strict, frozen=True, tag_field="type", tag="input_text"):
    """Text for the model."""

    text: str
    prompt_cache_breakpoint: Json | None = None


class InputImage(Strict, frozen=True, tag_field="type", tag="input_image"):
    """A picture for the model."""

    detail: Literal["low", "high", "auto", "original"] = "auto"
    image_url: str | None = None
    file_id: str | None = None
    prompt_cache_breakpoint: Json | None = None


class InputFile(Strict, frozen=True, tag_field="type", tag="input_file"):
    """A file for the model."""

    detail: Literal["auto", "low", "high"] = "auto"
    file_data: str | None = None
    file_id: str | None = None
    file_url: str | None = None
    filename: str | None = None
    prompt_cache_breakpoint: Json | None = None


class OutputText(Strict, frozen=True, tag_field="type", tag="output_text"):
    """Text of the model's."""

    text: str
    annotations: tuple[Json, ...] = ()
    logprobs: tuple[Json, ...] = ()


class RefusalPart(Strict, frozen=True, tag_field="type", tag="refusal"):
    """Words with which the model declined."""

    refusal: str


Given = InputText | InputImage | InputFile
Part = Given | OutputText | RefusalPart


class Message(Strict, frozen=True):
    """What somebody said."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | list[Part]
    type: Literal["message"] = "message"
    id: str | None = None
    status: Status | None = None
    phase: Literal["commentary", "final_answer"] | None = None

    @property
    def parts(self) -> list[Part]:
        """The content in parts."""
        return self.content if isinstance(self.content, list) else []


class FunctionCall(Strict, frozen=True):
    """A function that the model called."""

    type: Literal["function_call"]
    call_id: str
    name: str
    arguments: str
    id: str | None = None
    status: Status | None = None
    caller: Json | None = None
    namespace: str | None = None


class CustomToolCall(Strict, frozen=True):
    """A custom tool that the model called."""

    type: Literal["custom_tool_call"]
    call_id: str
    name: str
    input: str
    id: str | None = None
    status: Status | None = None
    caller: Json | None = None
    namespace: str | None = None


class FunctionCallOutput(Strict, frozen=True):
    """What a function gave."""

    type: Literal["function_call_output"]
    call_id: str
    output: str | list[Given]
    id: str | None = None
    status: Status | None = None
    caller: Json | None = None


class CustomToolCallOutput(Strict, frozen=True):
    """What a custom tool gave."""

    type: Literal["custom_tool_call_output"]
    call_id: str
    output: str | list[Given]
    id: str | None = None
    status: Status | None = None
    caller: Json | None = None


class Summary(Strict, frozen=True):
    """A part of what is shown of reasoning."""

    type: Literal["summary_text"]
    text: str


class Reasoning(Strict, frozen=True):
    """Reasoning of an earlier answer."""

    type: Literal["reasoning"]
    id: str
    summary: list[Summary]
    content: list[Json] | None = None
    encrypted_content: str | None = None
    status: Status | None = None


class WebSearchCall(Strict, frozen=True):
    """A search of the web in an earlier answer."""

    type: Literal["web_search_call"]
    id: str
    status: Literal["in_progress", "searching", "completed", "failed"]
    action: Json


class ItemReference(Strict, frozen=True):
    """An item of which the provider alone has the content."""

    type: Literal["item_reference"]
    id: str


Call = FunctionCall | CustomToolCall
Output = FunctionCallOutput | CustomToolCallOutput
Item = Message | Call | Output | Reasoning | WebSearchCall | ItemReference

KINDS: Mapping[str, type[Item]] = MappingProxyType(
    {
        "message": Message,
        "function_call": FunctionCall,
        "function_call_output": FunctionCallOutput,
        "custom_tool_call": CustomToolCall,
        "custom_tool_call_output": CustomToolCallOutput,
        "reasoning": Reasoning,
        "web_search_call": WebSearchCall,
        "item_reference": ItemReference,
    }
)
