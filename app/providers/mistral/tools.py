"""Tools and the choice among them, in Mistral's words."""

from typing import Final

import msgspec

from app.chat.conversation import Conversation, Tool, ToolChoice
from app.providers.allowed import allowed_tools, check_choice, leave_out_marks
from app.providers.custom_input import SCHEMA
from app.providers.facts.mistral import MistralModel
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

_NO_PARAMETERS: Final = msgspec.Raw(b'{"type":"object","properties":{}}')


def to_mistral_tools(conversation: Conversation, model: MistralModel, verdicts: Verdicts) -> JsonObject:
    """The native `tools`, `tool_choice` and `parallel_tool_calls`, as far as the request says anything."""
    # OpenAI's `functions` never called more than one at a time.
    is_single = conversation.given.parallel_tool_calls is False or conversation.has_functions
    parallel = {"parallel_tool_calls": False} if is_single else {}
    if not conversation.tools:
        return parallel
    if model.calls_tools is False:
        verdicts.refuse("functions" if conversation.has_functions else "tools", "the model calls no tools")
    check_choice(conversation, verdicts)
    leave_out_marks(conversation, verdicts)
    choice = conversation.tool_choice
    is_named = choice is not None and choice.is_single
    allowed = allowed_tools(conversation, None if is_named else choice)
    body: dict[str, object] = {"tools": [_declared(tool, verdicts) for tool in allowed]}
    if choice is not None:
        body["tool_choice"] = _choice(choice)
    return {**body, **parallel}


def _choice(choice: ToolChoice) -> object:
    if choice.is_single:
        return {"type": "function", "function": {"name": choice.names[0]}}
    return "any" if choice.mode == "required" else choice.mode


def _declared(tool: Tool, verdicts: Verdicts) -> JsonObject:
    if tool.kind not in {"function", "custom"}:
        verdicts.refuse(tool.place, f"Mistral has no tools of the type {tool.kind}")
    if tool.has_grammar:
        verdicts.refuse(f"{tool.place}.format", "Mistral holds no tool's text to a grammar")
    function: dict[str, object] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = SCHEMA if tool.is_custom else tool.parameters or _NO_PARAMETERS
    if tool.is_strict:
        function["strict"] = True
    return {"type": "function", "function": function}
