"""Alarms and time limits that are set by the thousand and hardly ever ring."""

import asyncio
from collections.abc import Callable
from itertools import takewhile
from types import TracebackType
from typing import Self


class Alarm:
    """Set until it rings or is stopped."""

    __slots__ = ("_on_ring", "_queue", "at")

    def __init__(self, queue: "_Queue", at: float, on_ring: Callable[[], None]) -> None:
        self.at = at
        self._queue = queue
        self._on_ring: Callable[[], None] | None = on_ring

    def stop(self) -> None:
        """It will not ring; no harm where it has."""
        # Whoever is rung mostly has the alarm: nothing shall be left for the garbage collector.
        self._on_ring = None
        self._queue.remove(self)

    def ring(self) -> None:
        """Its time has come."""
        if self._on_ring is not None:
            self._on_ring()
        self._on_ring = None


class Alarms:
    """The alarms of one event loop.

    Alarms with the same delay ring in the order in which they were set. So each delay has a queue, and only
    the first of a queue needs a timer of the event loop, which costs several times as much as a place here.
    """

    def __init__(self) -> None:
        self._queues: dict[float, _Queue] = {}

    def set(self, delay_s: float, on_ring: Callable[[], None]) -> Alarm:
        """Calls `on_ring` in so many seconds."""
        queue = self._queues.get(delay_s)
        if queue is None:
            queue = self._queues[delay_s] = _Queue(self._queues, delay_s)
        return queue.add(on_ring)

    def limit(self, limit_s: float | None) -> "TimeLimit":
        """A time limit in seconds for a block; None is no limit."""
        return TimeLimit(self, limit_s)


class _Queue:
    """The alarms of one delay, first come, first rung. It is there as long as it holds one."""

    __slots__ = ("_alarms", "_delay_s", "_loop", "_queues", "_timer")

    def __init__(self, queues: "dict[float, _Queue]", delay_s: float) -> None:
        self._queues = queues
        self._delay_s = delay_s
        self._alarms: dict[Alarm, None] = {}
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(delay_s, self._ring)

    def add(self, on_ring: Callable[[], None]) -> Alarm:
        alarm = Alarm(self, self._loop.time() + self._delay_s, on_ring)
        self._alarms[alarm] = None
        return alarm

    def remove(self, alarm: Alarm) -> None:
        if self._alarms.pop(alarm, alarm) is None and not self._alarms:
            # A delay that comes once would leave its queue behind.
            self._timer.cancel()
            del self._queues[self._delay_s]

    def _ring(self) -> None:
        now = self._loop.time()
        due = list(takewhile(lambda alarm: alarm.at <= now, self._alarms))
        for alarm in due:
            del self._alarms[alarm]
        if self._alarms:
            self._timer = self._loop.call_at(next(iter(self._alarms)).at, self._ring)
        else:
            del self._queues[self._delay_s]
        for alarm in due:
            alarm.ring()


class TimeLimit:
    """Ends its block in TimeoutError when the time is over, as `asyncio.timeout` does."""

    __slots__ = ("_alarm", "_alarms", "_cancelling", "_is_over", "_limit_s", "_task")

    def __init__(self, alarms: Alarms, limit_s: float | None) -> None:
        self._alarms = alarms
        self._limit_s = limit_s
        self._alarm: Alarm | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        if self._limit_s is not None:
            self._task = asyncio.current_task()
            self._cancelling = self._task.cancelling() if self._task else 0
            self._alarm = self._alarms.set(max(self._limit_s, 0), self._end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alarm is not None:
            self._alarm.stop()
        # Somebody else may want the task to end too: then that is what has happened.
        is_ours = self._is_over and self._task is not None and self._task.uncancel() <= self._cancelling
        if is_ours and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _end(self) -> None:
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
