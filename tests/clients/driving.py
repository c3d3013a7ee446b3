"""Real client libraries, each in a process of its own, at a gateway with every provider behind it."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.provider_name import ProviderName
from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests.front_door import Account, Gateway, Row, open_gateway, until

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent
# Instructor and LlamaIndex want an older openai than the rest of the tests: see requirements.in.
PYTHON = ROOT / ".venv-clients/bin/python"
NODE = ROOT / ".venv/bin/node"
NEEDED = (PYTHON, NODE, ROOT / ".venv-clients/.ready", PROGRAMS / "node/node_modules/.ready")

# Of each provider a model of every day, and one that is particular: it reasons unasked, or takes less.
MODELS: Mapping[str, ProviderName] = {
    "gpt-4o-mini": ProviderName.OPENAI,
    "gpt-5.5": ProviderName.OPENAI,
    "claude-sonnet-4-6": ProviderName.ANTHROPIC,
    "claude-sonnet-5-5": ProviderName.ANTHROPIC,
    "gemini-2.5-flash": ProviderName.GOOGLE,
    "gemini-3.8-flash": ProviderName.GOOGLE,
    "command-a-03-2025": ProviderName.COHERE,
    "command-a-plus-05-2026": ProviderName.COHERE,
    "mistral-medium-2508": ProviderName.MISTRAL,
    "magistral-medium-2509": ProviderName.MISTRAL,
}

# How each provider behaves behind the provider key `provider-behaviour`; a program asks for it by that label.
BEHAVIOURS: Mapping[str, str] = {
    "cut": "tokens=60;cut=40",
    "slow": "tokens=500;pace=0.05",
    "silent": "hang",
    "limited": "status=429;retry_after=30",
    "pensive": "think",
    "parallel": "parallel=2",
}

_CREATE_KEY = """
mutation($id: ID!) { createApiKey(workspaceId: $id, name: "client") { secret apiKey { id } } }
"""
_LEFT = """
query($id: ID!, $key: ID!) { workspace(id: $id) {
  logs(first: 200, filter: {apiKeyId: $key, aborted: true}) { nodes { requestedModel attempts { label } } }
} }
"""


@dataclass(frozen=True)
class House:
    """A gateway, the providers behind it, and two accounts: all well behaved in one, odd in the other."""

    simulator: RunningSimulator
    gateway: Gateway
    plain: Account
    odd: Account
    home: Path


@dataclass(frozen=True)
class Report:
    """What a client's program saw, by model and scenario, and what gateway and providers saw meanwhile.

    A scenario has `gave`, what it returned, or `raised`, the exception: class, message, status and code.
    """

    rows: Mapping[tuple[str, str], Row]
    # How many requests of each model were logged as left by the client.
    left: Counter[str]
    # How many answers of the providers ended in which way.
    endings: Counter[str]

    def gave(self, model: str, scenario: str) -> Row:
        """What the scenario returned; it must not have raised."""
        row = self.rows[model, scenario]
        assert "raised" not in row, row["raised"]
        gave: Row = row["gave"]
        return gave

    def raised(self, model: str, scenario: str) -> Row:
        """What the scenario raised; it must not have returned."""
        row = self.rows[model, scenario]
        assert "gave" not in row, row["gave"]
        raised: Row = row["raised"]
        return raised


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """A house with these settings, in this event loop."""
    async with running() as simulator, open_gateway(settings) as gateway:
        plain, odd = await gateway.sign_up(), await gateway.sign_up("odd@example.com")
        for provider in sorted(set(MODELS.values())):
            values = {"provider": provider, "baseUrl": simulator.base_url_of(provider)}
            await plain.add_provider(simulator, **values)
            for behaviour, directives in BEHAVIOURS.items():
                label = f"{provider.lower()}-{behaviour}"
                key = f"sk-simulated-key-0001;{directives}"
                await odd.add_provider(simulator, **values, label=label, apiKey=key)
        yield House(simulator, gateway, plain, odd, settings.data_dir)


async def report_of(house: House, *command: Path, departures: int) -> Report:
    """Runs a program and gathers what was seen; `departures` is how often it leaves, for each model."""
    missing = [path for path in NEEDED if not path.exists()]
    if missing:
        pytest.fail(f"{missing[0]} is missing: `make setup-clients` makes what these tests drive.")
    before = len(house.simulator.simulator.requests)
    (plain, _), (odd, odd_id) = await _api_key(house.plain), await _api_key(house.odd)
    targets = [
        {"provider": provider, "model": model, "key": plain, "odd_key": odd}
        for model, provider in MODELS.items()
    ]
    rows = await _rows(command, _environment(house, targets))
    left = await _left(house.odd, odd_id, departures * len(MODELS))
    async with asyncio.timeout(10):
        asked = list(house.simulator.simulator.requests)[before:]
        endings: Counter[str] = Counter([await request.ended() for request in asked])
    return Report(rows, left, endings)


async def _api_key(account: Account) -> tuple[str, str]:
    created = (await account.graphql(_CREATE_KEY, id=account.workspace_id))["createApiKey"]
    return created["secret"], created["apiKey"]["id"]


def _environment(house: House, targets: list[dict[str, str]]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(house.home),
        "GATEWAY_URL": f"{house.gateway.url}/v1",
        "TARGETS": json.dumps(targets),
        # Whoever wants to go anywhere else gets nowhere.
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }


async def _rows(command: tuple[Path, ...], environment: dict[str, str]) -> dict[tuple[str, str], Row]:
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    try:
        printed, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, complaints.decode()
    rows = [json.loads(line) for line in printed.splitlines()]
    return {(row["model"], row["scenario"]): row for row in rows}


async def _left(account: Account, api_key_id: str, count: int) -> Counter[str]:
    """How many requests of each model the client left, as soon as `count` of them are logged."""
    left: Counter[str] = Counter()

    async def are_there() -> bool:
        nonlocal left
        data = await account.graphql(_LEFT, id=account.workspace_id, key=api_key_id)
        nodes = data["workspace"]["logs"]["nodes"]
        left = Counter(row["requestedModel"].partition("/")[2] for row in nodes if len(row["attempts"]) == 1)
        return left.total() >= count

    # One that is never closed is for the test to say.
    with suppress(TimeoutError):
        await until(are_there)
    return left
