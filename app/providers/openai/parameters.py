"""What a model of OpenAI's takes of a request: the rest is left out and reported, or refused by name."""

from collections.abc import Iterable
from typing import Final

import msgspec

from app.chat.request import ChatRequest
from app.providers.base import Target
from app.providers.extensions import PROVIDER_OPTIONS
from app.providers.facts.openai import ModelFacts, refuses_max_tokens
from app.providers.openai.draft import Draft
from app.providers.stop_cutting import without_empty
from app.providers.verdicts import TUNING, Verdicts

# While a model reasons it takes no sampling: tuning is left out, the rest is meant and refused.
_SAMPLING: Final = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
_TOKEN_WISE: Final = ("logit_bias", "logprobs", "top_logprobs")
# Documented parameters of other providers; OpenAI has no tuning beyond its own.
_FOREIGN_TUNING: Final = ("top_k", "min_p")
_FOREIGN: Final = (
    "thinking",
    "safety_settings",
    "safety_mode",
    "documents",
    "citation_options",
    "safe_prompt",
    "prompt_mode",
    "repetition_penalty",
    "chat_template_kwargs",
    "guided_json",
    "guided_regex",
    "guided_choice",
    "guided_grammar",
)
# The fields that may need a word on every model, and those that do on models that reason or are not known. A
# request without them goes on as it came.
_WATCHED: Final = frozenset(
    (
        *_FOREIGN_TUNING,
        *_FOREIGN,
        "functions",
        "parallel_tool_calls",
        "reasoning_effort",
        "verbosity",
        "prediction",
        "web_search_options",
        PROVIDER_OPTIONS,
    )
)
_WATCHED_WHERE_REASONING: Final = _WATCHED | {*_SAMPLING, *_TOKEN_WISE, "stop", "max_tokens", "tools"}
# A list of tools shorter than this is empty.
_EMPTY_LIST: Final = 10

TEXT: Final = msgspec.json.Decoder(str)
_STOP: Final = msgspec.json.Decoder(str | list[str])


def is_plain(chat: ChatRequest, facts: ModelFacts | None, target: Target) -> bool:
    """Whether the request goes on as it came, whatever its model is."""
    if target.refused or chat.holds_reasoning:
        return False
    if facts is None or not facts.is_classic:
        return (facts is None or facts.has_chat) and _WATCHED_WHERE_REASONING.isdisjoint(chat.fields)
    tools = chat.fields.get("tools")
    return _WATCHED.isdisjoint(chat.fields) and (tools is None or len(tools) > _EMPTY_LIST)


def fit(draft: Draft, facts: ModelFacts | None, target: Target, verdicts: Verdicts) -> tuple[str, ...]:
    """Makes the draft what the model takes; gives the stop sequences that the gateway must see to."""
    _drop_empty_tools(draft)
    for name in _FOREIGN:
        if draft.get(name) is not None:
            verdicts.refuse(name, "OpenAI has no such parameter")
    leave_out(draft, verdicts, _FOREIGN_TUNING, "OpenAI has no such parameter")
    leave_out(draft, verdicts, sorted(target.refused & TUNING), "the model refuses it")
    stops: tuple[str, ...] = ()
    if facts is not None:
        stops = _fit_facts(draft, facts, verdicts)
    if draft.get("max_tokens") is not None and refuses_max_tokens(target.model):
        draft.rename("max_tokens", "max_completion_tokens")
        verdicts.note("max_tokens", "max_completion_tokens")
    return stops


def leave_out(draft: Draft, verdicts: Verdicts, names: Iterable[str], reason: str) -> None:
    """Takes tuning out; what asks for something is reported."""
    for name in names:
        if not draft.is_neutral(name):
            verdicts.leave_out(name, reason)
        draft.remove(name)


def refuse(draft: Draft, verdicts: Verdicts, names: Iterable[str], reason: str) -> None:
    """Refuses what asks for something, and takes the rest out."""
    for name in names:
        if not draft.is_neutral(name):
            verdicts.refuse(name, reason)
        draft.remove(name)


def take_stops(draft: Draft, verdicts: Verdicts) -> tuple[str, ...]:
    """Takes the stop sequences out of the draft and gives them, but for empty ones, which end nothing."""
    stop = draft.read("stop", _STOP)
    draft.remove("stop")
    return without_empty([stop] if isinstance(stop, str) else stop or (), verdicts)


def _drop_empty_tools(draft: Draft) -> None:
    """OpenAI answers 400 to an empty list, and to `parallel_tool_calls` without tools."""
    has_tools = False
    for name in ("tools", "functions"):
        if draft.get(name) is not None and draft.is_neutral(name):
            draft.remove(name)
        has_tools = has_tools or draft.get(name) is not None
    if not has_tools:
        draft.remove("parallel_tool_calls")


def _fit_facts(draft: Draft, facts: ModelFacts, verdicts: Verdicts) -> tuple[str, ...]:
    effort = draft.read("reasoning_effort", TEXT)
    _fit_effort(draft, facts, effort, verdicts)
    if facts.reasons(effort):
        reason = "the model does not take it while it reasons"
        leave_out(draft, verdicts, _SAMPLING, reason)
        refuse(draft, verdicts, _TOKEN_WISE, reason)
    if not facts.has_verbosity:
        refuse(draft, verdicts, ("verbosity",), "the model has no levels of verbosity")
    if facts.has_chat and not facts.has_prediction:
        refuse(draft, verdicts, ("prediction",), "the model takes no predicted output")
    return () if facts.has_stop else take_stops(draft, verdicts)


def _fit_effort(draft: Draft, facts: ModelFacts, effort: str | None, verdicts: Verdicts) -> None:
    if effort is None or facts.efforts is None or effort in facts.efforts:
        return
    if effort == "none" and not facts.efforts:
        draft.remove("reasoning_effort")
        return
    known = ", ".join(sorted(facts.efforts)) or "none"
    verdicts.refuse_value("reasoning_effort", f"'{effort}' is no level of this model (it has: {known})")
