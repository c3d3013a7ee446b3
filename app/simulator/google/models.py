"""Google's models: what each of them accepts, and how they are listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qs

from app.simulator.api import Json
from app.simulator.google.errors import invalid, refused

MOST_INPUT_TOKENS = 1_048_576
MOST_OUTPUT_TOKENS = 65_536
_PRO = ("LOW", "MEDIUM", "HIGH")
_FLASH = ("MINIMAL", "LOW", "MEDIUM", "HIGH")


@dataclass(frozen=True, slots=True)
class Model:
    """The rules of one model."""

    id: str
    # The values that `thinkingLevel` may have; none where only a budget is known.
    levels: tuple[str, ...] = _PRO
    # The budget's least and greatest value.
    budget: tuple[int, int] = (128, 32_768)
    # Whether a budget of 0 turns thinking off.
    stops_thinking: bool = False
    # Whether calls have ids, and thoughts are signed.
    is_signed: bool = True
    # Whether a call and its result have to match by id, and every call needs its result.
    matches_ids: bool = False
    # Whether a conversation may end with the model's own turn.
    takes_prefill: bool = True
    takes_penalties: bool = True
    takes_several: bool = True
    takes_logprobs: bool = False
    # Whether functions go together with an answer in JSON, or with a search of the web.
    mixes_functions: bool = True
    # Whether it takes files by the addresses of others.
    fetches_urls: bool = True
    # Whether the reason of the end comes in a frame of its own.
    ends_apart: bool = False
    methods: tuple[str, ...] = ("generateContent", "countTokens")


# The models page and the migration guides of the provider, as of November 2026.
_MODELS = (
    Model(
        "gemini-2.0-flash",
        levels=(),
        budget=(0, 0),
        stops_thinking=True,
        is_signed=False,
        mixes_functions=False,
        fetches_urls=False,
    ),
    Model(
        "gemini-2.5-flash",
        levels=(),
        budget=(0, 24_576),
        stops_thinking=True,
        is_signed=False,
        takes_penalties=False,
        takes_logprobs=True,
        mixes_functions=False,
    ),
    Model(
        "gemini-2.5-pro",
        levels=(),
        is_signed=False,
        takes_penalties=False,
        mixes_functions=False,
    ),
    Model("gemini-3-pro", levels=("LOW", "HIGH")),
    Model("gemini-3.1-pro"),
    Model("gemini-3.6-flash", levels=_FLASH, ends_apart=True),
    Model(
        "gemini-3.8-flash",
        matches_ids=True,
        takes_prefill=False,
        takes_penalties=False,
        takes_several=False,
        ends_apart=True,
    ),
    Model("gemini-embedding-001", methods=("embedContent",)),
)
MODELS: Mapping[str, Model] = MappingProxyType({model.id: model for model in _MODELS})


def known(name: str, method: str) -> Model:
    """The model of that name, which has that method; directives after its name do not matter.

    Raises Refused.
    """
    found = MODELS.get(name.partition(";")[0])
    if found is None or method not in {*found.methods, "get"}:
        raise refused(
            404,
            f"models/{name} is not found for API version v1beta, or is not supported for {method}. Call "
            "ListModels to see the list of available models and their supported methods.",
        )
    return found


def described(model: Model) -> Json:
    """The answer to `GET /v1beta/models/{model}`."""
    return {
        "name": f"models/{model.id}",
        "version": "001",
        "displayName": model.id.replace("-", " ").title(),
        "description": "A simulated model.",
        "inputTokenLimit": MOST_INPUT_TOKENS,
        "outputTokenLimit": MOST_OUTPUT_TOKENS,
        "supportedGenerationMethods": list(model.methods),
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": "generateContent" in model.methods,
    }


def listed(query: str) -> Json:
    """The answer to `GET /v1beta/models`: one page. Raises Refused."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    size, start = asked.get("pageSize", "50"), asked.get("pageToken", "0")
    if not size.isdecimal() or not start.isdecimal() or int(start) > len(_MODELS):
        raise invalid("Request contains an invalid argument.")
    end = int(start) + min(int(size) or 50, 1000)
    page: Json = {"models": [described(model) for model in _MODELS[int(start) : end]]}
    return page | ({"nextPageToken": str(end)} if end < len(_MODELS) else {})
