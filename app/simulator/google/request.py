"""A request to generate content, as Google defines it: what is not here has an unknown name."""

import re
from typing import Annotated, Literal

import msgspec

from app.simulator.api import Json
from app.simulator.google.errors import invalid, violated


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An object without room for unknown fields; `null` is as good as absent."""


class Blob(Strict, frozen=True):
    """A file inside the request."""

    mime_type: str | None = None
    data: str | None = None
    display_name: str | None = None


class FileUri(Strict, frozen=True):
    """A file elsewhere."""

    file_uri: str
    mime_type: str | None = None
    display_name: str | None = None


class FunctionCall(Strict, frozen=True):
    """A call of a function."""

    name: str
    args: Json | None = None
    id: str | None = None


class ResponsePart(Strict, frozen=True):
    """A file that a function gave."""

    inline_data: Blob | None = None
    file_data: FileUri | None = None


class FunctionResponse(Strict, frozen=True):
    """What a called function gave."""

    name: str
    response: Json
    id: str | None = None
    parts: list[ResponsePart] | None = None


class MediaResolution(Strict, frozen=True):
    """How closely a picture is looked at."""

    level: str | None = None


class Part(Strict, frozen=True):
    """A part of a content: exactly one of text, a file, a call, or what a call gave."""

    text: str | None = None
    inline_data: Blob | None = None
    file_data: FileUri | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    media_resolution: MediaResolution | None = None
    video_metadata: Json | None = None
    part_metadata: Json | None = None

    @property
    def kinds(self) -> list[str]:
        """What the part has of those of which it may have one."""
        kinds = ("text", "inline_data", "file_data", "function_call", "function_response")
        return [kind for kind in kinds if getattr(self, kind) is not None]


class Content(Strict, frozen=True):
    """One turn."""

    parts: list[Part] = []
    role: str | None = None

    @property
    def calls(self) -> list[FunctionCall]:
        """The functions that it calls."""
        return [part.function_call for part in self.parts if part.function_call is not None]

    @property
    def responses(self) -> list[FunctionResponse]:
        """What called functions gave."""
        return [part.function_response for part in self.parts if part.function_response is not None]


_TYPES = Literal["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"]
_LOWER_TYPES = Literal["string", "number", "integer", "boolean", "array", "object", "null"]


class Schema(Strict, frozen=True):
    """The provider's own kind of schema, which knows less than JSON Schema."""

    type: _TYPES | _LOWER_TYPES | None = None
    format: str | None = None
    title: str | None = None
    description: str | None = None
    nullable: bool | None = None
    enum: list[str] | None = None
    items: "Schema | None" = None
    max_items: int | None = None
    min_items: int | None = None
    properties: "dict[str, Schema] | None" = None
    required: list[str] | None = None
    property_ordering: list[str] | None = None
    min_properties: int | None = None
    max_properties: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    example: object = None
    any_of: "list[Schema] | None" = None
    default: object = None


class Declaration(Strict, frozen=True):
    """A function that the model may call."""

    name: str
    description: str | None = None
    parameters: Schema | None = None
    parameters_json_schema: Json | None = None
    response: Schema | None = None
    response_json_schema: Json | None = None
    behavior: str | None = None


class Tool(Strict, frozen=True):
    """Functions that the model may call, or a tool of the provider's."""

    function_declarations: list[Declaration] | None = None
    google_search: Json | None = None
    url_context: Json | None = None
    code_execution: Json | None = None


class CallingConfig(Strict, frozen=True):
    """Whether the model has to call a function, and which."""

    mode: Literal["AUTO", "ANY", "NONE", "VALIDATED"] | None = None
    allowed_function_names: list[str] | None = None


class ToolConfig(Strict, frozen=True):
    """How tools are used."""

    function_calling_config: CallingConfig | None = None


class ThinkingConfig(Strict, frozen=True):
    """How much the model reasons, and whether it shows that."""

    include_thoughts: bool | None = None
    thinking_budget: int | None = None
    thinking_level: Literal["MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"] | None = None


class GenerationConfig(Strict, frozen=True):
    """How the answer is made."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    candidate_count: int | None = None
    max_output_tokens: int | None = None
    stop_sequences: list[str] | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)] | None = None
    response_mime_type: Literal["text/plain", "application/json", "text/x.enum"] | None = None
    response_schema: Schema | None = None
    response_json_schema: Json | None = None
    response_modalities: list[str] | None = None
    media_resolution: str | None = None
    thinking_config: ThinkingConfig | None = None


class SafetySetting(Strict, frozen=True):
    """From where on one kind of harm is blocked."""

    category: str
    threshold: str


class ContentBody(Strict, frozen=True):
    """The body of `generateContent` and `streamGenerateContent`."""

    contents: list[Content] = []
    system_instruction: Content | None = None
    generation_config: GenerationConfig | None = None
    tools: list[Tool] | None = None
    tool_config: ToolConfig | None = None
    safety_settings: list[SafetySetting] | None = None
    cached_content: str | None = None
    service_tier: Literal["standard", "flex", "priority"] | None = None
    store: bool | None = None
    model: str | None = None

    @property
    def config(self) -> GenerationConfig:
        """How the answer is made; all defaults where nothing is said."""
        return self.generation_config or GenerationConfig()

    @property
    def thinking(self) -> ThinkingConfig:
        """How much the model reasons; all defaults where nothing is said."""
        return self.config.thinking_config or ThinkingConfig()

    @property
    def declarations(self) -> list[Declaration]:
        """The functions of all tools."""
        return [function for tool in self.tools or [] for function in tool.function_declarations or []]

    @property
    def calling(self) -> CallingConfig:
        """Whether functions have to be called; all defaults where nothing is said."""
        config = self.tool_config.function_calling_config if self.tool_config is not None else None
        return config or CallingConfig()


# Below these all names are the client's own.
_FREE = frozenset(
    {"args", "response", "parametersJsonSchema", "responseJsonSchema", "partMetadata", "example", "default"}
)


def read(body: bytes) -> ContentBody:
    """The body of a request. Raises Refused."""
    try:
        return msgspec.convert(_camel(msgspec.json.decode(body)), type=ContentBody)
    except msgspec.ValidationError as problem:
        what, _, where = str(problem).partition(" - at `$")
        path = _snake(where.rstrip("`").strip("."))
        if found := re.match(r"Object contains unknown field `(.+)`", what):
            at = f" at '{path}'" if path else ""
            raise violated(path, f'Unknown name "{found[1]}"{at}: Cannot find field.') from problem
        raise violated(path, f"Invalid value at '{path}' ({what})") from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise invalid("Invalid JSON payload received. Expected a value.") from problem


def _camel(value: object) -> object:
    """`value` with its names in camelCase; a client may write them in snake_case as well."""
    if isinstance(value, list):
        return [_camel(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    renamed = {
        re.sub(r"_([a-z])", lambda found: found[1].upper(), name): inner for name, inner in value.items()
    }
    return {name: _kept(inner, name) for name, inner in renamed.items()}


def _kept(inner: object, name: str) -> object:
    """What is under `name`, with the names that are not the client's own in camelCase."""
    if name in _FREE:
        return inner
    if name == "properties" and isinstance(inner, dict):
        return {own: _camel(schema) for own, schema in inner.items()}
    return _camel(inner)


def _snake(path: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[0].lower()}", path)
