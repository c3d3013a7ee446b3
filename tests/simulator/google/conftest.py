"""The clients that talk to the simulated Google."""

from collections.abc import AsyncIterator

import httpx
import pytest
from google.genai import Client
from google.genai.client import AsyncClient
from google.genai.types import HttpOptions

from app.core.provider_name import ProviderName
from app.simulator import RunningSimulator


@pytest.fixture
async def gemini(simulator: RunningSimulator) -> AsyncIterator[AsyncClient]:
    base_url = simulator.base_url_of(ProviderName.GOOGLE)
    options = HttpOptions(base_url=base_url, async_client_args={"trust_env": False})
    client = Client(api_key="AIza-simulated-key", http_options=options)
    yield client.aio
    await client.aio.aclose()
    client.close()


@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"x-goog-api-key": "AIza-simulated-key"}
    base_url = f"{simulator.base_url_of(ProviderName.GOOGLE)}/v1beta"
    async with httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False, verify=False) as client:
        yield client
