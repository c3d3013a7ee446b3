import asyncio
import logging
import socket

import pytest

from app.core.changes import WorkspaceChanged
from app.core.provider_name import ProviderName
from app.errors import Forbidden, NotFound, SimulatorUnavailable
from app.management import provider_key_check, provider_keys, simulated
from app.management.provider_keys import NewProviderKey
from app.management.tools import Tools
from app.models import ProviderKey
from app.settings import Settings
from tests.management.making import Account, free_port, listening, open_tools, sign_up


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a port of the test's own for the simulated provider."""
    return settings.model_copy(update={"simulator_port": free_port()})


async def test_the_simulated_provider_answers_once_it_is_stored(tools: Tools, ada: Account) -> None:
    row = await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert (row.provider, row.label, row.priority) == (ProviderName.CUSTOM, "Simulated", 1)
    assert row.base_url == f"http://127.0.0.1:{tools.settings.simulator_port}/v1"
    assert outcome.is_ok


async def test_it_answers_for_no_model_but_its_own(tools: Tools, ada: Account) -> None:
    row = await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    assert [entry["requested"] for entry in row.model_map] == ["simulated", "simulated-failure"]
    assert row.default_model is None


async def test_asking_twice_gives_back_the_same_key(tools: Tools, ada: Account) -> None:
    first = await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    with listening(tools) as heard:
        second = await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    assert second.id == first.id
    assert await ProviderKey.all().count() == 1
    assert heard.changes == []


async def test_many_who_ask_at_once_get_the_same_key(tools: Tools, ada: Account) -> None:
    # So that none of them waits for the simulator, and all look before the first has stored its key.
    await tools.simulated.ensure()

    rows = await asyncio.gather(
        *(simulated.add_provider_key(tools, ada.viewer, ada.workspace_id) for _ in range(4))
    )

    assert len({row.id for row in rows}) == 1
    assert await ProviderKey.all().count() == 1


async def test_a_new_key_is_announced_and_comes_last_under_a_free_label(tools: Tools, ada: Account) -> None:
    new = NewProviderKey(
        workspace_id=ada.workspace_id, provider=ProviderName.OPENAI, api_key="sk-1", label="simulated"
    )
    await provider_keys.add(tools, ada.viewer, new)

    with listening(tools) as heard:
        row = await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    assert (row.label, row.priority) == ("Simulated 2", 2)
    assert heard.changes == [WorkspaceChanged(ada.workspace_id)]


async def test_a_foreign_workspace_does_not_exist(tools: Tools, ada: Account, eve: Account) -> None:
    with pytest.raises(NotFound):
        await simulated.add_provider_key(tools, eve.viewer, ada.workspace_id)

    assert await ProviderKey.all().count() == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"host": "0.0.0.0"}, id="others reach the server"),
        pytest.param({"allow_private_upstreams": False}, id="no private upstreams"),
    ],
)
@pytest.mark.usefixtures("database")
async def test_it_is_refused_where_it_is_not_offered(settings: Settings, change: dict[str, object]) -> None:
    async with open_tools(settings.model_copy(update=change)) as tools:
        ada = await sign_up(tools)

        with pytest.raises(Forbidden, match="only where nobody but this machine reaches the server"):
            await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    assert await ProviderKey.all().count() == 0


async def test_a_taken_port_is_said_and_nothing_is_stored(tools: Tools, ada: Account) -> None:
    port = tools.settings.simulator_port
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(SimulatorUnavailable, match=f"port {port}.*SIMULATOR_PORT"),
    ):
        await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    assert await ProviderKey.all().count() == 0


@pytest.mark.usefixtures("database")
async def test_it_is_there_again_after_a_restart(settings: Settings) -> None:
    async with open_tools(settings) as tools:
        ada = await sign_up(tools)
        row = await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    async with open_tools(settings) as tools:
        before = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)
        await simulated.resume(tools)
        after = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert (before.is_ok, after.is_ok) == (False, True)


async def test_a_start_without_a_key_for_it_leaves_its_port_alone(tools: Tools, ada: Account) -> None:
    await simulated.resume(tools)

    socket.create_server(("127.0.0.1", tools.settings.simulator_port)).close()


@pytest.mark.usefixtures("database")
async def test_a_taken_port_does_not_keep_the_gateway_from_starting(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tools(settings) as tools:
        ada = await sign_up(tools)
        await simulated.add_provider_key(tools, ada.viewer, ada.workspace_id)

    with socket.create_server(("127.0.0.1", settings.simulator_port)), caplog.at_level(logging.WARNING):
        async with open_tools(settings) as tools:
            await simulated.resume(tools)

    assert f"cannot listen on port {settings.simulator_port}" in caplog.text
