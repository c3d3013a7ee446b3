"""The flat parameters and the answer's format, in Cohere's words."""

from collections.abc import Mapping
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.providers.asked import asked
from app.providers.base import Target
from app.providers.cohere.schemas import CannotInline, root_of, type_of, without_references
from app.providers.extensions import known_extensions
from app.providers.facts.cohere import THINKING_BUDGETS, CohereModel
from app.providers.hints import leave_out_hints
from app.providers.stop_cutting import without_empty
from app.providers.verdicts import Verdicts

# The API's reference and its refusals: "temperature must be between 0 and 1.0 inclusive". None: any value.
_RANGES: Final[Mapping[str, tuple[str, float, float | None]]] = {
    "temperature": ("temperature", 0, 1),
    "top_p": ("p", 0.01, 0.99),
    "seed": ("seed", 0, None),
    "frequency_penalty": ("frequency_penalty", 0, 1),
    "presence_penalty": ("presence_penalty", 0, 1),
}
_UNSERVED: Final[Mapping[str, str]] = {
    "audio": "Cohere answers in text",
    "logit_bias": "Cohere has no bias for tokens",
    "modalities": "Cohere answers in text",
    "moderation": "Cohere does not moderate",
    "store": "Cohere stores no completions",
    "top_logprobs": "Cohere gives no alternatives to a token",
    "verbosity": "Cohere has no levels of verbosity",
    "web_search_options": "Cohere's chat does not search the web",
}
_HINTS: Final = (
    "metadata",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "user",
)
# Cohere's own, which are no parameters of OpenAI's, and the name that another API has for one of them.
_OWN: Final[Mapping[str, str]] = {
    "citation_options": "citation_options",
    "documents": "documents",
    "k": "k",
    "p": "p",
    "priority": "priority",
    "safety_mode": "safety_mode",
    "strict_tools": "strict_tools",
    "thinking": "thinking",
    "top_k": "k",
}
_WIDTHS: Final = frozenset({"k", "top_k"})
_THINKING: Final = frozenset({"type", "token_budget"})


def to_cohere_parameters(
    conversation: Conversation, target: Target, model: CohereModel, verdicts: Verdicts
) -> Mapping[str, object]:
    """The native fields beside messages and tools."""
    given = conversation.given
    wanted = asked(conversation)
    body: dict[str, object] = {}
    if conversation.limit is not None:
        body["max_tokens"] = conversation.limit
    stops = without_empty(conversation.stop, verdicts)
    if stops:
        body["stop_sequences"] = stops
    body |= _sampling(conversation, target, model, verdicts)
    if "logprobs" in wanted:
        body["logprobs"] = True
    body |= _thinking(given.reasoning_effort, model, verdicts)
    body |= _format(conversation, verdicts)
    if given.service_tier == "default":
        verdicts.note("service_tier")
    elif "service_tier" in wanted:
        verdicts.refuse_value("service_tier", "Cohere has one tier")
    for name in sorted(wanted & _UNSERVED.keys()):
        verdicts.refuse(name, _UNSERVED[name])
    leave_out_hints(conversation, _HINTS, verdicts)
    return {**body, **_extensions(conversation, target, verdicts)}


def _sampling(
    conversation: Conversation, target: Target, model: CohereModel, verdicts: Verdicts
) -> Mapping[str, object]:
    given = conversation.given
    wanted = asked(conversation)
    body: dict[str, object] = {}
    for name, (native, low, high) in _RANGES.items():
        value = getattr(given, name)
        if name not in wanted:
            continue
        if name in target.refused:
            verdicts.leave_out(name, "the model does not take it")
        elif name == "top_p" and value == 0 and not _WIDTHS & conversation.extensions.keys():
            # The least mass that holds any token holds the likeliest one: the same as the best of one.
            body["k"] = 1
        elif value < low or (high is not None and value > high):
            bounds = f"at least {low}" if high is None else f"{low} to {high}"
            verdicts.leave_out(name, f"Cohere takes {bounds}", is_value=True)
        elif (
            name == "presence_penalty" and model.takes_both_penalties is False and "frequency_penalty" in body
        ):
            verdicts.leave_out(name, "the model takes one penalty")
        else:
            body[native] = value
    return body


def _thinking(effort: str | None, model: CohereModel, verdicts: Verdicts) -> Mapping[str, object]:
    if effort is None:
        return {}
    if model.thinks is False and effort == "none":
        verdicts.note("reasoning_effort", "none")
        return {}
    if model.thinks is False:
        verdicts.refuse_value("reasoning_effort", "the model does not reason")
        return {}
    if effort == "none":
        return {"thinking": {"type": "disabled"}}
    if effort in THINKING_BUDGETS:
        return {"thinking": {"type": "enabled", "token_budget": THINKING_BUDGETS[effort]}}
    if effort in {"xhigh", "max"}:
        verdicts.adapt("reasoning_effort", "high", "Cohere has nothing above an unlimited budget")
    elif effort != "high":
        verdicts.refuse_value("reasoning_effort", f"Cohere has no level {effort}")
    return {"thinking": {"type": "enabled"}}


def _format(conversation: Conversation, verdicts: Verdicts) -> Mapping[str, object]:
    wanted, schema = conversation.given.response_format, conversation.schema
    if wanted is None or wanted.type == "text":
        return {}
    if conversation.tools or "documents" in conversation.extensions:
        verdicts.refuse("response_format", "Cohere takes it neither with tools nor with documents")
    if wanted.type == "json_object":
        return {"response_format": {"type": "json_object"}}
    if wanted.type != "json_schema" or schema is None:
        verdicts.refuse_value("response_format.type", f"Cohere has no format {wanted.type}")
        return {}
    place = "response_format.json_schema.schema"
    try:
        plain = without_references(schema.schema or msgspec.Raw(b"{}"))
    except CannotInline as problem:
        verdicts.refuse(place, f"Cohere follows no references, and {problem}")
        return {}
    if type_of(plain) != "object":
        verdicts.refuse_value(place, "Cohere takes an object at the root of a schema")
    keywords: dict[str, object] = dict(root_of(plain))
    if schema.description is not None and "description" not in keywords:
        keywords["description"] = schema.description
    if schema.name:
        verdicts.note("response_format", "without_name")
    return {"response_format": {"type": "json_object", "json_schema": keywords}}


def _extensions(conversation: Conversation, target: Target, verdicts: Verdicts) -> Mapping[str, object]:
    known = known_extensions(conversation.extensions, _OWN.keys() - target.refused, "Cohere", verdicts)
    body = {_OWN[name]: value for name, value in known.items()}
    if "thinking" in body:
        if conversation.given.reasoning_effort is not None:
            verdicts.refuse_value("thinking", "it says what reasoning_effort says too")
        if not root_of(conversation.extensions["thinking"]).keys() <= _THINKING:
            verdicts.refuse("thinking", "Cohere knows `type` and `token_budget`")
    if "safety_mode" in body and (conversation.tools or "documents" in body):
        verdicts.refuse("safety_mode", "Cohere takes it neither with tools nor with documents")
    return body
