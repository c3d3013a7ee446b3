import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.errors import SimulatorUnavailable
from app.settings import Settings
from app.simulator import EmbeddedSimulator
from tests.conftest import make_settings
from tests.front_door import open_gateway
from tests.management.making import free_port

ADD = "mutation ($id: ID!) { addSimulatedProviderKey(workspaceId: $id) { id } }"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a port of the test's own."""
    return make_settings(tmp_path).model_copy(update={"simulator_port": free_port()})


async def is_listening(simulator: EmbeddedSimulator) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(f"{simulator.base_url}/models")).status_code == 401
        except httpx.ConnectError:
            return False


async def test_it_listens_from_the_first_need_to_the_end(settings: Settings) -> None:
    simulator = EmbeddedSimulator(settings)

    async with simulator.running():
        before = await is_listening(simulator)
        await asyncio.gather(*(simulator.ensure() for _ in range(5)))
        between = await is_listening(simulator)
    after = await is_listening(simulator)

    assert (before, between, after) == (False, True, False)


async def test_it_cannot_be_started_before_the_server_runs(settings: Settings) -> None:
    simulator = EmbeddedSimulator(settings)

    with pytest.raises(SimulatorUnavailable, match="as long as the server runs"):
        await simulator.ensure()


async def test_two_processes_share_the_port(settings: Settings) -> None:
    first, second = EmbeddedSimulator(settings), EmbeddedSimulator(settings)

    async with first.running():
        await first.ensure()
        async with second.running():
            await second.ensure()
        is_left = await is_listening(first)

    assert is_left


async def test_a_completion_comes_from_it_and_again_after_a_restart(sqlite_settings: Settings) -> None:
    settings = sqlite_settings.model_copy(update={"simulator_port": free_port()})
    body = {"model": "simulated", "messages": [{"role": "user", "content": "Hello"}]}
    async with open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        await account.graphql(ADD, id=account.workspace_id)
        first = await account.complete(body)
        failed = await account.complete(body | {"model": "simulated-failure"})
        unknown = await account.complete(body | {"model": "gpt-4o"})

    async with open_gateway(settings) as gateway:
        again = await replace(account, url=gateway.url, http=gateway.http).complete(body)

    codes = [answer.status_code for answer in (first, failed, unknown, again)]
    assert codes == [200, 503, 404, 200]
    assert first.json()["choices"][0]["message"]["content"]
