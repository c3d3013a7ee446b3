"""A simulated provider for commands under test."""

from collections.abc import AsyncIterator

import pytest

from app.simulator import RunningSimulator, running


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    async with running() as simulator:
        yield simulator
