"""How long a stream may take until its client sees something of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from app.gateway.alarms import CLOCK_S
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


class IdleLimit:
    """The time limit for each wait of a running stream; the block ends in TimeoutError when it is over.

    One alarm serves many waits: it is set anew only when it rings too early, for chunks come by the thousand.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = asyncio.timeout(None)
        self._ends_at: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        await self._limit.__aexit__(kind, error, trace)

    def wait(self, limit_s: float | None) -> None:
        """From now on the limit is `limit_s`; None is no limit."""
        self._ends_at = None if limit_s is None else self._loop.time() + limit_s
        if self._ends_at is None:
            return
        if self._alarm is not None and self._alarm.when() > self._ends_at:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None:
            self._alarm = self._loop.call_at(self._ends_at, self._ring)

    def rest(self) -> None:
        """There is no limit until the next wait."""
        self._ends_at = None

    def _ring(self) -> None:
        self._alarm = None
        if self._ends_at is None:
            return
        if self._loop.time() + CLOCK_S < self._ends_at:
            self._alarm = self._loop.call_at(self._ends_at, self._ring)
        else:
            self._limit.reschedule(self._ends_at)


class Patience:
    """The time limit for the first token: `short_s` while somebody else could answer instead, else `long_s`.

    Seconds; None is no limit. `total_s` holds whatever comes. `has_alternative` is asked when the short limit
    is reached, not before. The block ends in TimeoutError when the limit is over.
    """

    def __init__(
        self,
        short_s: float | None,
        long_s: float | None,
        has_alternative: Callable[[], bool],
        *,
        total_s: float | None = None,
    ) -> None:
        self._short_s = short_s
        self._has_alternative = has_alternative
        self._limit = asyncio.timeout(shortest(long_s, total_s))
        self._total_s = total_s
        self._ends_at: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        loop = asyncio.get_running_loop()
        if self._total_s is not None:
            self._ends_at = loop.time() + self._total_s
        if self._short_s is not None:
            self._alarm = loop.call_later(self._short_s, self._ring)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._silence_alarm()
        await self._limit.__aexit__(kind, error, trace)

    def first_token_came(self, idle_s: float | None) -> None:
        """From now on the limit is `idle_s` from this moment, each time this is said."""
        self._silence_alarm()
        silent_at = None if idle_s is None else asyncio.get_running_loop().time() + idle_s
        self._limit.reschedule(shortest(silent_at, self._ends_at))

    def _ring(self) -> None:
        # Both limits may be over at the same instant.
        if not self._limit.expired() and self._has_alternative():
            self._limit.reschedule(asyncio.get_running_loop().time())

    def _silence_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
