"""A request to create a message, as Anthropic defines it: what is not here is not permitted."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from app.simulator.anthropic.blocks import AnyBlock, CacheControl, Strict, Text
from app.simulator.anthropic.errors import invalid
from app.simulator.api import Json

# The older version still knows the sampling fields.
VERSIONS = ("2023-06-01", "2026-10-21")


class Message(Strict, frozen=True):
    """One turn."""

    role: Literal["user", "assistant", "system"]
    content: str | list[AnyBlock]

    @property
    def blocks(self) -> list[AnyBlock]:
        """The content in blocks."""
        return [Text(text=self.content)] if isinstance(self.content, str) else self.content


class Tool(Strict, frozen=True):
    """A tool that the model may call."""

    name: str
    input_schema: Json | None = None
    type: Literal["custom", "web_search_20250305", "web_search_20260209", "web_search_20260318"] = "custom"
    description: str = ""
    cache_control: CacheControl | None = None
    strict: bool = False
    input_examples: tuple[Json, ...] = ()
    eager_input_streaming: bool | None = None
    defer_loading: bool = False
    allowed_callers: tuple[str, ...] = ()
    # These are of searches of the web alone.
    max_uses: int | None = None
    allowed_domains: list[str] | None = None
    blocked_domains: list[str] | None = None
    user_location: Json | None = None


class ToolChoice(Strict, frozen=True):
    """Whether the model has to call a tool, and which."""

    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool = False


class ThinkingConfig(Strict, frozen=True):
    """Whether and how the model reasons before it answers."""

    type: Literal["adaptive", "enabled", "disabled", "between_tools"]
    budget_tokens: int | None = None
    display: Literal["summarized", "omitted"] | None = None


class OutputFormat(Strict, frozen=True):
    """The form of a structured answer."""

    type: Literal["json_schema"]
    schema: Json


class OutputConfig(Strict, frozen=True):
    """How much effort the model makes, and the form of its answer."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: OutputFormat | None = None


class Metadata(Strict, frozen=True):
    """Who is behind the request."""

    user_id: Annotated[str, msgspec.Meta(max_length=256)] | None = None


class MessageBody(Strict, frozen=True, kw_only=True):
    """The body of `POST /v1/messages`."""

    model: str
    max_tokens: Annotated[int, msgspec.Meta(ge=1)]
    messages: list[Message]
    cache_control: CacheControl | None = None
    container: str | Json | None = None
    diagnostics: Json | None = None
    inference_geo: str | None = None
    metadata: Metadata = Metadata()
    output_config: OutputConfig = OutputConfig()
    service_tier: Literal["auto", "standard_only"] = "auto"
    speed: Literal["standard", "fast"] | None = None
    stop_sequences: tuple[str, ...] = ()
    stream: bool = False
    system: str | list[Text] = ""
    thinking: ThinkingConfig | None = None
    tool_choice: ToolChoice | None = None
    tools: tuple[Tool, ...] = ()

    @property
    def system_blocks(self) -> list[Text]:
        """The instructions in blocks."""
        if isinstance(self.system, str):
            return [Text(text=self.system)] if self.system else []
        return self.system

    @property
    def sampling(self) -> Mapping[str, float]:
        """The sampling fields that were sent."""
        return {}


class OldMessageBody(MessageBody, frozen=True, kw_only=True):
    """The same in the version 2023-06-01."""

    temperature: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    top_p: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, msgspec.Meta(ge=0)] | None = None

    @property
    def sampling(self) -> Mapping[str, float]:
        """The sampling fields that were sent."""
        sent = {"temperature": self.temperature, "top_p": self.top_p, "top_k": self.top_k}
        return {name: value for name, value in sent.items() if value is not None}


def read(body: bytes, version: str | None) -> MessageBody:
    """The body of a request in that version of the API. Raises Refused."""
    if version is None:
        raise invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        raise invalid(f'anthropic-version: "{version}" is not a valid version')
    try:
        return msgspec.json.decode(body, type=OldMessageBody if version == VERSIONS[0] else MessageBody)
    except msgspec.ValidationError as problem:
        raise invalid(_worded(str(problem))) from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise invalid("The request body is not valid JSON") from problem


_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.+)`")
_MISSING_FIELD = re.compile(r"Object missing required field `(.+)`")
_WRONG_TAG = re.compile(r"Invalid value '(.+)'")


def _worded(problem: str) -> str:
    """What msgspec found, in the words that the provider has for it."""
    what, _, where = problem.partition(" - at `$")
    path = where.rstrip("`").replace("[...]", "").replace("[", ".").replace("]", "").strip(".")
    if found := _UNKNOWN_FIELD.match(what):
        return f"{_joined(path, found[1])}: Extra inputs are not permitted"
    if found := _MISSING_FIELD.match(what):
        return f"{_joined(path, found[1])}: Field required"
    if path.endswith("type") and (found := _WRONG_TAG.match(what)):
        parent = path.removesuffix("type").rstrip(".")
        return f"{parent}: Input tag '{found[1]}' found using 'type' does not match any of the expected tags"
    return f"{path or 'body'}: {what}"


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
