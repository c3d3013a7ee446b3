"""Which of Cohere's models takes what, as of November 2026 (docs.cohere.com: models, reasoning, chat v2).

A name that no row knows is a newer model: it gets what the client sent, and its provider's word counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# Cohere has budgets of tokens where OpenAI has levels; from high on there is no budget. The figures are ours.
THINKING_BUDGETS: Final[Mapping[str, int]] = MappingProxyType({"minimal": 512, "low": 2048, "medium": 8192})


@dataclass(frozen=True, slots=True)
class CohereModel:
    """One family's facts; None: not known."""

    thinks: bool | None = None
    sees: bool | None = None
    calls_tools: bool | None = None
    takes_tool_choice: bool | None = None
    takes_both_penalties: bool | None = None


# The API's reference: tool_choice from Command R7B on.
_COMMAND_R: Final = CohereModel(False, sees=False, takes_tool_choice=False, takes_both_penalties=False)
_ROWS: Final = (
    (r"command-a-plus-", CohereModel(True, sees=True)),
    (r"command-a-reasoning-", CohereModel(True, sees=False)),
    (r"command-a-vision-", CohereModel(False, sees=True, calls_tools=False)),
    (r"command-a-(?:03-2025|translate-)", CohereModel(False, sees=False)),
    (r"command-r7b-", CohereModel(False, sees=False)),
    (r"command-r(?:-plus)?(?:-\d|\Z)", _COMMAND_R),
    (r"c4ai-aya-vision-", CohereModel(False, sees=True, calls_tools=False, takes_tool_choice=False)),
    (r"c4ai-aya-", CohereModel(False, sees=False, calls_tools=False, takes_tool_choice=False)),
)
_PATTERNS: Final = tuple((re.compile(pattern), model) for pattern, model in _ROWS)
_UNKNOWN: Final = CohereModel()


def cohere_model(name: str) -> CohereModel:
    """What is known of the model of this name."""
    return next((model for pattern, model in _PATTERNS if pattern.match(name)), _UNKNOWN)
