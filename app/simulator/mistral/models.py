"""Which of Mistral's models takes what, as far as a simulator needs it; sizes are not exact."""

from dataclasses import dataclass

from app.simulator.api import Json

_PREFIXES = (
    "mistral-",
    "ministral-",
    "codestral-",
    "devstral-",
    "magistral-",
    "pixtral-",
    "voxtral-",
    "open-mistral-",
    "open-mixtral-",
    "labs-",
)


@dataclass(frozen=True, slots=True)
class Model:
    """One model's facts."""

    name: str
    aliases: tuple[str, ...] = ()
    context_length: int = 131_072
    # The values of `reasoning_effort`; none at all where the field is refused.
    efforts: tuple[str, ...] = ()
    # Thinks with every answer, and knows `prompt_mode` in the place of an effort.
    always_thinks: bool = False
    # Signs what it thought.
    signs: bool = False
    sees: bool = False
    hears: bool = False
    chats: bool = True
    calls_tools: bool = True
    # Gives the arguments of a call as an object and its place not at all, which the API's types allow.
    calls_loosely: bool = False
    temperature: float | None = 0.3


MODELS = (
    Model(
        "mistral-large-4",
        ("mistral-large-latest",),
        context_length=262_144,
        efforts=("none", "low", "medium", "high"),
        signs=True,
        sees=True,
    ),
    Model(
        "mistral-medium-2604",
        ("mistral-medium-3-5", "mistral-medium-3.5"),
        efforts=("none", "high"),
        sees=True,
    ),
    # The name still means the medium model that cannot think.
    Model("mistral-medium-2508", ("mistral-medium-latest", "mistral-medium"), sees=True),
    Model(
        "mistral-small-2603",
        ("mistral-small-latest", "mistral-small-4"),
        context_length=262_144,
        efforts=("none", "high"),
        sees=True,
    ),
    Model("magistral-medium-2509", ("magistral-medium-latest",), always_thinks=True, temperature=0.7),
    Model(
        "magistral-small-2509", ("magistral-small-latest",), always_thinks=True, sees=True, temperature=0.7
    ),
    Model("codestral-2508", ("codestral-latest",), context_length=262_144, calls_loosely=True),
    Model("ministral-8b-2512", ("ministral-8b-latest",), sees=True),
    Model("voxtral-small-2507", ("voxtral-small-latest",), context_length=32_768, hears=True),
    Model("open-mistral-7b", ("mistral-tiny",), context_length=32_768, calls_tools=False, temperature=0.7),
    Model("mistral-embed-2312", ("mistral-embed",), 8_192, chats=False, calls_tools=False, temperature=None),
)


def found(name: str) -> Model | None:
    """The model of this name; one that is called like a model of tomorrow can do everything."""
    newest = MODELS[0] if name.startswith(_PREFIXES) else None
    return next((model for model in MODELS if name in (model.name, *model.aliases)), newest)


def cards() -> list[Json]:
    """The list of models: each of them under its own name, and under each alias again."""
    return [
        _card(model, name, tuple(other for other in names if other != name))
        for model in MODELS
        for names in [(model.name, *model.aliases)]
        for name in names
    ]


def _card(model: Model, name: str, aliases: tuple[str, ...]) -> Json:
    return {
        "id": name,
        "object": "model",
        "created": 1_700_000_000,
        "owned_by": "mistralai",
        "capabilities": {
            "completion_chat": model.chats,
            "completion_fim": model.name.startswith("codestral-"),
            "function_calling": model.calls_tools,
            "fine_tuning": False,
            "vision": model.sees,
            "audio": model.hears,
            "reasoning": model.always_thinks or bool(model.efforts),
        },
        "name": model.name,
        "description": "A simulated model",
        "max_context_length": model.context_length,
        "aliases": list(aliases),
        "deprecation": None,
        "deprecation_replacement_model": None,
        "default_model_temperature": model.temperature,
        "type": "base",
    }
