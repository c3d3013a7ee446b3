"""The structured fields of a chat request as they are written, for msgspec to read. Flat ones: Parameters."""

from typing import Final, Literal

import msgspec

ABSENT: Final = msgspec.Raw(b"")


class GivenUrl(msgspec.Struct):
    """An image by its URL."""

    url: str
    detail: str | None = None


class GivenSound(msgspec.Struct):
    """Sound in base64."""

    data: str
    format: str


class GivenFile(msgspec.Struct):
    """A file by its content or its id."""

    file_data: str | None = None
    filename: str | None = None
    file_id: str | None = None


class GivenPart(msgspec.Struct):
    """One part of a content list."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: GivenUrl | str | None = None
    input_audio: GivenSound | None = None
    file: GivenFile | None = None
    cache_control: msgspec.Raw = ABSENT
    prompt_cache_breakpoint: msgspec.Raw = ABSENT


class GivenCalled(msgspec.Struct):
    """A called function, or a called custom tool."""

    name: str
    arguments: str = ""
    input: str = ""


class GivenGoogle(msgspec.Struct):
    """Google's extension of a tool call."""

    thought_signature: str | None = None


class GivenExtraContent(msgspec.Struct):
    """Extensions of a tool call by provider."""

    google: GivenGoogle | None = None


class GivenToolCall(msgspec.Struct):
    """A tool call of an earlier answer."""

    id: str
    type: str
    function: GivenCalled | None = None
    custom: GivenCalled | None = None
    extra_content: GivenExtraContent | None = None


class GivenMessage(msgspec.Struct):
    """One message."""

    role: str
    content: str | list[GivenPart] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: list[GivenToolCall] | None = None
    function_call: GivenCalled | None = None
    refusal: str | None = None
    audio: msgspec.Raw = ABSENT
    reasoning_content: str | None = None
    reasoning: object = None
    reasoning_details: msgspec.Raw = ABSENT
    prefix: bool | None = None
    cache_control: msgspec.Raw = ABSENT


class GivenDeclared(msgspec.Struct):
    """A function or custom tool."""

    name: str = ""
    description: str | None = None
    parameters: msgspec.Raw = ABSENT
    strict: bool | None = None
    format: "GivenFormat | None" = None
    cache_control: msgspec.Raw = ABSENT


class GivenFormat(msgspec.Struct):
    """The format of a custom tool's text."""

    type: str = "text"
    grammar: dict[str, msgspec.Raw] | None = None


class GivenTool(msgspec.Struct):
    """An entry of `tools`."""

    type: str
    function: GivenDeclared | None = None
    custom: GivenDeclared | None = None
    cache_control: msgspec.Raw = ABSENT


class GivenNamed(msgspec.Struct):
    """A tool referred to by its name."""

    name: str = ""


class GivenAllowed(msgspec.Struct):
    """A set of allowed tools."""

    mode: Literal["auto", "required"] = "auto"
    tools: list["GivenChoice"] = []


class GivenChoice(msgspec.Struct):
    """A choice of tools."""

    type: str
    function: GivenNamed | None = None
    custom: GivenNamed | None = None
    allowed_tools: GivenAllowed | None = None


class GivenSchema(msgspec.Struct):
    """`response_format.json_schema`."""

    name: str = ""
    description: str | None = None
    schema: msgspec.Raw = ABSENT
    strict: bool | None = None


class GivenResponseFormat(msgspec.Struct):
    """The shape that the answer shall have."""

    type: str
    json_schema: GivenSchema | None = None


class GivenWhole(msgspec.Struct):
    """The fields that hold structure; the flat ones are read as Parameters."""

    messages: list[GivenMessage]
    tools: list[GivenTool] | None = None
    functions: list[GivenDeclared] | None = None
    tool_choice: str | GivenChoice | None = None
    function_call: str | GivenNamed | None = None
    response_format: GivenResponseFormat | None = None
    stop: list[str] | str | None = None
