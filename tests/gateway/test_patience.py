"""How long a stream may take until its client sees something of it."""

import asyncio
import time
from contextlib import suppress

import pytest
import uvloop

from app.gateway.alarms import Alarms
from app.gateway.patience import IdleLimit, Patience


@pytest.mark.parametrize(
    ("short_s", "long_s", "has_alternative", "total_s"),
    [
        pytest.param(0.05, None, True, None, id="somebody else is left"),
        pytest.param(0.05, 0.1, False, None, id="nobody else is left"),
        pytest.param(None, 0.05, True, None, id="the long one alone"),
        pytest.param(0.05, 0.05, True, None, id="both at the same instant"),
        pytest.param(5, 5, True, 0.05, id="the whole completion's"),
    ],
)
async def test_silence_ends_with_the_limit_that_holds(
    short_s: float | None,
    long_s: float | None,
    has_alternative: bool,
    total_s: float | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    patience = Patience(Alarms(), short_s, long_s, lambda: has_alternative, total_s=total_s)

    with pytest.raises(TimeoutError), patience:
        await asyncio.sleep(5)

    assert caplog.records == []


async def test_limits_that_a_busy_loop_finds_over_together_end_the_block_once() -> None:
    patience = Patience(Alarms(), 0.01, 0.02, lambda: True)
    asyncio.get_running_loop().call_soon(time.sleep, 0.05)

    with pytest.raises(TimeoutError), patience:
        await asyncio.sleep(5)


async def test_the_whole_completions_limit_holds_after_the_first_token_too() -> None:
    clock = asyncio.get_running_loop().time
    started = clock()

    async def hear_tokens_for_ever() -> None:
        with Patience(Alarms(), 1, 1, lambda: True, total_s=0.2) as patience:
            while True:
                patience.first_token_came(0.1)
                await asyncio.sleep(0.02)

    with pytest.raises(TimeoutError):
        await hear_tokens_for_ever()

    assert 0.2 <= clock() - started < 1


class Counting(IdleLimit):
    """An idle limit that counts how often it rings."""

    __slots__ = ("rings",)

    def __init__(self, alarms: Alarms) -> None:
        super().__init__(alarms)
        self.rings = 0

    def ring(self) -> None:
        """As it does."""
        self.rings += 1
        super().ring()


def test_an_idle_limit_that_rings_a_little_early_does_not_ring_until_it_is_time() -> None:
    async def ring_many() -> int:
        rings = 0
        for number in range(60):
            limit = Counting(Alarms())
            with suppress(TimeoutError), limit:
                # Delays that have no exact binary fraction: the event loop's milliseconds miss them.
                limit.wait(0.0101 + number / 9_999)
                await asyncio.sleep(5)
            rings += limit.rings
        return rings

    assert 60 <= uvloop.run(ring_many()) <= 2 * 60
