"""How long a stream may take until its client sees something of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from app.gateway.alarms import CLOCK_S, Alarm, Alarms, TimeLimit
from app.gateway.limits import shortest


@dataclass(slots=True)
class Silence:
    """How long a running stream may say nothing: `idle_s` without a word of the provider.

    Pings say that it works, and may go on while a tool's arguments are made; where nothing else comes, the
    stream has `pinging_s`, or `idle_s` if that is longer. Seconds; None is no limit.
    """

    idle_s: float | None
    pinging_s: float | None
    _heard_at: float = field(default_factory=time.monotonic)

    def left_s(self, *, has_content: bool) -> float | None:
        """Seconds until the provider counts as silent, now that it has said something."""
        now = time.monotonic()
        if has_content:
            self._heard_at = now
        if has_content or self.idle_s is None or self.pinging_s is None:
            return self.idle_s
        return max(0.0, min(self.idle_s, self._heard_at + max(self.pinging_s, self.idle_s) - now))


class IdleLimit(TimeLimit):
    """The time limit for each wait of a running stream; the block ends in TimeoutError when it is over.

    One alarm serves many waits: it is set anew only when it rings too early, for chunks come by the thousand.
    """

    __slots__ = ("_ends_at",)

    def __init__(self, alarms: Alarms) -> None:
        super().__init__(alarms, None)
        self._ends_at: float | None = None

    def wait(self, limit_s: float | None) -> None:
        """From now on the limit is `limit_s`; None is no limit."""
        if limit_s is None:
            self._ends_at = None
            return
        self._ends_at = self._alarms.time() + limit_s
        if not self._is_set or self.at > self._ends_at:
            self.set(limit_s)

    def rest(self) -> None:
        """There is no limit until the next wait."""
        self._ends_at = None

    def ring(self) -> None:
        """Ends the block, unless it has heard something since."""
        self._is_set = False
        if self._ends_at is None:
            return
        left_s = self._ends_at - self._alarms.time()
        if left_s > CLOCK_S:
            self.set(left_s)
        else:
            self._end()


class Patience(TimeLimit):
    """The time limit for the first token: `short_s` while somebody else could answer instead, else `long_s`.

    Seconds; None is no limit. `total_s` holds whatever comes. `has_alternative` is asked when the short limit
    is reached, not before. The block ends in TimeoutError when the limit is over.
    """

    __slots__ = ("_ends_at", "_has_alternative", "_short", "_short_s")

    def __init__(
        self,
        alarms: Alarms,
        short_s: float | None,
        long_s: float | None,
        has_alternative: Callable[[], bool],
        *,
        total_s: float | None = None,
    ) -> None:
        super().__init__(alarms, shortest(long_s, total_s))
        self._has_alternative = has_alternative
        self._ends_at = None if total_s is None else alarms.time() + total_s
        self._short_s = short_s
        self._short: _Short | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        if self._short_s is not None:
            self._short = _Short(self)
            self._alarms.set(self._short_s, self._short)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._silence_short()
        super().__exit__(kind, error, trace)

    def first_token_came(self, idle_s: float | None) -> None:
        """From now on the limit is `idle_s` from this moment, each time this is said."""
        self._silence_short()
        self.set(shortest(idle_s, None if self._ends_at is None else self._ends_at - self._alarms.time()))

    def short_is_over(self) -> None:
        """Ends the block where somebody else could answer."""
        if not self._is_over and self._has_alternative():
            self._end()

    def _silence_short(self) -> None:
        if self._short is not None:
            self._short.stop()
            self._short = None


class _Short(Alarm):
    """The short limit of a patience."""

    __slots__ = ("_patience",)

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def ring(self) -> None:
        """It is over."""
        self._patience.short_is_over()
