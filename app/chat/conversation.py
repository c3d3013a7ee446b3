"""A chat request in one form, for dialects that translate it: nothing in it is lost, much is made alike."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from app.chat.messages import Message
from app.chat.parameters import Parameters


class AnswerSchema(msgspec.Struct, frozen=True):
    """`response_format.json_schema`."""

    name: str = ""
    description: str | None = None
    schema: msgspec.Raw | None = None
    strict: bool | None = None


class Tool(msgspec.Struct, frozen=True):
    """A tool that the model may call. `parameters` is the client's JSON schema, byte for byte.

    A custom tool takes a text; one whose text follows a grammar has `has_grammar`. A `kind` other than
    `function` and `custom` is no tool of OpenAI's. `cache` is the client's mark that the prompt may be cached
    up to here.
    """

    kind: str
    name: str
    place: str
    description: str | None = None
    parameters: msgspec.Raw | None = None
    is_strict: bool = False
    has_grammar: bool = False
    cache: msgspec.Raw | None = None

    @property
    def is_custom(self) -> bool:
        """Whether the tool takes a text and not a JSON object."""
        return self.kind == "custom"


class ToolChoice(msgspec.Struct, frozen=True):
    """What the model may do with the tools. `names` are those it is confined to; empty: all.

    `is_single`: the one name was demanded, and not a set allowed that happens to have one.
    """

    mode: Literal["auto", "none", "required"]
    names: tuple[str, ...] = ()
    is_single: bool = False


class Conversation(msgspec.Struct, frozen=True):
    """What a request asks for. `given` holds the parameters as they came; `tools` and `tool_choice` hold what
    `functions` and `function_call` said too, and then `has_functions` is set and answers shall speak so.

    `named` are the parameters that the request has, by whichever value; `extensions` are the fields that are
    not OpenAI's, as the client wrote them.
    """

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    tool_choice: ToolChoice | None
    given: Parameters
    named: tuple[str, ...]
    extensions: Mapping[str, msgspec.Raw]
    schema: AnswerSchema | None
    stop: tuple[str, ...]
    has_functions: bool = False
    tool_choice_place: str = "tool_choice"

    @property
    def limit(self) -> int | None:
        """The most tokens that the answer may have, by whichever name it was given."""
        return self.given.max_completion_tokens or self.given.max_tokens

    @property
    def limit_place(self) -> str:
        """The name by which the limit was given."""
        return "max_tokens" if self.given.max_completion_tokens is None else "max_completion_tokens"
