"""Alarms and time limits that are set by the thousand and hardly ever ring."""

import asyncio
from types import TracebackType
from typing import Self

# uvloop counts whole milliseconds, and sums of times have rounding errors: what is nearer than this is now.
# Else its timers would come too early again and again until the millisecond is over.
CLOCK_S = 0.0005


class Alarm:
    """Set for a moment, until it rings or is stopped. Subclasses say what it does then."""

    __slots__ = ("at", "queue")

    at: float
    queue: "_Queue"

    def ring(self) -> None:
        """Its time has come."""
        raise NotImplementedError

    def stop(self) -> None:
        """It will not ring; no harm where it has."""
        self.queue.remove(self)


class Alarms:
    """The alarms of one event loop.

    Alarms with the same delay ring in the order in which they were set. So each delay has a queue, and only
    the first of a queue needs a timer of the event loop, which costs several times as much as a place here.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queues: dict[float, _Queue] = {}

    def current_task(self) -> "asyncio.Task[object] | None":
        """The task that runs now. To find the loop out costs asyncio a call of the system, each time."""
        return asyncio.current_task(self._loop)

    def time(self) -> float:
        """Now, in seconds of the event loop's clock."""
        return self._loop.time()

    def set(self, delay_s: float, alarm: Alarm) -> None:
        """Rings `alarm` in so many seconds. One that has rung may be set again."""
        queue = self._queues.get(delay_s)
        if queue is None:
            queue = self._queues[delay_s] = _Queue(self._queues, delay_s, self._loop)
        queue.add(alarm)

    def limit(self, limit_s: float | None) -> "TimeLimit":
        """A time limit in seconds for a block; None is no limit."""
        return TimeLimit(self, limit_s)


class _Queue:
    """The alarms of one delay, first come, first rung. It is there as long as it holds one."""

    __slots__ = ("_alarms", "_delay_s", "_loop", "_queues", "_timer")

    def __init__(
        self, queues: "dict[float, _Queue]", delay_s: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._queues = queues
        self._delay_s = delay_s
        self._alarms: dict[Alarm, None] = {}
        self._loop = loop
        self._timer = self._loop.call_later(delay_s, self._ring)

    def add(self, alarm: Alarm) -> None:
        alarm.at = self._loop.time() + self._delay_s
        alarm.queue = self
        self._alarms[alarm] = None

    def remove(self, alarm: Alarm) -> None:
        if self._alarms.pop(alarm, alarm) is None and not self._alarms:
            # A delay that comes once would leave its queue behind.
            self._timer.cancel()
            self._end()

    def _ring(self) -> None:
        now = self._loop.time() + CLOCK_S
        while self._alarms:
            first = next(iter(self._alarms))
            if first.at > now:
                self._timer = self._loop.call_at(first.at, self._ring)
                return
            del self._alarms[first]
            # It may stop others, or be set again.
            first.ring()
        self._end()

    def _end(self) -> None:
        if self._queues.get(self._delay_s) is self:
            del self._queues[self._delay_s]


class TimeLimit(Alarm):
    """Ends its block in TimeoutError when the time is over, as `asyncio.timeout` does."""

    __slots__ = ("_alarms", "_cancelling", "_is_over", "_is_set", "_limit_s", "_task")

    def __init__(self, alarms: Alarms, limit_s: float | None) -> None:
        self._alarms = alarms
        self._limit_s = limit_s
        self._is_set = False
        self._is_over = False

    def __enter__(self) -> Self:
        self._task = self._alarms.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self.set(self._limit_s)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_set:
            self.stop()
        # Somebody else may want the task to end too: then that is what has happened.
        is_ours = self._is_over and self._task is not None and self._task.uncancel() <= self._cancelling
        if is_ours and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def set(self, limit_s: float | None) -> None:
        """From now on the limit is `limit_s`; None is no limit."""
        if self._is_set:
            self.stop()
        self._is_set = limit_s is not None
        if limit_s is not None:
            self._alarms.set(max(limit_s, 0), self)

    def ring(self) -> None:
        """Ends the block."""
        self._is_set = False
        self._end()

    def _end(self) -> None:
        # Once, though two alarms may ring at the same instant.
        if not self._is_over and self._task is not None:
            self._task.cancel()
        self._is_over = True
