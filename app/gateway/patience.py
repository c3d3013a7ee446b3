"""How long a stream's first token may take."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Patience:
    """The time limit for the first token: `short_s` while somebody else could answer instead, else `long_s`.

    Seconds; None is no limit. `has_alternative` is asked when the short limit is reached, not before. The
    block ends in TimeoutError when the limit is over.
    """

    def __init__(
        self, short_s: float | None, long_s: float | None, has_alternative: Callable[[], bool]
    ) -> None:
        self._short_s = short_s
        self._has_alternative = has_alternative
        self._limit = asyncio.timeout(long_s)
        self._alarm: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        if self._short_s is not None:
            self._alarm = asyncio.get_running_loop().call_later(self._short_s, self._ring)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._silence_alarm()
        await self._limit.__aexit__(kind, error, trace)

    def first_token_came(self, idle_s: float | None) -> None:
        """From now on the limit is `idle_s` from this moment, each time this is said."""
        self._silence_alarm()
        self._limit.reschedule(None if idle_s is None else asyncio.get_running_loop().time() + idle_s)

    def _ring(self) -> None:
        if self._has_alternative():
            self._limit.reschedule(asyncio.get_running_loop().time())

    def _silence_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
