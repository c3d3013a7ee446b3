"""The two clients of simulated Cohere."""

from collections.abc import AsyncIterator

import cohere as sdk
import httpx
import pytest

from app.simulator import RunningSimulator


@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": "Bearer simulated-key"}
    url = f"{simulator.url}/cohere"
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False) as http:
        yield http


@pytest.fixture
def cohere(simulator: RunningSimulator, http: httpx.AsyncClient) -> sdk.AsyncClientV2:
    url = f"{simulator.url}/cohere"
    return sdk.AsyncClientV2("simulated-key", base_url=url, httpx_client=http, max_retries=0)
