"""Tools and the choice among them, in Cohere's words."""

from typing import Final

import msgspec

from app.chat.conversation import Conversation, Tool
from app.providers.allowed import allowed_tools, check_choice, leave_out_marks
from app.providers.cohere.names import ToolNames
from app.providers.cohere.schemas import CannotInline, root_of, type_of, without_references
from app.providers.custom_input import SCHEMA
from app.providers.facts.cohere import CohereModel
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

_NO_PARAMETERS: Final = msgspec.Raw(b'{"type":"object","properties":{}}')
_ALTERNATIVES: Final = frozenset({"anyOf", "oneOf", "allOf"})
_OBJECT_TYPE: Final = msgspec.Raw(b'"object"')


def to_cohere_tools(
    conversation: Conversation, model: CohereModel, names: ToolNames, verdicts: Verdicts
) -> JsonObject:
    """The native `tools`, `strict_tools` and `tool_choice`, as far as the request says anything."""
    _check_parallel(conversation, verdicts)
    if not conversation.tools:
        return {}
    if model.calls_tools is False:
        verdicts.refuse("functions" if conversation.has_functions else "tools", "the model calls no tools")
    check_choice(conversation, verdicts)
    leave_out_marks(conversation, verdicts)
    choice = conversation.tool_choice
    place = conversation.tool_choice_place
    # Cohere cannot be confined to some of the tools that it knows.
    tools = allowed_tools(conversation, choice)
    body: dict[str, object] = {"tools": [_declared(tool, names, verdicts) for tool in tools]}
    strict = [tool for tool in tools if tool.is_strict]
    if strict and len(strict) == len(tools):
        body["strict_tools"] = True
    elif strict:
        verdicts.refuse(f"{strict[0].place}.strict", "with Cohere all tools are strict or none is")
    if choice is not None and choice.mode != "auto":
        if model.takes_tool_choice is False:
            verdicts.refuse(place, "the model decides for itself whether it calls tools")
        body["tool_choice"] = choice.mode.upper()
    return body


def _check_parallel(conversation: Conversation, verdicts: Verdicts) -> None:
    """Whether one call at a time is asked for makes no difference where no call is possible."""
    if conversation.given.parallel_tool_calls is not False:
        return
    choice = conversation.tool_choice
    if conversation.tools and (choice is None or choice.mode != "none"):
        verdicts.refuse("parallel_tool_calls", "Cohere's models may always call several tools at once")
    else:
        verdicts.note("parallel_tool_calls")


def _declared(tool: Tool, names: ToolNames, verdicts: Verdicts) -> JsonObject:
    if tool.kind not in {"function", "custom"}:
        verdicts.refuse(tool.place, f"Cohere has no tools of the type {tool.kind}")
    if tool.has_grammar:
        verdicts.refuse(f"{tool.place}.format", "Cohere holds no tool's text to a grammar")
    function: dict[str, object] = {"name": names.to_native(tool.name)}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = SCHEMA if tool.is_custom else _parameters(tool, verdicts)
    return {"type": "function", "function": function}


def _parameters(tool: Tool, verdicts: Verdicts) -> msgspec.Raw:
    if tool.parameters is None:
        return _NO_PARAMETERS
    place = f"{tool.place}.parameters"
    try:
        schema = without_references(tool.parameters)
    except CannotInline as problem:
        verdicts.refuse(place, f"Cohere follows no references, and {problem}")
        return _NO_PARAMETERS
    keywords = root_of(schema)
    if _ALTERNATIVES & keywords.keys():
        verdicts.refuse(place, "Cohere takes no alternatives at the root of a schema")
    elif not keywords:
        return _NO_PARAMETERS
    elif "type" not in keywords:
        # Arguments are an object anyway, but Cohere wants to read it.
        return msgspec.Raw(msgspec.json.encode({"type": _OBJECT_TYPE, **keywords}))
    elif type_of(schema) != "object":
        verdicts.refuse(place, "Cohere takes an object at the root of a schema")
    return schema
