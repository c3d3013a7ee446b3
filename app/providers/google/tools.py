"""Tools and the choice among them, in Google's words."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from app.chat.conversation import Conversation, Tool, ToolChoice
from app.providers import custom_input
from app.providers.allowed import check_choice, leave_out_marks
from app.providers.facts.google import GoogleModel
from app.providers.google.schemas import fitted, is_object
from app.providers.tool_names import ToolNames
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

# google.genai.types.FunctionDeclaration.name. OpenAI's names may also begin with a digit or a dash, and those
# in a history are anything.
_ILLEGAL: Final = re.compile(r"[^A-Za-z0-9_.:-]")
_MOST_CHARACTERS: Final = 128
_NO_OPTIONS: Final = frozenset({b"{}", b"null"})


def legal_name(name: str) -> str:
    """The name as Google takes it: the same where it is legal."""
    legal = _ILLEGAL.sub("_", name)
    begins_well = legal[:1].isalpha() or legal[:1] == "_"
    return (legal if begins_well else f"_{legal}")[:_MOST_CHARACTERS]


def tool_fields(
    conversation: Conversation, names: ToolNames, model: GoogleModel, verdicts: Verdicts
) -> JsonObject:
    """`tools` and `toolConfig` of the native body, as far as there are any."""
    tools: list[JsonObject] = []
    config: dict[str, object] = {}
    declarations = [_declaration(tool, names, verdicts) for tool in conversation.tools]
    if declarations:
        tools.append({"functionDeclarations": declarations})
        check_choice(conversation, verdicts)
        leave_out_marks(conversation, verdicts)
        config["functionCallingConfig"] = _calling(conversation, names)
    if conversation.given.web_search_options is not None:
        _check_search(conversation.given.web_search_options, verdicts)
        tools.append({"googleSearch": {}})
        if declarations and not model.joins_tools:
            verdicts.refuse("web_search_options", "this model does not search beside function tools")
        elif declarations:
            # ai.google.dev/gemini-api/docs/tool-combination: needed where both kinds stand together.
            config["includeServerSideToolInvocations"] = True
    return {**({"tools": tools} if tools else {}), **({"toolConfig": config} if config else {})}


def _declaration(tool: Tool, names: ToolNames, verdicts: Verdicts) -> JsonObject:
    if tool.kind not in {"function", "custom"}:
        verdicts.refuse(tool.place, f"tools of the type {tool.kind!r} are not Google's")
        return {}
    if tool.has_grammar:
        verdicts.refuse(f"{tool.place}.format", "Google holds no tool's input to a grammar")
    declaration: dict[str, object] = {"name": names.to_native[tool.name]}
    if tool.description is not None:
        declaration["description"] = tool.description
    schema = custom_input.SCHEMA if tool.is_custom else tool.parameters
    # A schema that says nothing is refused; a function without one takes no arguments.
    if schema is not None and is_object(schema):
        declaration["parametersJsonSchema"] = _parameters(tool, schema, verdicts)
    return declaration


def _parameters(tool: Tool, schema: msgspec.Raw, verdicts: Verdicts) -> msgspec.Raw:
    fit = fitted(schema)
    if fit.unenforced:
        place = f"{tool.place}.parameters"
        words = ",".join(fit.unenforced)
        if tool.is_strict:
            verdicts.refuse(place, f"Google does not hold its models to {words}")
        else:
            verdicts.note(place, f"not_enforced:{words}")
    return fit.schema


def _calling(conversation: Conversation, names: ToolNames) -> JsonObject:
    """The calling config. Every mode but AUTO holds the model to the schemas of all tools."""
    choice = conversation.tool_choice or ToolChoice("auto")
    if choice.mode == "none":
        return {"mode": "NONE"}
    allowed = {"allowedFunctionNames": [names.to_native.get(name, name) for name in choice.names]}
    if choice.mode == "required":
        return {"mode": "ANY", **(allowed if choice.names else {})}
    if choice.names:
        return {"mode": "VALIDATED", **allowed}
    return {"mode": "VALIDATED" if any(tool.is_strict for tool in conversation.tools) else "AUTO"}


def _check_search(options: Mapping[str, msgspec.Raw], verdicts: Verdicts) -> None:
    for name, value in options.items():
        param = f"web_search_options.{name}"
        if bytes(value) in _NO_OPTIONS or (name, bytes(value)) == ("search_context_size", b'"medium"'):
            continue
        verdicts.refuse(param, "Google's search has no such option")
    # OpenAI's search models always search; here the model decides.
    verdicts.note("web_search_options", "model_decides")
