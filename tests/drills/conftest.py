"""Drills: what is promised for bad days, tried out. Short in `make test`, long in `make drill`."""

import random
from collections.abc import AsyncIterator
from os import environ

import pytest

from app.simulator import RunningSimulator, Simulator, running
from tests.drills.figures import Figures, Length

# Enough for the longest drill: who has seen a request is the other half of the books.
_REMEMBERED = 1_000_000

_figures = pytest.StashKey[Figures]()


@pytest.fixture
def length() -> Length:
    """How long this run is: PERPETUO_DRILLS=long is what `make drill` says."""
    return Length(is_long=environ.get("PERPETUO_DRILLS") == "long")


@pytest.fixture
def dice() -> random.Random:
    """Chance that can be had again: PERPETUO_DRILL_SEED, which the report names."""
    return random.Random(_seed())


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a drill tells what it has measured; printed after the last test."""
    stash = request.config.stash
    return stash.setdefault(_figures, Figures())


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    """A provider that remembers every request of a drill."""
    async with running(Simulator(remembered=_REMEMBERED)) as simulator:
        yield simulator


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what the drills have measured."""
    figures = config.stash.get(_figures, None)
    if figures is not None:
        terminalreporter.section(f"drills (PERPETUO_DRILL_SEED={_seed()})")
        terminalreporter.write_line(figures.table())


def _seed() -> int:
    return int(environ.get("PERPETUO_DRILL_SEED", "1"))
