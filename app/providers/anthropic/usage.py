"""Token counts as Anthropic reports them."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.usage import Usage
from app.providers.counts import token_count

_TIERS: Final = {"standard": "default", "priority": "priority"}

_Number = int | float | None


class _OutputDetails(msgspec.Struct):
    thinking_tokens: _Number = None


class Count(msgspec.Struct):
    """The counts of one message so far. None says nothing: what was said before holds."""

    input_tokens: _Number = None
    cache_creation_input_tokens: _Number = None
    cache_read_input_tokens: _Number = None
    output_tokens: _Number = None
    output_tokens_details: _OutputDetails | None = None
    service_tier: str | None = None


@dataclass(slots=True)
class Tally:
    """Adds up the messages of an answer. Within a message the counts are totals, each replacing the last."""

    service_tier: str | None = None
    _before: Usage = field(default_factory=Usage)
    _current: Usage = field(default_factory=Usage)
    _latest: Count = field(default_factory=Count)

    @property
    def usage(self) -> Usage:
        """All messages together."""
        return _sum(self._before, self._current)

    def begin(self) -> None:
        """Another message begins, with counts of its own."""
        self._before, self._current, self._latest = self.usage, Usage(), Count()

    def add(self, count: Count) -> None:
        """The counts that the running message has come to."""
        for name in Count.__struct_fields__:
            value = getattr(count, name)
            if value is not None:
                setattr(self._latest, name, value)
        self._current = _to_usage(self._latest)
        self.service_tier = _TIERS.get(count.service_tier or "", self.service_tier)


def _to_usage(count: Count) -> Usage:
    """The counts in OpenAI's sense, where what was cached is part of the input."""
    cached = token_count(count.cache_read_input_tokens)
    written = token_count(count.cache_creation_input_tokens)
    details = count.output_tokens_details
    thought = details.thinking_tokens if details else None
    return Usage(
        input_tokens=token_count(count.input_tokens) + cached + written,
        cached_input_tokens=cached,
        output_tokens=token_count(count.output_tokens),
        cache_write_tokens=written,
        reasoning_tokens=None if thought is None else token_count(thought),
    )


def _sum(one: Usage, other: Usage) -> Usage:
    is_told = one.reasoning_tokens is not None or other.reasoning_tokens is not None
    return Usage(
        input_tokens=one.input_tokens + other.input_tokens,
        cached_input_tokens=one.cached_input_tokens + other.cached_input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cache_write_tokens=one.cache_write_tokens + other.cache_write_tokens,
        reasoning_tokens=(one.reasoning_tokens or 0) + (other.reasoning_tokens or 0) if is_told else None,
    )
