"""The tools that the model may call, and whether it must."""

from collections.abc import Sequence
from typing import Final

import msgspec

from app.chat.conversation import Tool
from app.errors import InvalidValue
from app.providers.allowed import check_choice
from app.providers.anthropic.content import Content
from app.providers.anthropic.reasoning import Reasoning
from app.providers.anthropic.schemas import EMPTY, NotTaken, to_grammar, to_input_schema
from app.providers.anthropic.translation import Block, Translation
from app.providers.custom_input import SCHEMA

# platform.claude.com/docs/en/build-with-claude/structured-outputs, "schema complexity", November 2026
_MOST_STRICT: Final = 20


class _Place(msgspec.Struct):
    city: str | None = None
    country: str | None = None
    region: str | None = None
    timezone: str | None = None


class _Location(msgspec.Struct):
    approximate: _Place | None = None


class _SearchOptions(msgspec.Struct):
    search_context_size: str | None = None
    user_location: _Location | None = None


_SEARCH_OPTIONS: Final = msgspec.json.Decoder(_SearchOptions)
_NO_OPTIONS: Final = frozenset({b"{}", b"null"})


def to_tools(translation: Translation, content: Content, reasoning: Reasoning) -> Block:
    """The native fields `tools` and `tool_choice`."""
    conversation = translation.conversation
    search = _web_search(translation)
    if not conversation.tools:
        if "parallel_tool_calls" in translation.asked:
            translation.verdicts.note("parallel_tool_calls")
        called = _called(translation)
        if called and search:
            translation.verdicts.refuse(
                "web_search_options", "the tools called before must be declared again"
            )
        if called:
            return {"tools": called, "tool_choice": {"type": "none"}}
        return {"tools": search} if search else {}
    check_choice(conversation, translation.verdicts)
    offered = _offered(translation, conversation.tools)
    fields: Block = {
        "tools": [*(_declared(translation, tool) | content.mark(tool) for tool in offered), *search]
    }
    choice = _choice(translation, reasoning)
    if sum(tool.is_strict for tool in offered) > _MOST_STRICT:
        translation.verdicts.refuse_value("tools", f"at most {_MOST_STRICT} tools are strict here")
    return fields | {"tool_choice": choice} if choice else fields


def _offered(translation: Translation, tools: Sequence[Tool]) -> Sequence[Tool]:
    """The tools that the model may call: all, or those that `tool_choice` allows."""
    choice = translation.conversation.tool_choice
    if choice is None or not choice.names or choice.is_single:
        return tools
    if translation.facts.binds_thinking and translation.has_reasoning_state:
        translation.verdicts.refuse(
            "tool_choice", "other tools would break the reasoning that is bound to those before"
        )
    return [tool for tool in tools if tool.name in choice.names]


def _declared(translation: Translation, tool: Tool) -> Block:
    verdicts = translation.verdicts
    if tool.kind not in {"function", "custom"}:
        verdicts.refuse(tool.place, f"there is no tool of the type '{tool.kind}'")
    if tool.has_grammar:
        verdicts.refuse(f"{tool.place}.format", "no text can be held to a grammar here")
    declared: Block = {"name": tool.name}
    if tool.description:
        declared["description"] = tool.description
    declared["input_schema"] = SCHEMA if tool.is_custom else _input_schema(translation, tool)
    if tool.is_strict:
        declared["strict"] = True
    return declared


def _input_schema(translation: Translation, tool: Tool) -> msgspec.Raw:
    if tool.is_strict and not translation.facts.takes_schemas:
        translation.verdicts.refuse(f"{tool.place}.strict", "this model keeps to no schema")
    if tool.parameters is None:
        return EMPTY
    try:
        schema = to_input_schema(tool.parameters)
        if tool.is_strict:
            schema, _ = to_grammar(schema)
    except NotTaken as reason:
        translation.verdicts.refuse_value(f"{tool.place}.parameters", str(reason))
        return EMPTY
    return schema


def _choice(translation: Translation, reasoning: Reasoning) -> Block | None:
    choice = translation.conversation.tool_choice
    is_single_file = "parallel_tool_calls" in translation.asked or translation.conversation.has_functions
    if choice is not None and choice.mode == "none":
        if "parallel_tool_calls" in translation.asked:
            translation.verdicts.note("parallel_tool_calls")
        return {"type": "none"}
    alone: Block = {"disable_parallel_tool_use": True} if is_single_file else {}
    if choice is None or choice.mode == "auto":
        return {"type": "auto", **alone} if choice or alone else None
    _check_force(translation, reasoning)
    forced: Block = {"type": "tool", "name": choice.names[0]} if choice.is_single else {"type": "any"}
    return forced | alone


def _check_force(translation: Translation, reasoning: Reasoning) -> None:
    place, verdicts = translation.conversation.tool_choice_place, translation.verdicts
    if not translation.facts.takes_forced_tools:
        verdicts.refuse_value(place, "this model cannot be made to call a tool")
    elif reasoning.is_manual:
        verdicts.refuse_value(place, "a model that reasons with a budget cannot be made to call a tool")
    elif reasoning.is_asked_for:
        # platform.claude.com/docs/en/build-with-claude/thinking, November 2026
        verdicts.note("reasoning_effort", "skipped_before_forced_call")


def _called(translation: Translation) -> list[Block]:
    """Declarations for the tools of earlier turns, without which Anthropic refuses the calls themselves."""
    calls = (call for message in translation.conversation.messages for call in message.tool_calls)
    custom = {call.name: call.is_custom for call in calls}
    return [
        {"name": translation.names.to_native[name], "input_schema": SCHEMA if is_custom else EMPTY}
        for name, is_custom in custom.items()
    ]


def _web_search(translation: Translation) -> list[Block]:
    if "web_search_options" not in translation.asked:
        return []
    given = translation.given.web_search_options or {}
    for name, value in given.items():
        if name not in _SearchOptions.__struct_fields__ and bytes(value) not in _NO_OPTIONS:
            translation.verdicts.refuse(f"web_search_options.{name}", "Anthropic's search has no such option")
    try:
        options = _SEARCH_OPTIONS.decode(msgspec.json.encode(given))
    except msgspec.ValidationError:
        raise InvalidValue("Invalid 'web_search_options'.", "web_search_options") from None
    if options.search_context_size not in {None, "medium"}:
        translation.verdicts.refuse_value(
            "web_search_options.search_context_size", "how much is searched cannot be told"
        )
    # The later versions filter by running code; this one searches and no more.
    search: Block = {"type": "web_search_20250305", "name": "web_search"}
    if options.user_location is not None:
        place = msgspec.structs.asdict(options.user_location.approximate or _Place())
        known = {name: value for name, value in place.items() if value is not None}
        search["user_location"] = {"type": "approximate"} | known
    # With OpenAI's search models the search always runs; here the model decides.
    translation.verdicts.note("web_search_options", "tool")
    return [search]
