"""The flat parameters and the answer's format, in Mistral's words."""

from collections.abc import Mapping
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.errors import InvalidValue
from app.providers.asked import asked
from app.providers.base import Target
from app.providers.extensions import known_extensions
from app.providers.facts.mistral import MistralModel
from app.providers.hints import leave_out_hints
from app.providers.stop_cutting import without_empty
from app.providers.verdicts import Verdicts

# After mistralai 3.7, `ChatCompletionRequest`, which forbids every other field. None: any value.
_RANGES: Final[Mapping[str, tuple[str, float | None, float | None]]] = {
    "temperature": ("temperature", 0, 1.5),
    "top_p": ("top_p", 0, 1),
    "seed": ("random_seed", 0, None),
    "frequency_penalty": ("frequency_penalty", -2, 2),
    "presence_penalty": ("presence_penalty", -2, 2),
}
_SAME: Final = ("n", "logprobs", "top_logprobs", "metadata", "prompt_cache_key")
_UNSERVED: Final[Mapping[str, str]] = {
    "audio": "Mistral's chat completions answer in text",
    "logit_bias": "Mistral has no bias for tokens",
    "modalities": "Mistral's chat completions answer in text",
    "moderation": "Mistral's guardrails are not OpenAI's moderation",
    "store": "Mistral stores no completions",
    "verbosity": "Mistral has no levels of verbosity",
    "web_search_options": "Mistral's chat completions do not search the web",
}
_HINTS: Final = ("prompt_cache_options", "prompt_cache_retention", "safety_identifier", "user")
# Mistral's own, which are no parameters of OpenAI's.
_OWN: Final = frozenset(
    {
        "guardrails",
        "min_tokens",
        "prompt_logprobs",
        "prompt_mode",
        "random_seed",
        "repetition_penalty",
        "safe_prompt",
        "top_k",
        "top_prompt_logprobs",
    }
)

_EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


class _GivenPart(msgspec.Struct):
    text: str


class _GivenPrediction(msgspec.Struct):
    content: str | list[_GivenPart] = ""


def to_mistral_parameters(
    conversation: Conversation, target: Target, model: MistralModel, verdicts: Verdicts
) -> Mapping[str, object]:
    """The native fields beside messages and tools. Raises InvalidValue."""
    given = conversation.given
    wanted = asked(conversation)
    body: dict[str, object] = {}
    if conversation.limit is not None:
        body["max_tokens"] = conversation.limit
    stops = without_empty(conversation.stop, verdicts)
    if stops:
        body["stop"] = stops
    body |= _sampling(conversation, target, verdicts)
    body |= {name: getattr(given, name) for name in _SAME if name in wanted}
    body |= _effort(given.reasoning_effort, model, verdicts)
    body |= _format(conversation, verdicts)
    if given.prediction is not None:
        body["prediction"] = _prediction(given.prediction)
    body |= _tier(given.service_tier, verdicts)
    for name in sorted(wanted & _UNSERVED.keys()):
        verdicts.refuse(name, _UNSERVED[name])
    leave_out_hints(conversation, _HINTS, verdicts)
    body |= known_extensions(conversation.extensions, _OWN - target.refused, "Mistral", verdicts)
    return body


def _sampling(conversation: Conversation, target: Target, verdicts: Verdicts) -> Mapping[str, object]:
    given = conversation.given
    wanted = asked(conversation)
    body: dict[str, object] = {}
    for name, (native, low, high) in _RANGES.items():
        value = getattr(given, name)
        if name not in wanted or (name == "top_p" and value == 1):
            continue
        if name in target.refused:
            verdicts.leave_out(name, "the model does not take it")
        elif (low is not None and value < low) or (high is not None and value > high):
            bounds = f"at least {low}" if high is None else f"{low} to {high}"
            verdicts.leave_out(name, f"Mistral takes {bounds}", is_value=True)
        elif name == "top_p" and body.get("temperature") == 0:
            # "top_p must be 1 when using greedy sampling", and then it changes nothing.
            verdicts.note(name, "1")
        else:
            body[native] = value
    return body


def _effort(effort: str | None, model: MistralModel, verdicts: Verdicts) -> Mapping[str, object]:
    name = "reasoning_effort"
    if effort is None:
        return {}
    if model.efforts is None:
        return {name: effort}
    levels = model.efforts or ("none",)
    level = effort if effort in levels else _nearest_lower(effort, levels)
    if level is None:
        verdicts.refuse_value(name, f"the model has {', '.join(levels)}, and nothing near {effort}")
        return {}
    if level != effort:
        verdicts.adapt(name, level, f"the model has no {effort}")
    elif not model.takes_effort:
        verdicts.note(name, level)
    return {name: level} if model.takes_effort else {}


def _nearest_lower(effort: str, efforts: tuple[str, ...]) -> str | None:
    """The strongest level below `effort`; None where that would be no reasoning, which is something else."""
    if effort not in _EFFORTS:
        return None
    lower = [level for level in efforts if level != "none" and _EFFORTS.index(level) < _EFFORTS.index(effort)]
    return lower[-1] if lower else None


def _format(conversation: Conversation, verdicts: Verdicts) -> Mapping[str, object]:
    wanted, schema = conversation.given.response_format, conversation.schema
    if wanted is None or wanted.type == "text":
        return {}
    if wanted.type == "json_object":
        return {"response_format": {"type": "json_object"}}
    if wanted.type != "json_schema" or schema is None:
        verdicts.refuse_value("response_format.type", f"Mistral has no format {wanted.type}")
        return {}
    if schema.schema is None:
        verdicts.refuse_value("response_format.json_schema.schema", "Mistral needs the schema")
        return {}
    described: dict[str, object] = {"name": schema.name, "schema": schema.schema}
    if schema.description is not None:
        described["description"] = schema.description
    if schema.strict is not None:
        described["strict"] = schema.strict
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _prediction(given: Mapping[str, msgspec.Raw]) -> Mapping[str, object]:
    """Mistral takes one text where OpenAI takes parts too."""
    try:
        prediction = msgspec.json.decode(msgspec.json.encode(given), type=_GivenPrediction)
    except msgspec.ValidationError:
        raise InvalidValue(
            "Invalid 'prediction.content': expected a string or parts of text.", "prediction.content"
        ) from None
    content = prediction.content
    text = content if isinstance(content, str) else "".join([part.text for part in content])
    return {"type": "content", "content": text}


def _tier(tier: str | None, verdicts: Verdicts) -> Mapping[str, object]:
    if tier in (None, "auto"):
        return {}
    if tier == "default":
        return {"service_tier": "standard_only"}
    verdicts.refuse_value("service_tier", "Mistral has auto and default")
    return {}
