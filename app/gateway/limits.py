"""How long an attempt at a provider key may take: the settings, and what the key says beyond them."""

import msgspec

from app.core.timeouts import Timeouts
from app.settings import Settings


class AttemptLimits(msgspec.Struct, frozen=True):
    """Seconds; None is no limit.

    `first_token_s` holds while somebody else could answer instead, `last_first_token_s` where nobody could.
    """

    header_s: float | None
    answer_s: float | None
    first_token_s: float | None
    last_first_token_s: float | None
    stream_idle_s: float | None


def limits_for(own: Timeouts, settings: Settings, *, is_reasoning: bool = False) -> AttemptLimits:
    """The limits for a provider key with its `own`; `is_reasoning`: the request asks for reasoning."""
    last_s = settings.last_first_token_timeout_s
    if own.first_token_s is None:
        # Who thinks has not gone silent.
        first_s = 0 if is_reasoning else settings.first_token_timeout_s
    else:
        first_s = own.first_token_s
        last_s = max(first_s, last_s) if first_s and last_s else 0
    return AttemptLimits(
        header_s=_either(own.header_s, settings.header_timeout_s) or None,
        answer_s=answer_limit_s(own, settings),
        first_token_s=first_s or None,
        last_first_token_s=last_s or None,
        stream_idle_s=_either(own.stream_idle_s, settings.stream_idle_timeout_s) or None,
    )


def answer_limit_s(own: Timeouts, settings: Settings) -> float | None:
    """How long a plain answer may take; `limits_for` has it too, among others."""
    return _either(own.answer_s, settings.answer_timeout_s) or None


def shortest(limit_s: float | None, other_s: float | None) -> float | None:
    """The shorter of two limits in seconds, or the first of two moments; None is none."""
    if limit_s is None:
        return other_s
    return limit_s if other_s is None or limit_s < other_s else other_s


def _either(own_s: float | None, setting_s: float) -> float:
    return setting_s if own_s is None else own_s
