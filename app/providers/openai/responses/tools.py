"""Tools, and the choice among them, as the Responses route has them: flat."""

from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.chat.request import NULL, Fields
from app.providers.openai.draft import Draft
from app.providers.verdicts import Verdicts

_LIST: Final = msgspec.json.Decoder(list[Fields])
_FIELDS: Final = msgspec.json.Decoder(Fields)
_FUNCTION: Final = b'"function"'
_NO_PARAMETERS: Final = msgspec.Raw(b'{"type":"object","properties":{}}')
# Strict is the default there, and not in chat.
_FALSE: Final = msgspec.Raw(b"false")

Tool = dict[str, object]


class _Location(msgspec.Struct):
    approximate: Fields | None = None


class _Search(msgspec.Struct):
    search_context_size: str | None = None
    user_location: _Location | None = None


_SEARCH: Final = msgspec.json.Decoder(_Search)


def to_tools(draft: Draft, verdicts: Verdicts) -> list[Tool]:
    """The declarations. Schemas keep their bytes."""
    tools: list[Tool] = []
    declared = draft.read("tools", _LIST)
    functions = draft.read("functions", _LIST)
    for index, tool in enumerate(declared or []):
        kind = bytes(tool["type"])
        if kind == _FUNCTION:
            tools.append(_function(_FIELDS.decode(tool["function"])))
        elif kind == b'"custom"':
            tools.append(_custom(_FIELDS.decode(tool["custom"])))
        else:
            verdicts.refuse(f"tools[{index}]", "tools of this type have no place on the Responses route")
    tools += [_function(function) for function in functions or []]
    search, options = draft.read("web_search_options", _SEARCH), draft.read("web_search_options", _FIELDS)
    if search is not None:
        # Search models always search; with a tool it is the model's choice.
        verdicts.adapt("web_search_options", "tool", "the model would only be allowed to search")
        tools.append(_web_search(search, options or {}))
    return tools


def to_tool_choice(conversation: Conversation) -> object | None:
    """The choice; None where none was made."""
    choice = conversation.tool_choice
    if choice is None or not choice.names:
        return choice.mode if choice else None
    kinds = {tool.name: tool.kind for tool in conversation.tools}
    chosen = [{"type": kinds.get(name, "function"), "name": name} for name in choice.names]
    if choice.is_single:
        return chosen[0]
    return {"type": "allowed_tools", "mode": choice.mode, "tools": chosen}


def _function(declared: Fields) -> Tool:
    given = {name: value for name, value in declared.items() if value != NULL}
    return {"type": "function", "parameters": _NO_PARAMETERS, "strict": _FALSE, **given}


def _custom(declared: Fields) -> Tool:
    tool: Tool = {"type": "custom", **declared}
    given = declared.get("format", NULL)
    if given != NULL:
        text_format = _FIELDS.decode(given)
        grammar = text_format.pop("grammar", NULL)
        tool["format"] = {**text_format, **(_FIELDS.decode(grammar) if grammar != NULL else {})}
    return tool


def _web_search(search: _Search, options: Fields) -> Tool:
    # What chat completions do not know, as `filters`, the tool may: OpenAI itself says so where it does not.
    given = {name: value for name, value in options.items() if value != NULL and name != "user_location"}
    tool: Tool = {"type": "web_search", **given}
    if search.user_location is not None:
        tool["user_location"] = {"type": "approximate", **(search.user_location.approximate or {})}
    return tool
