"""What OpenAI's models take. A model that is not listed here gets what the client sent.

Sources, November 2026: openai 3.54 (types/shared/chat_model.py and responses_model.py, which list the models
of both routes), developers.openai.com/api/docs/guides/reasoning (levels of effort and their defaults, tuning
while reasoning), BerriAI/litellm#34569 and #39631, openai/openai-openapi#541 (tools on the chat route).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One row. `efforts` are the levels that the model has: empty where it does not reason, None unknown."""

    efforts: frozenset[str] | None = frozenset()
    # Whether it reasons where the request names no level.
    reasons_unasked: bool = False
    # Whether the chat route serves it at all, and with tools while it reasons.
    has_chat: bool = True
    has_tools_while_reasoning: bool = True
    has_stop: bool = False
    has_verbosity: bool = True
    has_prediction: bool = False
    # Whether it searches the web on the chat route.
    has_search: bool = False
    # Whether it takes everything that OpenAI's models took before they reasoned.
    is_classic: bool = False

    def reasons(self, effort: str | None) -> bool:
        """Whether the model reasons when asked with this level, or with none named."""
        if self.efforts is not None and not self.efforts:
            return False
        return self.reasons_unasked if effort is None else effort != "none"


_LOW_TO_HIGH: Final = frozenset({"low", "medium", "high"})
_TO_XHIGH: Final = _LOW_TO_HIGH | {"none", "xhigh"}

_GPT_4: Final = ModelFacts(has_stop=True, has_verbosity=False, is_classic=True)
_GPT_4O: Final = ModelFacts(has_stop=True, has_verbosity=False, has_prediction=True, is_classic=True)
_O: Final = ModelFacts(_LOW_TO_HIGH, reasons_unasked=True, has_verbosity=False)

# The first pattern that matches a name without its date counts. `stop`: "not supported with latest reasoning
# models o3 and o4-mini" (completion_create_params.py), and GPT-5 alike.
_ROWS: Final[tuple[tuple[str, ModelFacts], ...]] = (
    (
        r"gpt-4o(?:-mini)?-search-preview",
        ModelFacts(has_stop=True, has_verbosity=False, has_search=True, is_classic=True),
    ),
    (r"(?:chat)?gpt-4o[\w.-]*|gpt-4\.1[\w.-]*", _GPT_4O),
    (r"gpt-(?:4|3\.5)[\w.-]*", _GPT_4),
    (
        r"o1|o3-mini",
        ModelFacts(_LOW_TO_HIGH, reasons_unasked=True, has_verbosity=False, has_stop=True),
    ),
    (r"o3|o4-mini", _O),
    (
        r"o[13]-pro",
        ModelFacts(_LOW_TO_HIGH, reasons_unasked=True, has_verbosity=False, has_chat=False),
    ),
    (r"gpt-5-pro", ModelFacts(frozenset({"high"}), reasons_unasked=True, has_chat=False)),
    (
        r"gpt-5\.\d+-pro|gpt-5(?:\.\d+)?-codex[\w-]*|codex-[\w-]+|o\d(?:-mini)?-deep-research|computer-use-[\w-]+"
        r"|gpt-daybreak-[\w-]+|gpt-(?:5\.6|6)-cyber|gpt-rosalind-research|gpt-6-rosalind|gpt-6\.2-astra-law",
        ModelFacts(None, reasons_unasked=True, has_chat=False),
    ),
    (r"gpt-5-search-api", ModelFacts(None, has_search=True)),
    (r"gpt-5-chat-latest", ModelFacts()),
    (r"gpt-5(?:-mini|-nano)?", ModelFacts(_LOW_TO_HIGH | {"minimal"}, reasons_unasked=True)),
    (r"gpt-5\.1", ModelFacts(_LOW_TO_HIGH | {"none"})),
    (r"gpt-5\.[23]", ModelFacts(_TO_XHIGH)),
    (r"gpt-5\.4(?:-mini|-nano)?", ModelFacts(_TO_XHIGH, has_tools_while_reasoning=False)),
    (r"gpt-5\.5", ModelFacts(_TO_XHIGH, reasons_unasked=True, has_tools_while_reasoning=False)),
    (
        r"gpt-5\.6(?:-\w+)?|gpt-6-sol|gpt-6-luna",
        ModelFacts(_TO_XHIGH | {"max"}, reasons_unasked=True, has_tools_while_reasoning=False),
    ),
    (
        r"gpt-6-astra|gpt-6\.1-sol",
        ModelFacts(_LOW_TO_HIGH | {"xhigh", "max"}, reasons_unasked=True, has_tools_while_reasoning=False),
    ),
)
_BY_GROUP: Final[Mapping[str, ModelFacts]] = {f"row{n}": facts for n, (_, facts) in enumerate(_ROWS)}
# One pattern for all rows: one match a request tells which row it is. Tuned models are named ft:model:….
_MODEL: Final = re.compile(
    r"(?:ft:)?(?:"
    + "|".join(f"(?P<row{n}>{pattern})" for n, (pattern, _) in enumerate(_ROWS))
    + r")(?:-\d{4}-\d\d-\d\d)?(?=:|\Z)"
)

# Models that answer 400 to `max_tokens`, the newer ones of the same kind included; all of OpenAI's take
# `max_completion_tokens`. Azure's gpt-35-turbo is no GPT-35.
_REFUSES_MAX_TOKENS: Final = re.compile(r"(?:ft:)?(?:o\d+(?:-|:|\Z)|gpt-[5-9](?!\d)|codex-|computer-use-)")


@lru_cache(maxsize=1024)
def facts_of(model: str) -> ModelFacts | None:
    """What is known of a model; None where nothing is."""
    match = _MODEL.match(model)
    return _BY_GROUP[match.lastgroup] if match and match.lastgroup else None


def refuses_max_tokens(model: str) -> bool:
    """Whether the limit must go by its newer name."""
    return _REFUSES_MAX_TOKENS.match(model) is not None
