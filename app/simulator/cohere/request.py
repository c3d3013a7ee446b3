"""The body of `POST /v2/chat`, as strict as Cohere reads it: a field that it does not know is refused."""

from typing import Literal

import msgspec

from app.simulator.api import Json, Refused
from app.simulator.cohere.errors import invalid, refused

_REFERENCE = "For proper usage, please refer to https://docs.cohere.com/reference/chat"


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Tagged(_Strict, frozen=True, tag_field="type"):
    pass


class Text(_Tagged, frozen=True, tag="text"):
    """Text, in any message."""

    text: str


class Thinking(_Tagged, frozen=True, tag="thinking"):
    """What the model thought, in its own messages."""

    thinking: str


class ImageUrl(_Strict, frozen=True):
    """Where an image is: in a data URL or in the web."""

    url: str
    detail: Literal["auto", "low", "high"] | None = None


class Image(_Tagged, frozen=True, tag="image_url"):
    """An image, in a message of the user."""

    image_url: ImageUrl


class Document(_Strict, frozen=True):
    """Something that the model may cite."""

    data: Json
    id: str | None = None


class DocumentContent(_Tagged, frozen=True, tag="document"):
    """A document that a tool gave back."""

    document: Document


class CalledFunction(_Strict, frozen=True):
    """The function that was called, its arguments in JSON."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(_Strict, frozen=True):
    """A call of a tool, in a message of the model."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction | None = None


class _Message(_Strict, frozen=True, tag_field="role"):
    pass


class System(_Message, frozen=True, tag="system"):
    """An instruction."""

    content: str | list[Text]


class User(_Message, frozen=True, tag="user"):
    """What the user says."""

    content: str | list[Text | Image]


class Assistant(_Message, frozen=True, tag="assistant"):
    """What the model said, or which tools it called after which plan."""

    content: str | list[Text | Thinking] | None = None
    tool_calls: list[ToolCall] | None = None
    tool_plan: str | None = None
    citations: list[Json] | None = None


class Tool(_Message, frozen=True, tag="tool"):
    """What a tool answered."""

    tool_call_id: str
    content: str | list[Text | DocumentContent]


Message = System | User | Assistant | Tool


class Function(_Strict, frozen=True):
    """A function that the model may call."""

    name: str
    parameters: Json
    description: str | None = None


class ToolDefinition(_Strict, frozen=True):
    """A tool that the model may use."""

    function: Function
    type: Literal["function"] = "function"


class TextFormat(_Tagged, frozen=True, tag="text"):
    """An answer in prose."""


class JsonFormat(_Tagged, frozen=True, tag="json_object"):
    """An answer in JSON, after a schema where one is given."""

    json_schema: Json | None = None


class CitationOptions(_Strict, frozen=True):
    """Whether and how to cite."""

    mode: Literal["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"] | None = None


class ThinkingOptions(_Strict, frozen=True):
    """Whether to think, and how much."""

    type: Literal["enabled", "disabled"]
    token_budget: int | None = None


class Chat(_Strict, frozen=True, kw_only=True):
    """The whole body."""

    model: str
    messages: list[Message]
    stream: bool | None = None
    tools: list[ToolDefinition] | None = None
    strict_tools: bool | None = None
    documents: list[str | Document] | None = None
    citation_options: CitationOptions | None = None
    response_format: TextFormat | JsonFormat | None = None
    safety_mode: Literal["CONTEXTUAL", "STRICT", "OFF"] | None = None
    max_tokens: int | None = None
    stop_sequences: list[str] | None = None
    temperature: float | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    k: int | None = None
    p: float | None = None
    logprobs: bool | None = None
    tool_choice: Literal["REQUIRED", "NONE"] | None = None
    thinking: ThinkingOptions | None = None
    priority: int | None = None


def read(body: bytes) -> Chat:
    """The body of a chat. Raises Refused where it is not what Cohere expects."""
    try:
        return msgspec.json.decode(body, type=Chat)
    except msgspec.ValidationError as problem:
        raise _misshapen(str(problem)) from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise invalid("the body is not valid JSON.") from problem


def _misshapen(problem: str) -> Refused:
    """Cohere's words for what msgspec found; 422 with the field's name where Cohere does not know it."""
    words, _, path = problem.partition(" - at `$")
    place = path.strip("`.") or "body"
    match words.split("`"):
        case ["Object contains unknown field ", field, ""]:
            return refused(422, f"unknown field: parameter '{field}' is not a valid field. {_REFERENCE}")
        case ["Object missing required field ", field, ""]:
            return invalid(f"{field} is required in {place}.")
        case _ if words.startswith("Expected"):
            return refused(
                422, f"invalid type: parameter {place} is of the wrong type: {words}. {_REFERENCE}"
            )
        case _:
            return invalid(f"{words} at {place}.")
