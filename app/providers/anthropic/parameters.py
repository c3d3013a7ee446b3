"""Everything in a request but its messages, its tools, and how the model reasons and samples."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.providers.anthropic.caching import to_automatic_mark
from app.providers.anthropic.schemas import NotTaken, to_grammar
from app.providers.anthropic.translation import Block, Translation
from app.providers.extensions import PROVIDER_OPTIONS
from app.providers.facts.anthropic import SAFE_MAX_TOKENS
from app.providers.hints import leave_out_hints
from app.providers.stop_cutting import without_empty

_REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "audio": "Anthropic's models do not speak",
        "logit_bias": "Anthropic's models have none",
        "logprobs": "Anthropic's models tell none",
        "modalities": "Anthropic's models answer in text alone",
        "moderation": "Anthropic does not moderate",
        "store": "Anthropic keeps no completions",
        "top_logprobs": "Anthropic's models tell none",
        "verbosity": "Anthropic's models cannot be told",
    }
)
_HINTS: Final = ("metadata", "prediction", "prompt_cache_key", "prompt_cache_retention")
_EXTENSIONS: Final = frozenset({"cache_control", "min_p", "thinking", "top_k", PROVIDER_OPTIONS})
_USER_ID_LENGTH: Final = 256
_FAST: Final = "fast"


def to_max_tokens(translation: Translation) -> int:
    """The limit that the client gave; where it gave none, the model's own, for Anthropic wants one told."""
    limit, ceiling = translation.conversation.limit, translation.facts.max_tokens
    if limit is None and ceiling is None:
        translation.verdicts.note("max_completion_tokens", str(SAFE_MAX_TOKENS))
        return SAFE_MAX_TOKENS
    if limit is not None and ceiling is not None and limit > ceiling:
        place = translation.conversation.limit_place
        translation.verdicts.refuse_value(place, f"the model writes at most {ceiling} tokens")
    return limit or ceiling or SAFE_MAX_TOKENS


def check_unserved(translation: Translation) -> None:
    """Refuses what Anthropic cannot do, and reports the hints that it does not take."""
    verdicts = translation.verdicts
    for param in sorted(translation.asked & _REFUSED.keys()):
        verdicts.refuse(param, _REFUSED[param])
    leave_out_hints(translation.conversation, _HINTS, verdicts)
    for extension in translation.conversation.extensions:
        if extension not in _EXTENSIONS:
            verdicts.refuse(extension, "Anthropic has no such parameter")


def to_options(translation: Translation) -> Block:
    """The native fields for the stop sequences, the user, the service tier and the prompt cache."""
    fields: Block = {}
    stops = [stop for stop in translation.conversation.stop if stop.strip()]
    if stops:
        fields["stop_sequences"] = stops
    mark = to_automatic_mark(translation)
    if mark is not None:
        fields["cache_control"] = mark
    user = _user_id(translation)
    if user:
        fields["metadata"] = {"user_id": user}
    return fields | _service_tier(translation)


def emulated_stops(translation: Translation) -> tuple[str, ...]:
    """The stop sequences that Anthropic refuses, being white space alone."""
    stops = without_empty(translation.conversation.stop, translation.verdicts)
    return tuple(stop for stop in stops if not stop.strip())


def to_answer_format(translation: Translation) -> Block:
    """The native `output_config.format`, where the answer shall keep to a schema."""
    given, verdicts = translation.given.response_format, translation.verdicts
    if given is None or given.type == "text":
        return {}
    wanted = translation.conversation.schema
    if given.type != "json_schema" or wanted is None or wanted.schema is None:
        verdicts.refuse_value("response_format", "Anthropic's models keep to a schema, or to nothing")
        return {}
    if not translation.facts.takes_schemas:
        verdicts.refuse_value("response_format", "this model keeps to no schema")
    try:
        schema, is_narrower = to_grammar(wanted.schema, wanted.description)
    except NotTaken as reason:
        verdicts.refuse_value("response_format.json_schema.schema", str(reason))
        return {}
    if is_narrower and not wanted.strict:
        verdicts.adapt("response_format", "closed_objects", "every object of the schema must be closed")
    if wanted.name:
        verdicts.note("response_format", "without_name")
    return {"format": {"type": "json_schema", "schema": schema}}


def _user_id(translation: Translation) -> str | None:
    given, verdicts = translation.given, translation.verdicts
    user = given.safety_identifier or given.user
    if given.safety_identifier and given.user and given.user != user:
        verdicts.note("user")
    if user is not None and len(user) > _USER_ID_LENGTH:
        verdicts.note("user", "hashed")
        return hashlib.sha256(user.encode()).hexdigest()
    return user


def _service_tier(translation: Translation) -> Block:
    if "service_tier" not in translation.asked:
        return {}
    tier = translation.given.service_tier
    if tier == "default":
        return {"service_tier": "standard_only"}
    if tier == _FAST and translation.facts.fast_beta is not None:
        return {"speed": _FAST}
    # `priority` goes to who has bought it, and nobody can tell from here.
    translation.verdicts.refuse_value("service_tier", f"the model is not served as '{tier}'")
    return {}
