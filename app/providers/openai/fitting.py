"""What a compatible server takes: the rest is renamed, left out and reported, or refused by name."""

from typing import Final

import msgspec

from app.chat.request import ChatRequest, Fields
from app.providers.base import Target
from app.providers.extensions import PROVIDER_OPTIONS
from app.providers.facts.compatible import PROFILES, Efforts, Profile, Thinking
from app.providers.openai.draft import Draft
from app.providers.openai.messages import has_calls
from app.providers.openai.parameters import TEXT, leave_out, refuse, take_stops
from app.providers.verdicts import TUNING, Verdicts

_FIELDS: Final = msgspec.json.Decoder(Fields)
_LIST: Final = msgspec.json.Decoder(list[Fields])
_INT: Final = msgspec.json.Decoder(int)
_BOOL: Final = msgspec.json.Decoder(bool)

_PARSED: Final = msgspec.Raw(b'"parsed"')
# By which a client says itself where it wants reasoning; the two exclude each other (console.groq.com/docs).
_SHOWN_REASONING: Final = ("reasoning_format", "include_reasoning")


def _watched(profile: Profile) -> frozenset[str]:
    """The fields that may need a word on this server; a request without them goes on as it came."""
    thinking = profile.thinking
    watched = profile.ignored | profile.refused | profile.untuned | thinking.ignored | thinking.refused
    watched |= {"tools", "parallel_tool_calls", "service_tier", PROVIDER_OPTIONS}
    if not profile.is_current:
        watched |= {"functions", "tool_choice"}
    if thinking.efforts:
        watched |= {"reasoning_effort"}
    if not thinking.has_stop:
        watched |= {"stop"}
    if not profile.has_schema:
        watched |= {"response_format"}
    if not profile.has_choices:
        watched |= {"n"}
    return watched if profile.has_new_limit else watched | {"max_completion_tokens"}


_WATCHED: Final = {profile.name: _watched(profile) for profile in PROFILES}


def is_plain(chat: ChatRequest, profile: Profile, target: Target) -> bool:
    """Whether the request goes on as it came."""
    thinking = profile.thinking
    return (
        chat.has_plain_messages
        and not target.refused
        and _WATCHED[profile.name].isdisjoint(chat.fields)
        and not thinking.mixed.match(target.model)
        and not (thinking.is_demanded_back and b'"tool_calls"' in chat.body)
        and (profile.is_current or b"include_obfuscation" not in chat.body)
    )


def fit_profile(draft: Draft, profile: Profile, target: Target, verdicts: Verdicts) -> tuple[str, ...]:
    """Makes the draft what the server takes; gives the stop sequences that the gateway must see to."""
    lacks = f"{profile.name} has no such parameter"
    given = draft.fields.keys()
    refuse(draft, verdicts, sorted((profile.refused & given) - {"service_tier"}), lacks)
    for name in sorted(profile.ignored & given):
        if not draft.is_neutral(name):
            verdicts.note(name)
        draft.remove(name)
    leave_out(draft, verdicts, sorted(profile.untuned & given), lacks)
    leave_out(draft, verdicts, sorted(target.refused & TUNING), "the model refuses it")
    _fit_tier(draft, profile, verdicts)
    _fit_limit(draft, profile, verdicts)
    _fit_tools(draft, profile, verdicts)
    _fit_format(draft, profile, verdicts)
    _fit_stream_options(draft, profile, verdicts)
    return _fit_thinking(draft, profile.thinking, target.model, verdicts)


def take_copies(draft: Draft, profile: Profile) -> int:
    """How many requests make up the answer, where the server gives one choice at a time."""
    copies = draft.read("n", _INT) or 1
    if profile.has_choices or copies == 1:
        return 1
    draft.remove("n")
    return copies


def _fit_tier(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    tier = draft.read("service_tier", TEXT)
    if tier is None or "service_tier" not in profile.refused:
        return
    if tier in profile.tiers:
        draft.write("service_tier", profile.tiers[tier])
        return
    draft.remove("service_tier")
    if tier not in {"auto", "default"}:
        verdicts.refuse_value("service_tier", f"{profile.name} has no tier of this name")


def _fit_limit(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    if draft.get("max_completion_tokens") is None or profile.has_new_limit:
        return
    draft.rename("max_completion_tokens", "max_tokens")
    verdicts.note("max_completion_tokens", "max_tokens")


def _fit_tools(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    tools = draft.read("tools", _LIST)
    if not tools:
        draft.remove("tools")
        draft.remove("parallel_tool_calls")
        return
    if profile.is_current:
        return
    for index, tool in enumerate(tools):
        if tool.get("type") == msgspec.Raw(b'"custom"'):
            verdicts.refuse(f"tools[{index}].custom", f"{profile.name} has functions only")
    if not profile.has_single_calls and draft.read("parallel_tool_calls", _BOOL) is False:
        verdicts.refuse("parallel_tool_calls", f"{profile.name} cannot be held to one call at a time")
    _fit_tool_choice(draft, profile, verdicts)


def _fit_tool_choice(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    choice = draft.get("tool_choice")
    if choice is None:
        return
    if bytes(choice).startswith(b"{"):
        _fit_chosen_tool(draft, _FIELDS.decode(choice), profile, verdicts)
        choice = draft.get("tool_choice")
    if profile.has_tool_choice or choice == msgspec.Raw(b'"auto"'):
        return
    if choice == msgspec.Raw(b'"none"') and not _has_calls(draft):
        for name in ("tools", "tool_choice", "parallel_tool_calls"):
            draft.remove(name)
        return
    verdicts.refuse("tool_choice", f"{profile.name} ignores it")


def _fit_chosen_tool(draft: Draft, choice: Fields, profile: Profile, verdicts: Verdicts) -> None:
    """A set of allowed tools becomes the only tools, and so does the chosen one where it cannot be named."""
    if choice.get("type") == msgspec.Raw(b'"custom"'):
        verdicts.refuse("tool_choice", f"{profile.name} has functions only")
    allowed = choice.get("allowed_tools")
    if allowed is not None:
        given = _FIELDS.decode(allowed)
        chosen = _LIST.decode(given.get("tools", msgspec.Raw(b"[]")))
        _confine(draft, chosen, given.get("mode", msgspec.Raw(b'"auto"')))
    elif not profile.has_named_choice and profile.has_tool_choice:
        _confine(draft, [choice], msgspec.Raw(b'"required"'))


def _confine(draft: Draft, chosen: list[Fields], mode: msgspec.Raw) -> None:
    names = {_function_name(tool) for tool in chosen}
    tools = draft.read("tools", _LIST) or []
    draft.write("tools", [tool for tool in tools if _function_name(tool) in names])
    draft.set("tool_choice", mode)


def _function_name(tool: Fields) -> bytes:
    function = tool.get("function")
    return bytes(_FIELDS.decode(function).get("name", msgspec.Raw(b""))) if function is not None else b""


def _has_calls(draft: Draft) -> bool:
    return any(has_calls(message) for message in draft.read("messages", _LIST) or [])


def _fit_format(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    asked = draft.read("response_format", _FIELDS)
    if asked is not None and not profile.has_schema and asked.get("type") == msgspec.Raw(b'"json_schema"'):
        verdicts.refuse_value("response_format", f"{profile.name} writes JSON, but after no schema")


def _fit_stream_options(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    options = draft.read("stream_options", _FIELDS)
    if options is None or profile.is_current or "include_obfuscation" not in options:
        return
    del options["include_obfuscation"]
    draft.write("stream_options", options)
    verdicts.note("stream_options.include_obfuscation")


def _fit_thinking(draft: Draft, thinking: Thinking, model: str, verdicts: Verdicts) -> tuple[str, ...]:
    effort = draft.read("reasoning_effort", TEXT)
    efforts = next((row for row in thinking.efforts if row.models.match(model)), None)
    if effort is not None and efforts is not None:
        _fit_effort(draft, efforts, effort, verdicts)
    if thinking.mixed.match(model) and all(draft.get(name) is None for name in _SHOWN_REASONING):
        draft.set("reasoning_format", _PARSED)
    if not thinking.models.match(model) or effort == "none" or _is_switched_off(draft):
        return ()
    reason = "it has no effect while the model reasons"
    leave_out(draft, verdicts, sorted(thinking.ignored), reason)
    refuse(draft, verdicts, sorted(thinking.refused), reason)
    return () if thinking.has_stop else take_stops(draft, verdicts)


def _fit_effort(draft: Draft, efforts: Efforts, effort: str, verdicts: Verdicts) -> None:
    levels = efforts.levels
    if effort == "none" and efforts.off is not None:
        name, value = efforts.off
        draft.remove("reasoning_effort")
        given = draft.read(name, _FIELDS)
        draft.write(name, {**(given or {}), **_FIELDS.decode(value)})
    elif levels is not None and effort not in levels:
        known = ", ".join(sorted(levels))
        verdicts.refuse_value("reasoning_effort", f"'{effort}' is no level of this model (it has: {known})")
    elif levels is not None and levels[effort] != effort:
        verdicts.adapt("reasoning_effort", levels[effort], "the server has no such level")
        draft.write("reasoning_effort", levels[effort])


def _is_switched_off(draft: Draft) -> bool:
    """DeepSeek's own way to say so."""
    thinking = draft.get("thinking")
    return thinking is not None and b'"disabled"' in bytes(thinking)
