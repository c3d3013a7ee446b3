"""Token counts as OpenAI and compatible servers report them."""

from typing import Final

import msgspec

from app.chat.usage import Usage

# Beyond any real count; a broken one must not spoil the sums.
_MOST_TOKENS: Final = 10**12

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
    input_tokens = _count(counts.get("prompt_tokens"))
    reasoning = _reasoning_tokens(counts)
    return Usage(
        input_tokens=input_tokens,
        cached_input_tokens=min(_count(cached), input_tokens),
        output_tokens=_output_tokens(counts, reasoning),
        cache_write_tokens=min(_count(details.get("cache_write_tokens")), input_tokens),
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
    return None if reasoning is None else _count(reasoning)


def _output_tokens(counts: JsonObject, reasoning: int | None) -> int:
    """The whole output. xAI counts reasoning beside `completion_tokens`, as its total shows (docs.x.ai)."""
    output = _count(counts.get("completion_tokens"))
    others = _count(counts.get("prompt_tokens")) + output
    is_beside = reasoning and _count(counts.get("total_tokens")) == others + reasoning
    return output + reasoning if reasoning and is_beside else output


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(min(max(value, 0), _MOST_TOKENS))
