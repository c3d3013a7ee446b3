"""What each of Google's models takes; one that is not known gets what the client sent.

As of November 2026. Sources: ai.google.dev/gemini-api/docs (thinking, models, function-calling, changelog,
thought-signatures, structured-output, media-resolution) and docs.cloud.google.com (thinking).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SAMPLING: Final = frozenset({"temperature", "top_p", "top_k"})
PENALTIES: Final = frozenset({"frequency_penalty", "presence_penalty"})

# How much a model shall think: a level by name (Gemini 3 and later), or a budget of tokens (2.5).
Thinking = str | int


@dataclass(frozen=True, slots=True)
class GoogleModel:
    """What models of one kind take.

    `efforts`: OpenAI's effort levels with what they become; `near` names those that have no twin and become
    the nearest level that there is. `thinks` None: nobody knows.
    """

    efforts: Mapping[str, Thinking]
    near: frozenset[str] = frozenset()
    thinks: bool | None = True
    # Tuning that is refused, or taken and ignored in silence, which is worse.
    without: frozenset[str] = frozenset()
    has_candidates: bool = True
    # A schema for the answer, or a search, beside function tools.
    joins_tools: bool = True
    # Calls in the history must carry a thought signature.
    needs_signatures: bool = True
    # Calls and their results have ids; where they have none, the field is an error.
    has_call_ids: bool = True
    # The resolution can be told for each part, and results of functions may hold images.
    has_media_parts: bool = True
    fetches_urls: bool = True


def _efforts(**levels: Thinking) -> Mapping[str, Thinking]:
    return MappingProxyType(levels)


_FOUR_LEVELS: Final = _efforts(
    minimal="MINIMAL", low="LOW", medium="MEDIUM", high="HIGH", xhigh="HIGH", max="HIGH"
)
_THREE_LEVELS: Final = _efforts(
    minimal="LOW", low="LOW", medium="MEDIUM", high="HIGH", xhigh="HIGH", max="HIGH"
)
_NEAR_TOP: Final = frozenset({"xhigh", "max"})
_NEAR_BOTH: Final = _NEAR_TOP | {"minimal"}

_NO_EFFORTS: Final = _efforts()
_GEMINI_2: Final = GoogleModel(
    efforts=_NO_EFFORTS,
    thinks=False,
    joins_tools=False,
    needs_signatures=False,
    has_call_ids=False,
    has_media_parts=False,
    fetches_urls=False,
)
_NO_TUNING: Final = SAMPLING | PENALTIES

# The first row that matches counts. The budgets below the highest are ours: Google gives ranges only.
_ROWS: Final[tuple[tuple[str, GoogleModel], ...]] = (
    # Models that make or read other media have no settings for thinking.
    (
        r"gemini-[\d.]+-.*\b(?:image|tts|audio|live|embedding|computer-use)\b",
        GoogleModel(_NO_EFFORTS, thinks=None, needs_signatures=False),
    ),
    (r"gemini-(?:1|2\.0)\b", _GEMINI_2),
    (
        r"gemini-2\.5-pro",
        GoogleModel(
            efforts=_efforts(minimal=128, low=1024, medium=8192, high=24576, xhigh=32768, max=32768),
            without=PENALTIES,
            joins_tools=False,
            needs_signatures=False,
            has_call_ids=False,
            has_media_parts=False,
        ),
    ),
    (
        r"gemini-2\.5-flash",
        GoogleModel(
            efforts=_efforts(none=0, minimal=512, low=1024, medium=8192, high=24576, xhigh=24576, max=24576),
            near=_NEAR_TOP,
            without=PENALTIES,
            joins_tools=False,
            needs_signatures=False,
            has_call_ids=False,
            has_media_parts=False,
        ),
    ),
    (
        r"gemini-3-pro",
        GoogleModel(
            efforts=_efforts(minimal="LOW", low="LOW", medium="LOW", high="HIGH", xhigh="HIGH", max="HIGH"),
            near=_NEAR_BOTH | {"medium"},
        ),
    ),
    (r"gemini-3\.1-pro", GoogleModel(efforts=_THREE_LEVELS, near=_NEAR_BOTH)),
    # From 3.6 on sampling is taken and ignored.
    (r"gemini-3\.6-", GoogleModel(efforts=_FOUR_LEVELS, near=_NEAR_TOP, without=SAMPLING)),
    (
        r"gemini-3\.[78]-",
        GoogleModel(efforts=_THREE_LEVELS, near=_NEAR_BOTH, without=_NO_TUNING, has_candidates=False),
    ),
    # The fourth has no twin of `minimal`: it answers 400.
    (
        r"gemini-4(?:\.\d+)?-",
        GoogleModel(
            efforts=_efforts(low="LOW", medium="MEDIUM", high="HIGH", xhigh="HIGH", max="HIGH"),
            near=_NEAR_TOP,
            without=_NO_TUNING,
            has_candidates=False,
        ),
    ),
    (r"gemini-3(?:\.[0-5])?-", GoogleModel(efforts=_FOUR_LEVELS, near=_NEAR_TOP)),
    # Newer than this table: levels by their own names, for the provider to judge.
    (
        r"gemini-(?:[3-9]|\d\d)|gemini-(?:flash|pro|flash-lite)-latest",
        GoogleModel(
            efforts=_efforts(
                minimal="MINIMAL", low="LOW", medium="MEDIUM", high="HIGH", xhigh="XHIGH", max="XHIGH"
            ),
            near=frozenset({"max"}),
            has_candidates=False,
        ),
    ),
)
_COMPILED: Final = tuple((re.compile(pattern), model) for pattern, model in _ROWS)

# Gemma, LearnLM and what has no number: nothing is known, and nothing held back.
_UNKNOWN: Final = GoogleModel(
    efforts=_FOUR_LEVELS, near=_NEAR_TOP, thinks=None, has_candidates=False, needs_signatures=False
)


def google_model(name: str) -> GoogleModel:
    """What the model of this name takes."""
    return next((model for pattern, model in _COMPILED if pattern.match(name)), _UNKNOWN)
