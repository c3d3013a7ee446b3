"""What a worker remembers of earlier completions, for a while and within a bound. Nothing depends on it."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from app.chat.messages import ReasoningDetail
from app.gateway.known import Candidate

_K = TypeVar("_K")
_V = TypeVar("_V")

_LIFETIME_S = 3600.0
_MOST_CALLS = 20_000
_MOST_CANDIDATES = 1_000
# Reasoning state beyond this is left to the client to keep.
_LARGEST_DETAIL_BYTES = 256_000


@dataclass(slots=True)
class Fading(Generic[_K, _V]):
    """A mapping that forgets: what is older than an hour, and the oldest of more than `most` entries."""

    most: int
    clock: Callable[[], float] = time.monotonic
    _entries: "OrderedDict[_K, tuple[float, _V]]" = field(default_factory=OrderedDict)

    def get(self, key: _K, default: _V) -> _V:
        """What was put under `key`; `default` where that is forgotten or never was."""
        if not self._entries:
            # Mostly so; to look up an id costs more than all the rest here.
            return default
        entry = self._entries.get(key)
        if entry is None or entry[0] < self.clock():
            return default
        return entry[1]

    def put(self, key: _K, value: _V) -> None:
        """Keeps `value` for an hour from now."""
        self._entries.pop(key, None)
        self._entries[key] = (self.clock() + _LIFETIME_S, value)
        while len(self._entries) > self.most:
            self._entries.popitem(last=False)


@dataclass(slots=True)
class ReasoningMemory:
    """Reasoning state by workspace and tool call, for clients that drop what they do not know of.

    A client that keeps `reasoning_details` never needs it. Another worker does not have it.
    """

    _by_call: Fading[tuple[UUID, str], tuple[ReasoningDetail, ...]] = field(
        default_factory=lambda: Fading(_MOST_CALLS)
    )

    def remember(self, workspace_id: UUID, details: Sequence[ReasoningDetail]) -> None:
        """Keeps what belongs to tool calls."""
        if not details:
            return
        by_call: dict[str, tuple[ReasoningDetail, ...]] = {}
        for detail in details:
            if detail.call_id is not None and len(detail.block) <= _LARGEST_DETAIL_BYTES:
                by_call[detail.call_id] = (*by_call.get(detail.call_id, ()), detail)
        for call_id, kept in by_call.items():
            self._by_call.put((workspace_id, call_id), kept)

    def recall(self, workspace_id: UUID, call_id: str) -> tuple[ReasoningDetail, ...]:
        """What is known of a tool call; nothing of another workspace's."""
        return self._by_call.get((workspace_id, call_id), ())


@dataclass(slots=True)
class Lessons:
    """Which tuning parameters a candidate was seen to refuse: a model newer than what we know of models."""

    _refused: Fading[tuple[UUID, str], frozenset[str]] = field(
        default_factory=lambda: Fading(_MOST_CANDIDATES)
    )

    def learn(self, candidate: Candidate, params: frozenset[str]) -> None:
        """Keeps that `params` were refused."""
        key = (candidate.provider_key.id, candidate.model)
        self._refused.put(key, self.refused_by(candidate) | params)

    def refused_by(self, candidate: Candidate) -> frozenset[str]:
        """The parameters refused so far."""
        return self._refused.get((candidate.provider_key.id, candidate.model), frozenset())
