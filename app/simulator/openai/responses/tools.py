"""The tools of a request, and the choice among them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from app.simulator.api import Json
from app.simulator.openai.responses.items import Strict


class FunctionTool(Strict, frozen=True):
    """A function that the model may call."""

    type: Literal["function"]
    name: str
    parameters: Json | None = None
    strict: bool | None = True
    description: str | None = None
    defer_loading: bool = False
    allowed_callers: list[str] | None = None
    output_schema: Json | None = None


class CustomTool(Strict, frozen=True):
    """A tool that takes any text."""

    type: Literal["custom"]
    name: str
    description: str | None = None
    format: "TextFormat | None" = None
    defer_loading: bool = False
    allowed_callers: list[str] | None = None


class TextFormat(Strict, frozen=True):
    """What a custom tool's input looks like."""

    type: Literal["text", "grammar"]
    definition: str | None = None
    syntax: Literal["lark", "regex"] | None = None


class WebSearchTool(Strict, frozen=True):
    """The provider's search of the web."""

    type: Literal["web_search", "web_search_2025_08_26", "web_search_preview"]
    filters: Json | None = None
    search_context_size: Literal["low", "medium", "high"] = "medium"
    user_location: Json | None = None


Tool = FunctionTool | CustomTool | WebSearchTool

KINDS: Mapping[str, type[Tool]] = MappingProxyType(
    {
        "function": FunctionTool,
        "custom": CustomTool,
        "web_search": WebSearchTool,
        "web_search_2025_08_26": WebSearchTool,
        "web_search_preview": WebSearchTool,
    }
)


class ChosenTool(Strict, frozen=True):
    """A tool that has to be called, or those among which the model may choose."""

    type: Literal["function", "custom", "allowed_tools", "web_search", "web_search_preview"]
    name: str | None = None
    mode: Literal["auto", "required"] | None = None
    tools: tuple["ChosenTool", ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tools that are left."""
        if self.type == "allowed_tools":
            return tuple(name for tool in self.tools for name in tool.names)
        return (self.name,) if self.name is not None else ()
