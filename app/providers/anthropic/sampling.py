"""Sampling: what is left of it with a model, and what goes out."""

from typing import Final

import msgspec

from app.providers.anthropic.reasoning import Reasoning
from app.providers.anthropic.translation import Block, Translation

# What no model of Anthropic's has.
_UNHEARD_OF: Final = ("seed", "frequency_penalty", "presence_penalty")
# With reasoning, nucleus sampling may not go below this.
_LEAST_TOP_P: Final = 0.95
_COUNT: Final = msgspec.json.Decoder(int)


def to_sampling(translation: Translation, reasoning: Reasoning) -> Block:
    """The native sampling fields. Where there are any, the API's older version must be asked for.

    Version 2026-10-21 has no sampling fields; in 2023-06-01 models up to 4.6 take them
    (platform.claude.com/docs/en/api/versioning, November 2026).
    """
    verdicts = translation.verdicts
    for param in _UNHEARD_OF:
        if param in translation.asked:
            verdicts.leave_out(param, "Anthropic's models have none")
    if "min_p" in translation.conversation.extensions:
        verdicts.leave_out("min_p", "Anthropic's models have none")
    wanted = _wanted(translation)
    sampling: Block = {}
    for param, value in wanted.items():
        reason = _why_not(param, value, translation, reasoning)
        if reason:
            verdicts.leave_out(param, reason)
        elif param == "temperature" and isinstance(value, float) and value > 1:
            verdicts.leave_out(param, "Anthropic's models take 0 to 1", is_value=True)
        else:
            sampling[param] = value
    if {"temperature", "top_p"} <= sampling.keys() and _takes_one(translation):
        verdicts.leave_out("top_p", "this model takes it in place of 'temperature' only")
        del sampling["top_p"]
    return sampling


def _wanted(translation: Translation) -> Block:
    given = translation.given
    wanted: Block = {}
    # 1 is the default of both.
    if given.temperature is not None and given.temperature != 1:
        wanted["temperature"] = given.temperature
    if given.top_p is not None and given.top_p != 1:
        wanted["top_p"] = given.top_p
    top_k = translation.conversation.extensions.get("top_k")
    if top_k is not None:
        try:
            wanted["top_k"] = _COUNT.decode(top_k)
        except msgspec.ValidationError:
            translation.verdicts.refuse_value("top_k", "Anthropic takes an integer")
    return wanted


def _why_not(param: str, value: object, translation: Translation, reasoning: Reasoning) -> str | None:
    """Why the model does not take it; None where it does, or where nobody knows."""
    takes = translation.facts.takes_sampling
    if takes is False or param in translation.target.refused:
        return "this model takes no sampling parameters"
    if takes and reasoning.is_asked_for:
        is_taken = param == "top_p" and isinstance(value, float) and value >= _LEAST_TOP_P
        return None if is_taken else "this model does not take it while it reasons"
    return None


def _takes_one(translation: Translation) -> bool:
    facts = translation.facts
    return facts.takes_sampling is True and not facts.takes_temperature_with_top_p
