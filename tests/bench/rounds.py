"""Measuring in rounds: each target in turn, so that the noise of a machine meets them all alike."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.bench.figures import Bar, Figure, Samples
from tests.bench.load import Question, Target, ask_again_and_again, streaming
from tests.bench.processes import busy_s, settled
from tests.bench.servers import Mock

CONNECTIONS = 64
_WARM_S = 1.0
_MICRO = 1e6


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a run is: rounds, and the seconds of each measurement in them."""

    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A target, what it is asked, and whom it asks."""

    target: Target
    question: Question
    upstream: Mock


Measured = TypeVar("Measured")


async def interleaved(
    asked: Sequence[Asked], effort: Effort, measure: Callable[[Asked, float], Awaitable[Measured]]
) -> list[tuple[Measured, ...]]:
    """The values of each, one a round; the order turns from round to round."""
    for one in asked:
        await measure(one, _WARM_S)
    values: list[list[Measured]] = [[] for _ in asked]
    for number in range(effort.rounds):
        order = range(len(asked)) if number % 2 == 0 else reversed(range(len(asked)))
        for index in order:
            values[index].append(await measure(asked[index], effort.seconds))
    return [tuple(of_one) for of_one in values]


async def request_cost_us(asked: Asked, seconds: float) -> float:
    """Processor time of one plain completion, what follows it included.

    Counted is what has reached the upstream: of who is slow, wrk leaves much unanswered in the end.
    """
    pid = asked.target.pid
    await settled(pid)
    before_s, before = busy_s(pid), await asked.upstream.seen()
    await ask_again_and_again(asked.target, asked.question, connections=CONNECTIONS, seconds=seconds)
    await settled(pid)
    completions = (await asked.upstream.seen()).completions - before.completions
    return (busy_s(pid) - before_s) / completions * _MICRO


async def chunk_cost_us(asked: Asked, seconds: float) -> float:
    """Processor time of one chunk while many streams run, with its share of their ends and starts."""
    pid = asked.target.pid
    await settled(pid)
    async with streaming(asked.target, asked.question, count=CONNECTIONS, ramp_s=1) as streams:
        before_s, before = busy_s(pid), streams.chunks()
        await asyncio.sleep(seconds)
        used_s, chunks = busy_s(pid) - before_s, streams.chunks() - before
    await settled(pid)
    return used_s / chunks * _MICRO


def against(
    what: str, name: str, values: Sequence[tuple[float, ...]], bar: Bar | None, *, is_rival: bool = False
) -> Figure:
    """A line of costs: `values` are theirs and ours, and the ratio is taken round by round."""
    theirs, ours = values
    over, under = (theirs, ours) if is_rival else (ours, theirs)
    ratios = tuple(above / below for above, below in zip(over, under, strict=True))
    return Figure(what, Samples(ours, "µs"), Samples(theirs, "µs"), name, Samples(ratios, "×"), bar)
