"""The clients that talk to the simulated Anthropic."""

from collections.abc import AsyncIterator

import httpx
import pytest
from anthropic import AsyncAnthropic

from app.core.provider_name import ProviderName
from app.simulator import RunningSimulator


@pytest.fixture
async def claude(simulator: RunningSimulator) -> AsyncIterator[AsyncAnthropic]:
    base_url = simulator.base_url_of(ProviderName.ANTHROPIC)
    async with AsyncAnthropic(base_url=base_url, api_key="sk-ant-simulated-key", max_retries=0) as client:
        yield client


@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"x-api-key": "sk-ant-simulated", "anthropic-version": "2026-10-21"}
    base_url = simulator.base_url_of(ProviderName.ANTHROPIC)
    async with httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False, verify=False) as client:
        yield client
