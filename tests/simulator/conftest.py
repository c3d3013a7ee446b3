"""A running simulator, and the two clients that talk to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from openai import AsyncOpenAI

from app.simulator import RunningSimulator, running

# Two hundred requests at once take their turns.
_PATIENT = httpx.Timeout(5, pool=30)


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    async with running() as simulator:
        yield simulator


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": "Bearer sk-simulated-key"}
    async with httpx.AsyncClient(
        base_url=simulator.base_url, headers=headers, trust_env=False, verify=False, timeout=_PATIENT
    ) as client:
        yield client


@pytest.fixture
async def openai(simulator: RunningSimulator) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=simulator.base_url, api_key="sk-simulated-key", max_retries=0) as client:
        yield client
