"""Alarms by the thousand, and the time limits made of them."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress

import pytest
import uvloop

from app.gateway.alarms import Alarm, Alarms
from app.gateway.patience import IdleLimit


class Bell(Alarm):
    """An alarm that calls."""

    def __init__(self, on_ring: Callable[[], None]) -> None:
        self._on_ring = on_ring

    def ring(self) -> None:
        self._on_ring()


class Rung:
    """Who has rung so far, and when, in seconds."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.after_s: list[float] = []
        self._clock = asyncio.get_running_loop().time
        self._started = self._clock()
        self._heard = asyncio.Event()

    def bell(self, name: str) -> Alarm:
        """The alarm of this name."""

        def ring() -> None:
            self.names.append(name)
            self.after_s.append(self._clock() - self._started)
            self._heard.set()

        return Bell(ring)

    async def wait_for(self, count: int) -> None:
        """Returns when so many have rung."""
        async with asyncio.timeout(5):
            while len(self.names) < count:
                self._heard.clear()
                await self._heard.wait()


async def test_alarms_ring_when_their_time_comes_and_in_its_order() -> None:
    alarms, rung = Alarms(), Rung()
    for name, delay_s in [("slow", 0.06), ("quick", 0.02), ("quick too", 0.02)]:
        alarms.set(delay_s, rung.bell(name))

    await rung.wait_for(3)

    assert rung.names == ["quick", "quick too", "slow"]
    assert all(at >= due - 0.002 for at, due in zip(rung.after_s, [0.02, 0.02, 0.06], strict=True))


async def test_alarm_of_a_delay_that_another_waits_for_already_rings_at_its_own_time() -> None:
    alarms, rung = Alarms(), Rung()
    alarms.set(0.05, rung.bell("earlier"))
    await asyncio.sleep(0.03)
    alarms.set(0.05, rung.bell("later"))

    await rung.wait_for(2)

    assert rung.names == ["earlier", "later"]
    assert rung.after_s[1] >= 0.078


async def test_stopped_alarm_does_not_ring() -> None:
    alarms, rung = Alarms(), Rung()
    stopped, first = rung.bell("stopped"), rung.bell("first")
    alarms.set(0.01, stopped)
    stopped.stop()
    alarms.set(0.02, first)
    alarms.set(0.02, rung.bell("second"))
    first.stop()
    first.stop()

    await rung.wait_for(1)

    assert rung.names == ["second"]


async def test_alarm_can_stop_another_of_the_same_instant_and_set_a_new_one() -> None:
    alarms, rung = Alarms(), Rung()
    second = rung.bell("stopped")

    def stop_and_set() -> None:
        second.stop()
        alarms.set(0.01, rung.bell("new"))

    alarms.set(0.01, Bell(stop_and_set))
    alarms.set(0.01, second)

    await rung.wait_for(1)

    assert rung.names == ["new"]


async def test_alarms_leave_nothing_for_the_garbage_collector() -> None:
    alarms = Alarms()
    gc.collect()
    gc.disable()
    try:
        with suppress(TimeoutError), alarms.limit(0.001):
            await asyncio.sleep(5)
        with alarms.limit(7):
            pass
        left = [it for it in gc.get_objects() if isinstance(it, Alarm)]
    finally:
        gc.enable()

    assert left == []
    assert not alarms._queues


@pytest.mark.parametrize("limit_s", [0, 0.01, -1])
async def test_block_that_takes_too_long_ends_in_a_timeout(limit_s: float) -> None:
    task = asyncio.current_task()
    assert task

    with pytest.raises(TimeoutError), Alarms().limit(limit_s):
        await asyncio.sleep(5)

    assert task.cancelling() == 0


async def test_block_that_is_done_in_time_goes_on() -> None:
    with Alarms().limit(0.01):
        await asyncio.sleep(0)
    await asyncio.sleep(0.03)


async def test_no_limit_is_none() -> None:
    with Alarms().limit(None):
        await asyncio.sleep(0.01)


async def test_what_the_block_raises_itself_is_what_happened() -> None:
    with pytest.raises(ValueError, match="own"), Alarms().limit(0.01):
        raise ValueError("own")


async def test_task_that_somebody_else_cancels_is_cancelled() -> None:
    async def work() -> None:
        with Alarms().limit(5):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_task_that_is_cancelled_at_the_same_instant_is_cancelled() -> None:
    alarms = Alarms()

    async def work() -> None:
        with alarms.limit(0.01):
            await asyncio.sleep(5)

    def cancel() -> None:
        task.cancel()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    # Of the same delay and set later: it rings right behind the limit.
    alarms.set(0.01, Bell(cancel))

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("outer_s", "inner_s"), [(0.01, 5), (5, 0.01)])
async def test_of_two_limits_the_one_that_is_over_ends_its_block(outer_s: float, inner_s: float) -> None:
    alarms = Alarms()
    inner = alarms.limit(inner_s)

    async def work() -> bool:
        with alarms.limit(outer_s):
            with suppress(TimeoutError), inner:
                await asyncio.sleep(5)
            return True
        return False

    if inner_s < outer_s:
        assert await work()
    else:
        with pytest.raises(TimeoutError):
            await work()


class Counted:
    """uvloop, and how many timers were set there."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.timers = 0

    def time(self) -> float:
        """Seconds."""
        return self._loop.time()

    def call_at(self, at: float, ring: Callable[[], None]) -> asyncio.TimerHandle:
        """Calls then."""
        self.timers += 1
        return self._loop.call_at(at, ring)

    def call_later(self, delay_s: float, ring: Callable[[], None]) -> asyncio.TimerHandle:
        """Calls in so many seconds."""
        return self.call_at(self._loop.time() + delay_s, ring)


def test_no_alarm_asks_the_clock_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ring_many() -> int:
        counted = Counted(asyncio.get_running_loop())
        for number in range(60):
            # Patched: uvloop's own loop cannot be counted.
            with monkeypatch.context() as patch:
                patch.setattr(asyncio, "get_running_loop", lambda: counted)
                alarms = Alarms()
            # A delay that has no exact binary fraction.
            delay_s = 0.0101 + number / 9_999
            rung = asyncio.Event()
            alarms.set(delay_s, Bell(rung.set))
            with suppress(TimeoutError), IdleLimit(alarms) as silence:
                silence.wait(delay_s)
                await rung.wait()
        return counted.timers

    # One of each, and one for each that came a little too early.
    assert uvloop.run(ring_many()) <= 4 * 60
