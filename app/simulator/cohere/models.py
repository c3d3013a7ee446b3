"""Which of Cohere's models takes what, as far as a simulator needs it; sizes are not exact."""

from dataclasses import dataclass

from app.simulator.api import Json

_PREFIXES = ("command-", "c4ai-")


@dataclass(frozen=True, slots=True)
class Model:
    """One model's facts. One that thinks does so unless it is told not to."""

    name: str
    context_length: int = 256_000
    thinks: bool = False
    sees: bool = False
    calls_tools: bool = True
    takes_tool_choice: bool = True
    takes_both_penalties: bool = True
    # Newer models lost `OFF`.
    safety_modes: tuple[str, ...] = ("CONTEXTUAL", "STRICT")
    endpoints: tuple[str, ...] = ("chat",)

    @property
    def features(self) -> list[str]:
        """What the list of models says about it."""
        facts = {
            "tools": self.calls_tools,
            "strict_tools": self.calls_tools,
            "tool_choice": self.takes_tool_choice,
            "json_mode": True,
            "json_schema": True,
            "safety_modes": True,
            "logprobs": True,
            "vision": self.sees,
            "reasoning": self.thinks,
        }
        return [feature for feature, has_it in facts.items() if has_it] if "chat" in self.endpoints else []


_COMMAND_R = Model(
    "command-r-08-2024",
    context_length=128_000,
    takes_tool_choice=False,
    takes_both_penalties=False,
    safety_modes=("CONTEXTUAL", "STRICT", "OFF"),
)
MODELS = (
    Model("command-a-plus-05-2026", thinks=True, sees=True),
    Model("command-a-reasoning-08-2025", thinks=True),
    Model("command-a-vision-07-2025", context_length=128_000, sees=True, calls_tools=False),
    Model("command-a-03-2025"),
    Model("command-r7b-12-2024", context_length=128_000),
    _COMMAND_R,
    Model(
        "command-r-plus-08-2024",
        context_length=128_000,
        takes_tool_choice=False,
        takes_both_penalties=False,
        safety_modes=_COMMAND_R.safety_modes,
    ),
    Model("c4ai-aya-expanse-32b", context_length=128_000, calls_tools=False, takes_tool_choice=False),
    Model("embed-v4.0", context_length=128_000, calls_tools=False, endpoints=("embed",)),
)


def found(name: str) -> Model | None:
    """The model of this name; one that is called like a chat model of tomorrow can do everything."""
    newest = MODELS[0] if name.startswith(_PREFIXES) else None
    return next((model for model in MODELS if model.name == name), newest)


def card(model: Model) -> Json:
    """What `/v1/models` says about a model."""
    return {
        "name": model.name,
        "is_deprecated": False,
        "endpoints": list(model.endpoints),
        "finetuned": False,
        "context_length": float(model.context_length),
        "tokenizer_url": f"https://storage.googleapis.com/cohere-public/tokenizers/{model.name}.json",
        "default_endpoints": [],
        "features": model.features,
    }
