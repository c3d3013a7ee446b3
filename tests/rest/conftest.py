"""A running gateway with a simulated provider behind it."""

from collections.abc import AsyncIterator

import pytest

from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests.front_door import Account, Gateway, open_gateway


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    async with running() as simulator:
        yield simulator


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Gateway]:
    async with open_gateway(settings) as gateway:
        yield gateway


@pytest.fixture
async def account(gateway: Gateway) -> Account:
    return await gateway.sign_up()
