"""The breaker: a candidate that keeps failing is rested, then probed. A worker's own memory, best effort."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.gateway.known import Candidate

_MAX_REMEMBERED = 10_000

_Key = tuple[UUID, str]


@dataclass(slots=True)
class _Trouble:
    failures: int = 0
    rests_until: float = 0.0
    is_probing: bool = False


class Breaker:
    """Remembers failures in a row for each provider key and model. `open_s` 0 turns it off."""

    def __init__(
        self, failures_to_open: int, open_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures_to_open = failures_to_open
        self._open_s = open_s
        self._clock = clock
        # Only candidates in trouble are here, mostly nobody; the oldest trouble is forgotten first.
        self._troubles: dict[_Key, _Trouble] = {}

    def order(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates with the rested ones last: they are tried anyway where nobody else answers."""
        return sorted(candidates, key=self.is_resting) if self._troubles else list(candidates)

    def is_resting(self, candidate: Candidate) -> bool:
        """Whether the candidate should be left alone now. One probe at a time ends a rest."""
        trouble = self._trouble_of(candidate)
        if trouble is None or trouble.failures < self._failures_to_open:
            return False
        return trouble.is_probing or self._clock() < trouble.rests_until

    def starting(self, candidate: Candidate) -> None:
        """An attempt begins; for a candidate in trouble it is the probe."""
        if self._troubles and (trouble := self._trouble_of(candidate)) is not None:
            trouble.is_probing = True

    def succeeded(self, candidate: Candidate) -> None:
        """The candidate is well again."""
        if self._troubles:
            self._troubles.pop(_key(candidate), None)

    def released(self, candidate: Candidate) -> None:
        """An attempt ended without saying anything about the candidate."""
        if self._troubles and (trouble := self._trouble_of(candidate)) is not None:
            trouble.is_probing = False

    def failed(self, candidate: Candidate) -> None:
        """The candidate failed by its own fault."""
        if not self._open_s:
            return
        key = _key(candidate)
        if key not in self._troubles and len(self._troubles) >= _MAX_REMEMBERED:
            del self._troubles[next(iter(self._troubles))]
        trouble = self._troubles.setdefault(key, _Trouble())
        trouble.failures += 1
        trouble.is_probing = False
        trouble.rests_until = self._clock() + self._open_s

    def _trouble_of(self, candidate: Candidate) -> _Trouble | None:
        return self._troubles.get(_key(candidate))


def _key(candidate: Candidate) -> _Key:
    return candidate.provider_key.id, candidate.model
