"""The body of `POST /v1/chat/completions`, read as Mistral reads it: by pydantic, with nothing extra."""

from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.simulator.api import Json
from app.simulator.mistral.errors import detailed


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextChunk(_Strict):
    """Text."""

    type: Literal["text"]
    text: str


class ReferenceChunk(_Strict):
    """What a text refers to."""

    type: Literal["reference"]
    reference_ids: list[int | str]


class ThinkChunk(_Strict):
    """What the model thought, with its signature where it signs."""

    type: Literal["thinking"]
    thinking: list[Annotated[TextChunk | ReferenceChunk, Field(discriminator="type")]]
    signature: str | None = None
    closed: bool | None = None

    @property
    def text(self) -> str:
        """All that was thought."""
        return "".join(part.text for part in self.thinking if isinstance(part, TextChunk))


class ImageUrl(_Strict):
    """Where an image is: in a data URL or in the web."""

    url: str
    detail: Literal["low", "auto", "high"] | None = None


class ImageChunk(_Strict):
    """An image."""

    type: Literal["image_url"]
    image_url: str | ImageUrl


class DocumentChunk(_Strict):
    """A document by its URL."""

    type: Literal["document_url"]
    document_url: str
    document_name: str | None = None


class FileChunk(_Strict):
    """A file that was uploaded."""

    type: Literal["file"]
    file_id: str


class AudioChunk(_Strict):
    """Sound: base64, or a URL."""

    type: Literal["input_audio"]
    input_audio: str


Chunk = TextChunk | ReferenceChunk | ThinkChunk | ImageChunk | DocumentChunk | FileChunk | AudioChunk
_Chunk = Annotated[Chunk, Field(discriminator="type")]
_Instruction = Annotated[TextChunk | ThinkChunk, Field(discriminator="type")]


class CalledFunction(_Strict):
    """The function that was called."""

    name: str
    arguments: str | Json


class ToolCall(_Strict):
    """A call of a tool."""

    function: CalledFunction
    id: str = "null"
    type: str = "function"
    index: int = 0


class System(_Strict):
    """An instruction."""

    role: Literal["system"]
    content: str | list[_Instruction]


class User(_Strict):
    """What the user says."""

    role: Literal["user"]
    content: str | list[_Chunk] | None


class Assistant(_Strict):
    """What the model said, or which tools it called; with `prefix` what its answer shall begin with."""

    role: Literal["assistant"]
    content: str | list[_Chunk] | None = None
    tool_calls: list[ToolCall] | None = None
    prefix: bool = False


class Tool(_Strict):
    """What a tool answered."""

    role: Literal["tool"]
    content: str | list[_Chunk] | None
    tool_call_id: str | None = None
    name: str | None = None


Message = System | User | Assistant | Tool


class Function(_Strict):
    """A function that the model may call."""

    name: str
    parameters: Json
    description: str = ""
    strict: bool = False


class ToolDefinition(_Strict):
    """A tool that the model may use."""

    function: Function
    type: Literal["function"] = "function"


class FunctionName(_Strict):
    """A function by its name."""

    name: str


class NamedTool(_Strict):
    """The tool that has to be called."""

    function: FunctionName
    type: Literal["function"] = "function"


class JsonSchema(_Strict):
    """The schema of a structured answer."""

    name: str
    definition: Json = Field(alias="schema")
    description: str | None = None
    strict: bool = False


class ResponseFormat(_Strict):
    """The form that the answer shall have."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    json_schema: JsonSchema | None = None


class Prediction(_Strict):
    """What the answer will probably say."""

    type: Literal["content"] = "content"
    content: str = ""


class Chat(_Strict):
    """The whole body. What may be null and what may not is as the SDK has it."""

    model: str
    messages: list[Annotated[Message, Field(discriminator="role")]] = Field(min_length=1)
    temperature: float | None = Field(None, ge=0, le=1.5)
    top_p: float | None = Field(None, ge=0, le=1)
    max_tokens: int | None = Field(None, ge=0)
    stream: bool = False
    stop: str | list[str] | None = None
    random_seed: int | None = Field(None, ge=0)
    metadata: Json | None = None
    response_format: ResponseFormat = ResponseFormat()
    tools: list[ToolDefinition] | None = None
    tool_choice: Literal["auto", "none", "any", "required"] | NamedTool = "auto"
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    min_tokens: int | None = Field(None, ge=0)
    repetition_penalty: float | None = None
    top_k: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    prompt_logprobs: bool | None = None
    top_prompt_logprobs: int | None = None
    n: int | None = Field(None, ge=1)
    prediction: Prediction = Prediction()
    parallel_tool_calls: bool = True
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    prompt_mode: Literal["reasoning"] | None = None
    guardrails: list[Json] | None = None
    prompt_cache_key: str | None = None
    service_tier: Literal["auto", "standard_only"] | None = None
    safe_prompt: bool = False


class _Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    type: str
    loc: list[str | int]
    msg: str
    input: object = None
    ctx: Json = {}


def read(body: bytes) -> Chat:
    """The body of a chat. Raises Refused, 422 with all that is wrong with it."""
    try:
        return Chat.model_validate_json(body)
    except ValidationError as error:
        problems = msgspec.json.decode(error.json(include_url=False), type=list[_Problem])
        found = [
            {
                "type": problem.type,
                "loc": ["body", *problem.loc],
                "msg": problem.msg,
                "input": problem.input,
                **({"ctx": problem.ctx} if problem.ctx else {}),
            }
            for problem in problems
        ]
        raise detailed(422, found) from error
