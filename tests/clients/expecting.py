"""What the clients are to see: answers, and refusals by name of what a provider cannot do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.core.provider_name import ProviderName
from tests.clients.driving import MODELS, Report
from tests.front_door import Row


class Whole:
    """Equal to every whole number but zero."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other != 0

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "<a whole number>"


class Thoughts:
    """What a model thought, where it says so: the one thing in which answers differ."""


_END = "\nThis is a simulated answer, made without any model behind it."
SAID: Final = f"You said: Say hello{_END}"
HEARD: Final = f"The tool answered: 18 degrees and sunny{_END}"
HEARD_IN_CITY: Final = f"The tool answered: 18 degrees and sunny in sample city{_END}"
# What is said has so many tokens, and each of them comes in a chunk of its own.
PIECES: Final = 20
ARGUMENTS: Final = {"city": "sample city"}
CITY: Final = {"name": "sample name", "population": Whole(), "mayor": "sample mayor"}


def of(*providers: ProviderName) -> frozenset[str]:
    """The models of these providers."""
    return frozenset(model for model, provider in MODELS.items() if provider in providers)


# Those that say what they thought when they do.
_OPEN: Final = frozenset(MODELS) - of(ProviderName.OPENAI) - {"claude-sonnet-5-5"}
_THOUGHT: Final = "Messages so far: 1. I repeat the last one, as simulators do."


@dataclass(frozen=True)
class Refusal:
    """What some models cannot do, and the parameter that is named for it."""

    param: str
    models: frozenset[str]


# Their models may always call several tools at once.
ONE_CALL = Refusal("parallel_tool_calls", of(ProviderName.GOOGLE, ProviderName.COHERE))
# The newest of Anthropic's models decide themselves whether they call.
FORCED_CALL = Refusal("tool_choice", frozenset({"claude-sonnet-5-5"}))
SCHEMA_BESIDE_TOOLS = Refusal("response_format", of(ProviderName.COHERE) | {"gemini-2.5-flash"})
# Anthropic's models keep to a schema, or to nothing.
JSON_WITHOUT_SCHEMA = Refusal("response_format", of(ProviderName.ANTHROPIC))
# Cohere takes no empty turns.
EMPTY_RESULT = Refusal("messages[2].content", of(ProviderName.COHERE))
UNKNOWN_FIELD = Refusal("frobnicate", frozenset(MODELS) - of(ProviderName.OPENAI))


@dataclass(frozen=True)
class Failure:
    """How a client raises something: its exception, its status, and words that it says."""

    kind: str
    words: str
    status: int | None = None


# What goes wrong, in our words.
WRONG_KEY: Final = "Incorrect API key provided: it is unknown, revoked or expired."
UNKNOWN_MODEL: Final = "No provider key serves the model 'no-such-model'."
LIMITED: Final = "-limited: "
CUT: Final = "-cut: the provider's answer ended before it was whole"


@dataclass(frozen=True)
class Client:
    """A client's program, and what its scenarios come to: an answer, but for the refusals, or a failure.

    `departures` is how many requests it leaves for each model; `refused_as` is its exception for a refusal.
    """

    name: str
    command: tuple[Path, Path]
    departures: int
    refused_as: str
    given: Mapping[str, object]
    failures: Mapping[str, Failure]
    refusals: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)

    def expected(self, scenario: str) -> dict[str, object]:
        """What the scenario is to come to with each model."""
        refused = {
            model: f"{self.refused_as} for {refusal.param}"
            for refusal in self.refusals.get(scenario, ())
            for model in refusal.models
        }
        given = self.given[scenario]
        if given is Thoughts:
            return {model: {"reasoning": _THOUGHT if model in _OPEN else ""} for model in MODELS}
        return {model: refused.get(model, given) for model in MODELS}


def outcomes(report: Report, scenario: str) -> dict[str, object]:
    """What the scenario came to with each model: what it gave, or what it raised."""
    return {model: _outcome(report.rows[model, scenario]) for model in MODELS}


def _outcome(row: Row) -> object:
    if "gave" in row:
        return row["gave"]
    raised: Row = row["raised"]
    _, is_refusal, rest = raised["message"].partition("No provider can serve '")
    return f"{raised['kind']} for {rest.partition(chr(39))[0]}" if is_refusal else raised


def is_raised(failure: Failure, row: Row) -> bool:
    """Whether the scenario raised the failure."""
    raised = row.get("raised", {"kind": None})
    return (
        raised["kind"] == failure.kind
        and raised["status"] == failure.status
        and failure.words in raised["message"]
    )
