"""Whether the model reasons, and how much: `thinking` and `output_config.effort`."""

from typing import Final

import msgspec

from app.providers.anthropic.translation import Translation
from app.providers.facts.anthropic import BUDGETS, Thinking

_PARAM: Final = "reasoning_effort"
# Models since 4.7 leave the text of their reasoning out unless asked for it
# (platform.claude.com/docs/en/build-with-claude/thinking, November 2026).
_ADAPTIVE: Final = {"type": "adaptive", "display": "summarized"}


class _OwnThinking(msgspec.Struct):
    type: str


_OWN: Final = msgspec.json.Decoder(_OwnThinking)


class Reasoning(msgspec.Struct, frozen=True):
    """The native settings. `is_asked_for` where reasoning is switched on by the request, not by default."""

    thinking: object = None
    effort: str | None = None
    is_asked_for: bool = False
    # Reasoning with a budget, which has rules of its own.
    is_manual: bool = False


def to_reasoning(translation: Translation, max_tokens: int) -> Reasoning:
    """The settings for `reasoning_effort`, or those of the client's own `thinking`."""
    own = translation.conversation.extensions.get("thinking")
    level = translation.given.reasoning_effort
    if own is not None:
        return _with_own_thinking(translation, own, level)
    if level is None:
        return Reasoning()
    if level != "none" and level not in BUDGETS:
        translation.verdicts.refuse_value(_PARAM, f"there is no level '{level}'")
        return Reasoning()
    return _without(translation) if level == "none" else _at_level(translation, level, max_tokens)


def _with_own_thinking(translation: Translation, own: msgspec.Raw, level: str | None) -> Reasoning:
    try:
        kind = _OWN.decode(own).type
    except msgspec.ValidationError:
        translation.verdicts.refuse_value("thinking", "Anthropic takes an object with a 'type'")
        return Reasoning()
    effort = None
    if level is not None:
        levels = translation.facts.levels or {}
        effort = levels.get(level)
        if effort is None:
            translation.verdicts.refuse_value(_PARAM, "'thinking' says otherwise")
        elif effort != level:
            translation.verdicts.adapt(_PARAM, effort, f"this model has no level '{level}'")
    is_on = kind in {"adaptive", "enabled"}
    return Reasoning(own, effort, is_asked_for=is_on, is_manual=kind == "enabled")


def _without(translation: Translation) -> Reasoning:
    if translation.facts.thinking is Thinking.ALWAYS:
        translation.verdicts.refuse_value(_PARAM, "this model always reasons")
    if translation.facts.thinking is Thinking.ADAPTIVE_BY_DEFAULT:
        return Reasoning({"type": "disabled"})
    return Reasoning()


def _at_level(translation: Translation, level: str, max_tokens: int) -> Reasoning:
    facts, verdicts = translation.facts, translation.verdicts
    if facts.thinking is Thinking.NONE:
        verdicts.refuse_value(_PARAM, "this model does not reason")
        return Reasoning()
    if facts.thinking.is_adaptive:
        effort = (facts.levels or {})[level]
        if effort != level:
            verdicts.adapt(_PARAM, effort, f"this model has no level '{level}'")
        return Reasoning(_ADAPTIVE, effort, is_asked_for=True)
    return _with_budget(translation, level, max_tokens)


def _with_budget(translation: Translation, level: str, max_tokens: int) -> Reasoning:
    facts, verdicts = translation.facts, translation.verdicts
    effort = facts.levels[level] if facts.levels else None
    # The smallest budget is the twin of `minimal`, whatever the effort.
    taken = level if level == "minimal" or effort is None else effort
    if BUDGETS[taken] >= (facts.max_tokens or max_tokens):
        taken = "xhigh"
    if taken != level:
        verdicts.adapt(_PARAM, taken, f"this model has no level '{level}'")
    budget = BUDGETS[taken]
    if budget >= max_tokens:
        verdicts.refuse_value(
            _PARAM, f"reasoning has {budget} tokens at this level, and the answer {max_tokens} in all"
        )
    return Reasoning({"type": "enabled", "budget_tokens": budget}, effort, is_asked_for=True, is_manual=True)
