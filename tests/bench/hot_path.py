"""The section of the hot path: one table, a row for each bar."""

import sys
from collections.abc import Awaitable, Callable, Mapping

from tests.bench import bounds, costs
from tests.bench.figures import Figure, line, table
from tests.bench.plan import Run
from tests.bench.stage import Stage, staged

Row = Callable[[Stage], Awaitable[list[Figure]]]

ROWS: Mapping[str, Row] = {
    "plain": costs.plain,
    "rivals": costs.rivals,
    "stream": costs.stream,
    "anthropic": costs.anthropic,
    "latency": bounds.latency,
    "slow-streams": bounds.slow_streams,
    "memory": bounds.memory,
    "start": bounds.start,
    "workers": costs.workers,
    "at-once": bounds.at_once,
    "tls": costs.tls,
}
# What fits into the minute that CI gives it.
QUICK = frozenset({"plain", "stream"})


async def measure(run: Run) -> str:
    """The table; each of its lines is printed as soon as it is known."""
    figures: list[Figure] = []
    async with staged(run) as stage:
        for name, row in ROWS.items():
            if run.wants(name):
                for figure in await row(stage):
                    figures.append(figure)
                    sys.stdout.write(line(figure) + "\n")
                    sys.stdout.flush()
    return table(figures)
