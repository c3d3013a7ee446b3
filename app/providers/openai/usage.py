"""Token counts as OpenAI and compatible servers report them."""

import msgspec

from app.chat.usage import Usage
from app.providers.counts import token_count

JsonObject = dict[str, object]


def read_usage(usage: msgspec.Raw, x_groq: msgspec.Raw) -> Usage | None:
    """The counts in a `usage` object, or in the one inside Groq's `x_groq`; None where there are none."""
    counts = _object(usage)
    if not counts:
        counts = _member(_object(x_groq), "usage")
    if not counts:
        return None
    details = _member(counts, "prompt_tokens_details")
    cached = details.get("cached_tokens")
    if cached is None:
        # DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
        cached = counts.get("prompt_cache_hit_tokens")
    input_tokens = token_count(counts.get("prompt_tokens"))
    reasoning = _reasoning_tokens(counts)
    return Usage(
        input_tokens=input_tokens,
        cached_input_tokens=min(token_count(cached), input_tokens),
        output_tokens=_output_tokens(counts, reasoning),
        cache_write_tokens=min(token_count(details.get("cache_write_tokens")), input_tokens),
        reasoning_tokens=reasoning,
    )


def written_usage(usage: msgspec.Raw, x_groq: msgspec.Raw) -> msgspec.Raw:
    """The counts as the server wrote them, wherever it did."""
    return usage if _object(usage) else msgspec.Raw(msgspec.json.encode(_member(_object(x_groq), "usage")))


def _object(raw: msgspec.Raw) -> JsonObject:
    if not len(raw):
        return {}
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _member(parent: JsonObject, name: str) -> JsonObject:
    child = parent.get(name)
    return child if isinstance(child, dict) else {}


def _reasoning_tokens(counts: JsonObject) -> int | None:
    reasoning = _member(counts, "completion_tokens_details").get("reasoning_tokens")
    return None if reasoning is None else token_count(reasoning)


def _output_tokens(counts: JsonObject, reasoning: int | None) -> int:
    """The whole output. xAI counts reasoning beside `completion_tokens`, as its total shows (docs.x.ai)."""
    output = token_count(counts.get("completion_tokens"))
    others = token_count(counts.get("prompt_tokens")) + output
    is_beside = reasoning and token_count(counts.get("total_tokens")) == others + reasoning
    return output + reasoning if reasoning and is_beside else output
