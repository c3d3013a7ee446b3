"""Which of Anthropic's models takes what.

As of November 2026, after platform.claude.com/docs: about-claude/models/overview, build-with-claude/thinking,
effort, extended-thinking, structured-outputs and fast-mode, and the migration guides of each model.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final


class Thinking(Enum):
    """How a model reasons."""

    NONE = "none"
    # With a budget of tokens, where the request gives one.
    BUDGET = "budget"
    # As it sees fit, where the request says so.
    ADAPTIVE = "adaptive"
    # As it sees fit, unless the request switches it off.
    ADAPTIVE_BY_DEFAULT = "adaptive_by_default"
    ALWAYS = "always"

    @property
    def is_adaptive(self) -> bool:
        """Whether the model decides itself when to reason."""
        return self not in {Thinking.NONE, Thinking.BUDGET}


Levels = Mapping[str, str]

# OpenAI's levels, and the level of the model that is taken for each.
_FULL: Final[Levels] = MappingProxyType(
    {"minimal": "low"} | {level: level for level in ("low", "medium", "high", "xhigh", "max")}
)
_WITHOUT_XHIGH: Final[Levels] = MappingProxyType({**_FULL, "xhigh": "high"})
_UP_TO_HIGH: Final[Levels] = MappingProxyType({**_FULL, "xhigh": "high", "max": "high"})

# Tokens to reason with, where a model has no levels. The figures are a choice of this gateway.
BUDGETS: Final[Mapping[str, int]] = MappingProxyType(
    {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16_384, "xhigh": 24_576, "max": 32_000}
)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model takes. `takes_…` is None where it is not known: the provider's own error will say.

    `levels` are those of `output_config.effort`, None where the model has none. `max_tokens` is the ceiling
    of an answer, None where it is not known.
    """

    max_tokens: int | None = 128_000
    thinking: Thinking = Thinking.ADAPTIVE_BY_DEFAULT
    levels: Levels | None = field(default_factory=lambda: _FULL)
    # temperature, top_p and top_k.
    takes_sampling: bool | None = False
    takes_temperature_with_top_p: bool = False
    takes_forced_tools: bool = True
    # Grammars: `output_config.format`, and `strict` tools.
    takes_schemas: bool = True
    # Messages of the role system after the first user message.
    takes_system_turns: bool = True
    # Whether it goes on with an assistant message that comes last.
    takes_prefill: bool = False
    # Whether reasoning state holds only for the model and the conversation that it was made in.
    binds_thinking: bool = False
    # The value of `anthropic-beta` for `speed: fast`; empty where none is needed, None where it is not had.
    fast_beta: str | None = None


_FAST_BETA: Final = "fast-mode-2026-02-01"
_DATED: Final = r"(?:-\d{8}|-latest)?\Z"

_ALWAYS: Final = ModelFacts(thinking=Thinking.ALWAYS, takes_forced_tools=False)
_BOUND: Final = replace(_ALWAYS, binds_thinking=True)
_OPT_IN: Final = ModelFacts(thinking=Thinking.ADAPTIVE)
_4_6: Final = replace(_OPT_IN, levels=_WITHOUT_XHIGH, takes_sampling=True, takes_system_turns=False)
_4_5: Final = ModelFacts(
    max_tokens=64_000,
    thinking=Thinking.BUDGET,
    levels=None,
    takes_sampling=True,
    takes_system_turns=False,
    takes_prefill=True,
)
_3_5: Final = replace(
    _4_5,
    max_tokens=8192,
    thinking=Thinking.NONE,
    takes_schemas=False,
    takes_temperature_with_top_p=True,
)

# The first row whose pattern matches counts.
_ROWS: Final = (
    (r"claude-fable-5-2", replace(_BOUND, fast_beta="")),
    (r"claude-(?:fable|mythos)-5-\d", _BOUND),
    (r"claude-(?:fable|mythos)-5", _ALWAYS),
    (r"claude-opus-5-5", replace(_BOUND, fast_beta="")),
    (r"claude-sonnet-5-5", _BOUND),
    (r"claude-haiku-5-5", ModelFacts(binds_thinking=True)),
    (r"claude-opus-5", ModelFacts(fast_beta=_FAST_BETA)),
    (r"claude-sonnet-5", ModelFacts(takes_system_turns=False)),
    (r"claude-opus-4-8", replace(_OPT_IN, fast_beta=_FAST_BETA)),
    (r"claude-opus-4-7", replace(_OPT_IN, takes_system_turns=False)),
    (r"claude-(?:opus|sonnet)-4-6", _4_6),
    (r"claude-opus-4-5", replace(_4_5, levels=_UP_TO_HIGH)),
    (r"claude-(?:sonnet|haiku)-4-5", _4_5),
    (r"claude-opus-4-1", replace(_4_5, max_tokens=32_000)),
    (r"claude-opus-4(?:-0)?", replace(_4_5, max_tokens=32_000, takes_schemas=False)),
    (r"claude-(?:sonnet-4(?:-0)?|3-7-sonnet)", replace(_4_5, takes_schemas=False)),
    (r"claude-3-5-(?:sonnet|haiku)", _3_5),
    (r"claude-3-(?:opus|sonnet|haiku)", replace(_3_5, max_tokens=4096)),
)
_PATTERNS: Final = tuple((re.compile(pattern + _DATED), facts) for pattern, facts in _ROWS)

# A model of tomorrow: what the client sent is sent, and the provider's error says what it does not take.
_UNKNOWN: Final = ModelFacts(max_tokens=None, takes_sampling=None)

# Every model since Opus 4.5 takes an answer of this length.
SAFE_MAX_TOKENS: Final = 64_000


@lru_cache(maxsize=1024)
def facts_of(model: str) -> ModelFacts:
    """What the model of that name takes; for one that is not known, what models of tomorrow are likely to."""
    return next((facts for pattern, facts in _PATTERNS if pattern.match(model)), _UNKNOWN)
