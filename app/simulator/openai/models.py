"""OpenAI's models: what each of them takes on which route, and how they are listed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.simulator.api import Json
from app.simulator.openai.errors import refused

# With what every model declines.
REFUSAL = "I'm sorry, but I can't help with that."

_LOW_TO_HIGH = ("low", "medium", "high")
_TO_XHIGH = ("none", *_LOW_TO_HIGH, "xhigh")


@dataclass(frozen=True, slots=True)
class Model:
    """The rules of one model. `efforts` are its levels of reasoning; one that does not reason has none."""

    id: str
    efforts: tuple[str, ...] = ()
    # The level where the request names none.
    effort: str = "none"
    has_chat: bool = True
    has_tools_while_reasoning: bool = True

    def reasons(self, effort: str | None) -> bool:
        """Whether it reasons when this level is asked for, or none."""
        return bool(self.efforts) and (effort or self.effort) != "none"


# The guides to reasoning and to the models of the provider, as of November 2026.
_MODELS = (
    Model("gpt-4o"),
    Model("gpt-4o-mini"),
    Model("gpt-4.1"),
    Model("gpt-4.1-mini"),
    Model("o4-mini", _LOW_TO_HIGH, "medium"),
    Model("gpt-5", ("minimal", *_LOW_TO_HIGH), "medium"),
    Model("gpt-5-pro", ("high",), "high", has_chat=False),
    Model("gpt-5.1", ("none", *_LOW_TO_HIGH)),
    Model("gpt-5.4", _TO_XHIGH, has_tools_while_reasoning=False),
    Model("gpt-5.5", _TO_XHIGH, "medium", has_tools_while_reasoning=False),
    Model("gpt-5.6", (*_TO_XHIGH, "max"), "medium", has_tools_while_reasoning=False),
    Model("gpt-6-sol", (*_TO_XHIGH, "max"), "medium", has_tools_while_reasoning=False),
    Model("gpt-6-astra", (*_TO_XHIGH[1:], "max"), "medium", has_tools_while_reasoning=False),
    Model("simulated"),
)
MODELS: Mapping[str, Model] = MappingProxyType({model.id: model for model in _MODELS})
_DATE = re.compile(r"-\d{4}-\d\d-\d\d\Z")


def known(name: str) -> Model:
    """The rules for a name; directives and a date after it do not matter. Raises Refused.

    Whatever else a model is called, it is played too, as one that has no rules of its own.
    """
    plain = _DATE.sub("", name.partition(";")[0])
    if plain.startswith("unknown-"):
        raise refused(404, "model_not_found", f"The model `{plain}` does not exist.")
    return MODELS.get(plain) or Model(plain, ("none", "minimal", *_LOW_TO_HIGH, "xhigh", "max"))


def listed() -> Json:
    """The answer to `GET /v1/models`."""
    models = [
        {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "simulator"} for name in MODELS
    ]
    return {"object": "list", "data": models}
