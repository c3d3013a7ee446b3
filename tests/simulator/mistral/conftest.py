"""The two clients of simulated Mistral."""

from collections.abc import AsyncIterator

import httpx
import pytest
from mistralai.client import Mistral

from app.simulator import RunningSimulator


@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": "Bearer simulated-key"}
    url = f"{simulator.url}/mistral"
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False) as http:
        yield http


@pytest.fixture
async def mistral(simulator: RunningSimulator) -> AsyncIterator[Mistral]:
    async with Mistral(api_key="simulated-key", server_url=f"{simulator.url}/mistral") as mistral:
        yield mistral
