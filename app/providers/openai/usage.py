"""Token counts as OpenAI and compatible servers report them."""

from typing import Final

import msgspec

from app.chat.usage import Usage
from app.providers.counts import token_count
from app.providers.native_json import UNREADABLE

JsonObject = dict[str, object]


class _Details(msgspec.Struct, gc=False):
    cached_tokens: object = None
    cache_write_tokens: object = None
    reasoning_tokens: object = None


class _Counts(msgspec.Struct, gc=False):
    prompt_tokens: object = None
    completion_tokens: object = None
    total_tokens: object = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    # DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
    prompt_cache_hit_tokens: object = None


_COUNTS: Final = msgspec.json.Decoder(_Counts)
_NO_DETAILS: Final = _Details()
_NO_COUNTS: Final = _Counts()


def read_usage(usage: msgspec.Raw, x_groq: msgspec.Raw) -> Usage | None:
    """The counts in a `usage` object, or in the one inside Groq's `x_groq`; None where there are none."""
    counts = _read_counts(usage)
    if counts is None and len(x_groq):
        counts = _read_counts(written_usage(usage, x_groq))
    if counts is None:
        return None
    details = counts.prompt_tokens_details or _NO_DETAILS
    cached = details.cached_tokens if details.cached_tokens is not None else counts.prompt_cache_hit_tokens
    input_tokens = token_count(counts.prompt_tokens)
    reasoning = _reasoning_tokens(counts)
    return Usage(
        input_tokens,
        min(token_count(cached), input_tokens),
        _output_tokens(counts, reasoning),
        min(token_count(details.cache_write_tokens), input_tokens),
        reasoning,
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


def _read_counts(raw: msgspec.Raw) -> _Counts | None:
    if not len(raw):
        return None
    try:
        counts = _COUNTS.decode(raw)
    except UNREADABLE:
        # What else is in it still counts.
        given = {
            name: it for name, it in _object(raw).items() if "details" not in name or isinstance(it, dict)
        }
        counts = msgspec.convert(given, _Counts)
    return None if counts == _NO_COUNTS else counts


def _reasoning_tokens(counts: _Counts) -> int | None:
    reasoning = (counts.completion_tokens_details or _NO_DETAILS).reasoning_tokens
    return None if reasoning is None else token_count(reasoning)


def _output_tokens(counts: _Counts, reasoning: int | None) -> int:
    """The whole output. xAI counts reasoning beside `completion_tokens`, as its total shows (docs.x.ai)."""
    output = token_count(counts.completion_tokens)
    if not reasoning:
        return output
    is_beside = token_count(counts.total_tokens) == token_count(counts.prompt_tokens) + output + reasoning
    return output + reasoning if is_beside else output
