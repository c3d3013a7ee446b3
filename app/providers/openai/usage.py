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
    return Usage(
        input_tokens=input_tokens,
        cached_input_tokens=min(_count(cached), input_tokens),
        output_tokens=_count(counts.get("completion_tokens")),
    )


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


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(min(max(value, 0), _MOST_TOKENS))
