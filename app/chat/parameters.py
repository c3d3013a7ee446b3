"""The types of every parameter of OpenAI's chat completions, for msgspec to check while it reads.

After `openai` 3.54, `types/chat/completion_create_params.py`. Only what OpenAI refuses for every model is
refused here: ranges that differ by model are the provider's to judge. `null` stands for an absent parameter.
"""

from typing import Annotated

import msgspec

_ABSENT = msgspec.Raw(b"")
_Object = dict[str, msgspec.Raw]
_FunctionName = Annotated[str, msgspec.Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}\Z")]
_Penalty = Annotated[float, msgspec.Meta(ge=-2, le=2)]
_TokenLimit = Annotated[int, msgspec.Meta(ge=1)]


class ContentPart(msgspec.Struct, gc=False):
    """One part of a message. Unknown types pass, so `text` may be anything until the type is known."""

    type: str
    text: object = None


class CalledFunction(msgspec.Struct, gc=False):
    """A function call that an earlier answer made."""

    name: str
    arguments: str


class CalledTool(msgspec.Struct, gc=False):
    """A call of a custom tool that an earlier answer made."""

    name: str
    input: str


class ToolCall(msgspec.Struct, gc=False):
    """A tool call that an earlier answer made."""

    id: str
    type: str
    function: CalledFunction | None = None
    custom: CalledTool | None = None
    # Reasoning state that other providers hang on a call.
    extra_content: msgspec.Raw = _ABSENT


class Message(msgspec.Struct, gc=False):
    """One message of the conversation."""

    role: str
    content: str | list[ContentPart] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: list[ToolCall] | None = None
    function_call: CalledFunction | None = None
    refusal: str | None = None
    audio: _Object | None = None
    # Reasoning that compatible servers give, and want back.
    reasoning_content: str | None = None
    reasoning: object = None
    reasoning_details: msgspec.Raw = _ABSENT

    @property
    def holds_reasoning(self) -> bool:
        """Whether reasoning came back with the message, in any of its shapes."""
        return (
            self.reasoning_content is not None
            or self.reasoning is not None
            or len(self.reasoning_details) > 0
            or (self.tool_calls is not None and any(len(call.extra_content) for call in self.tool_calls))
        )


class DeclaredFunction(msgspec.Struct, gc=False):
    """A function that the model may call."""

    name: _FunctionName
    description: str | None = None
    parameters: _Object | None = None
    strict: bool | None = None


class DeclaredTool(msgspec.Struct, gc=False):
    """A custom tool that the model may call."""

    name: _FunctionName


class Tool(msgspec.Struct, gc=False):
    """A tool that the model may call. Types that only some provider knows pass."""

    type: str
    function: DeclaredFunction | None = None
    custom: DeclaredTool | None = None


class Named(msgspec.Struct, gc=False):
    """A tool referred to by its name."""

    name: str


class ToolChoice(msgspec.Struct, gc=False):
    """A choice of one tool, or of a set of allowed ones."""

    type: str
    function: Named | None = None
    custom: Named | None = None
    allowed_tools: "AllowedTools | None" = None


class AllowedTools(msgspec.Struct, gc=False):
    """The tools among which the model may choose."""

    mode: str
    tools: list[ToolChoice]


class ResponseFormat(msgspec.Struct, gc=False):
    """The shape that the answer shall have."""

    type: str
    json_schema: _Object | None = None


class StreamOptions(msgspec.Struct, gc=False):
    """Options of a stream."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class Parameters(msgspec.Struct, gc=False):
    """All 37 parameters; fields that are not among them are ignored here and passed on."""

    messages: list[Message] | None = None
    model: str | None = None
    audio: _Object | None = None
    frequency_penalty: _Penalty | None = None
    function_call: str | Named | None = None
    functions: Annotated[list[DeclaredFunction], msgspec.Meta(max_length=128)] | None = None
    logit_bias: dict[str, Annotated[float, msgspec.Meta(ge=-100, le=100)]] | None = None
    logprobs: bool | None = None
    max_completion_tokens: _TokenLimit | None = None
    max_tokens: _TokenLimit | None = None
    metadata: (
        Annotated[
            dict[
                Annotated[str, msgspec.Meta(max_length=64)],
                Annotated[str, msgspec.Meta(max_length=512)],
            ],
            msgspec.Meta(max_length=16),
        ]
        | None
    ) = None
    modalities: list[str] | None = None
    moderation: _Object | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=128)] | None = None
    parallel_tool_calls: bool | None = None
    prediction: _Object | None = None
    presence_penalty: _Penalty | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: _Object | None = None
    prompt_cache_retention: str | None = None
    reasoning_effort: str | None = None
    response_format: ResponseFormat | None = None
    safety_identifier: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    seed: int | None = None
    service_tier: str | None = None
    stop: Annotated[list[str], msgspec.Meta(max_length=4)] | str | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    tool_choice: str | ToolChoice | None = None
    tools: Annotated[list[Tool], msgspec.Meta(max_length=128)] | None = None
    top_logprobs: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    top_p: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    user: str | None = None
    verbosity: str | None = None
    web_search_options: _Object | None = None
