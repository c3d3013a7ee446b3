"""What Cohere refuses although its shape is right: values, turns, tools, and what a model cannot do.

The words on temperature and on the system turn are Cohere's own; the others are of their form.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from app.simulator.api import Json
from app.simulator.cohere.errors import invalid
from app.simulator.cohere.models import Model
from app.simulator.cohere.request import Assistant, Chat, Image, JsonFormat, Message, System, Text, Tool, User

_RANGES: Mapping[str, tuple[float, float | None]] = MappingProxyType(
    {
        "temperature": (0, 1.0),
        "p": (0.01, 0.99),
        "k": (0, 500),
        "frequency_penalty": (0, 1.0),
        "presence_penalty": (0, 1.0),
        "seed": (0, None),
        "max_tokens": (1, None),
        "priority": (0, 999),
    }
)
_STOP_SEQUENCES = 5
_TOOL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNKNOWN_AT_ROOT = ("anyOf", "oneOf", "allOf")
_REFERENCES = ("$ref", "$defs", "definitions")


def check(chat: Chat, model: Model) -> None:
    """Raises Refused for the first thing that Cohere does not accept of this model."""
    for problem in _problems(chat, model):
        raise invalid(problem)


def _problems(chat: Chat, model: Model) -> Iterator[str]:
    yield from _values(chat)
    yield from _turns(chat.messages)
    yield from _results(chat.messages)
    yield from _tools(chat)
    yield from _combinations(chat)
    yield from _abilities(chat, model)


def _values(chat: Chat) -> Iterator[str]:
    for name, (low, high) in _RANGES.items():
        value = getattr(chat, name)
        if value is not None and (value < low or (high is not None and value > high)):
            bounds = f"at least {low}" if high is None else f"between {low} and {high} inclusive"
            yield f"{name} must be {bounds}."
    if len(chat.stop_sequences or []) > _STOP_SEQUENCES:
        yield f"stop_sequences must have at most {_STOP_SEQUENCES} elements."
    if (
        chat.thinking is not None
        and chat.thinking.token_budget is not None
        and chat.thinking.token_budget < 1
    ):
        yield "thinking.token_budget must be at least 1."


def _turns(messages: list[Message]) -> Iterator[str]:
    if not messages:
        yield "messages must contain at least one message."
    for index, message in enumerate(messages):
        if isinstance(message, System) and index:
            yield "system turn must be the first in the list."
        if _is_empty(message):
            yield f"message at index {index} must have non-empty content or tool calls."


def _is_empty(message: Message) -> bool:
    """Whether a turn says nothing, or has a text in it that does. Users' blanks count as nothing."""
    if isinstance(message, Assistant) and message.content is None:
        return not message.tool_calls
    texts = (
        [message.content]
        if isinstance(message.content, str)
        else [part.text for part in message.content or [] if isinstance(part, Text)]
    )
    if isinstance(message, User):
        texts = [text.strip() for text in texts]
    return not message.content or "" in texts


def _results(messages: list[Message]) -> Iterator[str]:
    """Results stand directly behind the turn that called, each for one of its calls."""
    called: set[str] = set()
    for message in messages:
        if isinstance(message, Tool):
            if message.tool_call_id not in called:
                yield f"tool_call_id '{message.tool_call_id}' matches no call of the turn before."
            called.discard(message.tool_call_id)
        else:
            calls = message.tool_calls or [] if isinstance(message, Assistant) else []
            called = {call.id for call in calls}


def _tools(chat: Chat) -> Iterator[str]:
    for tool in chat.tools or []:
        name, schema = tool.function.name, tool.function.parameters
        if not _TOOL_NAME.fullmatch(name):
            yield f"tool name '{name}' may contain letters, digits and underscores only."
        if schema.get("type") != "object" or any(keyword in schema for keyword in _UNKNOWN_AT_ROOT):
            yield f"the parameters of the tool '{name}' must be a schema of type object."
        if _refers(schema):
            yield f"the parameters of the tool '{name}' must not contain references."
    if chat.tool_choice == "REQUIRED" and not chat.tools:
        yield "tool_choice can only be REQUIRED when tools are specified."


def _refers(schema: object) -> bool:
    """Whether a schema refers to another place; a property may be called like a keyword."""
    if isinstance(schema, list):
        return any(_refers(entry) for entry in schema)
    if not isinstance(schema, dict):
        return False
    properties = schema.get("properties")
    named = list(properties.values()) if isinstance(properties, dict) else []
    rest: Json = {key: value for key, value in schema.items() if key != "properties"}
    return any(key in rest for key in _REFERENCES) or any(
        _refers(value) for value in [*named, *rest.values()]
    )


def _combinations(chat: Chat) -> Iterator[str]:
    if isinstance(chat.response_format, JsonFormat):
        if chat.tools or chat.documents:
            yield "response_format json_object cannot be combined with tools or documents."
        schema = chat.response_format.json_schema
        if schema is not None and schema.get("type") != "object":
            yield "response_format.json_schema must be of type object at its root."
    if chat.safety_mode is not None and (chat.tools or chat.documents):
        yield "safety_mode is not configurable in combination with tools or documents."


def _abilities(chat: Chat, model: Model) -> Iterator[str]:
    if "chat" not in model.endpoints:
        yield f"model '{model.name}' does not support the chat endpoint."
    if chat.tools and not model.calls_tools:
        yield f"tools are not supported for the model '{model.name}'."
    if chat.tool_choice is not None and not model.takes_tool_choice:
        yield f"tool_choice is not supported for the model '{model.name}'."
    if chat.thinking is not None and chat.thinking.type == "enabled" and not model.thinks:
        yield f"thinking is not supported for the model '{model.name}'."
    if not model.sees and any(_shows_an_image(message) for message in chat.messages):
        yield f"images are not supported for the model '{model.name}'."
    if chat.safety_mode not in (None, *model.safety_modes):
        yield f"safety_mode {chat.safety_mode} is not supported for the model '{model.name}'."
    if chat.frequency_penalty and chat.presence_penalty and not model.takes_both_penalties:
        yield "frequency_penalty and presence_penalty cannot both be set."


def _shows_an_image(message: Message) -> bool:
    return isinstance(message, User) and any(isinstance(part, Image) for part in message.content)
