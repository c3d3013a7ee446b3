"""The parts of messages, as Anthropic defines them: what is not here is not permitted."""

from typing import Literal

import msgspec

from app.simulator.api import Json


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An object without room for unknown fields."""


class CacheControl(Strict, frozen=True):
    """A point up to which the prompt is cached."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class Block(Strict, frozen=True, tag_field="type"):
    """A part of a message's content."""

    cache_control: CacheControl | None = None


class Text(Block, frozen=True, tag="text", kw_only=True):
    """Text."""

    text: str
    citations: list[Json] | None = None


class Base64Source(Strict, frozen=True, tag_field="type", tag="base64"):
    """A file inside the request."""

    media_type: str
    data: str


class UrlSource(Strict, frozen=True, tag_field="type", tag="url"):
    """A file elsewhere."""

    url: str


class FileSource(Strict, frozen=True, tag_field="type", tag="file"):
    """A file that was uploaded before."""

    file_id: str


class TextSource(Strict, frozen=True, tag_field="type", tag="text"):
    """A plain text."""

    media_type: Literal["text/plain"]
    data: str


class Image(Block, frozen=True, tag="image", kw_only=True):
    """A picture."""

    source: Base64Source | UrlSource | FileSource
    transformations: Json | None = None


class Document(Block, frozen=True, tag="document", kw_only=True):
    """A document."""

    source: Base64Source | UrlSource | FileSource | TextSource
    title: str | None = None
    context: str | None = None
    citations: Json | None = None


class Thinking(Strict, frozen=True, tag_field="type", tag="thinking"):
    """Reasoning of an earlier answer."""

    thinking: str
    signature: str


class RedactedThinking(Strict, frozen=True, tag_field="type", tag="redacted_thinking"):
    """Reasoning that the provider keeps to itself."""

    data: str


class ToolUse(Block, frozen=True, tag="tool_use", kw_only=True):
    """A call of a tool."""

    id: str
    name: str
    input: Json
    caller: Json | None = None
    toolset_name: str | None = None


class ToolResult(Block, frozen=True, tag="tool_result", kw_only=True):
    """What a called tool gave."""

    tool_use_id: str
    content: str | list[Text | Image | Document] = ""
    is_error: bool = False
    toolset_name: str | None = None


class ServerToolUse(Block, frozen=True, tag="server_tool_use", kw_only=True):
    """A call of a tool that the provider runs itself."""

    id: str
    name: Literal["web_search"]
    input: Json
    caller: Json | None = None


class WebSearchResult(Block, frozen=True, tag="web_search_tool_result", kw_only=True):
    """What a search of the web gave."""

    tool_use_id: str
    content: list[Json] | Json
    caller: Json | None = None


AnyBlock = (
    Text
    | Image
    | Document
    | Thinking
    | RedactedThinking
    | ToolUse
    | ToolResult
    | ServerToolUse
    | WebSearchResult
)


def block_name(block: AnyBlock) -> str:
    """The block's type, as it is written."""
    return str(type(block).__struct_config__.tag)
