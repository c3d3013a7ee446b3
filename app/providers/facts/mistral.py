"""Which of Mistral's models takes what, as of November 2026 (docs.mistral.ai: models, adjustable reasoning).

A name that no row knows is a newer model: it gets what the client sent, and its provider's word counts.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class MistralModel:
    """One family's facts; None: not known.

    `efforts` are the levels of reasoning, weakest first, none at all for a model that cannot reason. A model
    that has its level by nature refuses the field: `takes_effort` is false.
    """

    efforts: tuple[str, ...] | None = None
    takes_effort: bool = True
    sees: bool | None = None
    hears: bool | None = None
    calls_tools: bool | None = None

    @property
    def reasons(self) -> bool:
        """Whether the model reasons, as far as anyone knows."""
        return self.efforts is None or bool(self.efforts)


_SWITCHED: Final = MistralModel(("none", "high"), sees=True, hears=False)
_SEEING: Final = MistralModel((), takes_effort=False, sees=True, hears=False)
_READING: Final = MistralModel((), takes_effort=False, sees=False, hears=False)

# `mistral-medium-latest` and `mistral-large-latest` move from model to model, so no row speaks of them.
_ROWS: Final = (
    # The model's page lists the levels up to high; the API's types know xhigh and max.
    (r"mistral-large-4", MistralModel(("none", "low", "medium", "high", "xhigh", "max"), sees=True)),
    (r"mistral-medium-(?:3[.-]5|2604)", _SWITCHED),
    (r"mistral-small-(?:4|latest\Z|2603)", _SWITCHED),
    (r"magistral-", MistralModel(("medium", "high"), takes_effort=False, hears=False)),
    (r"mistral-medium-(?:3(?:[.-][01])?\Z|25\d\d)", _SEEING),
    (r"mistral-small-(?:3|25\d\d)", _SEEING),
    (r"mistral-large-(?:3|2512)|pixtral-", _SEEING),
    (r"mistral-large-24\d\d|mistral-small-24\d\d|(?:open-)?codestral-", _READING),
    (
        r"devstral-|ministral-(?!.*reasoning)|open-mistral-nemo",
        MistralModel((), takes_effort=False, hears=False),
    ),
    (r"voxtral-", MistralModel((), takes_effort=False, sees=False, hears=True)),
    (
        r"open-mistral-7b|mistral-tiny\Z",
        MistralModel((), takes_effort=False, sees=False, hears=False, calls_tools=False),
    ),
    (r"open-mixtral-", _READING),
)
_PATTERNS: Final = tuple((re.compile(pattern), model) for pattern, model in _ROWS)
_UNKNOWN: Final = MistralModel()


def mistral_model(name: str) -> MistralModel:
    """What is known of the model of this name."""
    return next((model for pattern, model in _PATTERNS if pattern.match(name)), _UNKNOWN)
