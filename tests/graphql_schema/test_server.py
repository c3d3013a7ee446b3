from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import pytest
from httpx import ASGITransport, AsyncClient

from app.settings import Settings, Signup
from tests.graphql_schema.client import Client
from tests.graphql_schema.conftest import management_app
from tests.management.making import free_port, open_tools

SERVER = "{ server { baseUrl version signupOpen simulatedProvider } }"
PROVIDERS = "{ providers { name label defaultBaseUrl needsBaseUrl suggestedFallbackModel } }"
ADD = """
mutation ($id: ID!) { addSimulatedProviderKey(workspaceId: $id) {
  id provider label baseUrl enabled modelMap { requested } defaultModel
} }
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a port of the test's own for the simulated provider."""
    return settings.model_copy(update={"simulator_port": free_port()})


@asynccontextmanager
async def visiting(settings: Settings, url: str = "http://localhost:3000") -> AsyncIterator[Client]:
    """A client of a server with these settings, which reaches it at `url` and is not signed in."""
    async with open_tools(settings) as tools:
        transport = ASGITransport(management_app(tools))
        async with AsyncClient(transport=transport, base_url=url) as http:
            yield Client(http)


@pytest.mark.usefixtures("database")
async def test_the_server_tells_everybody_what_it_is(settings: Settings) -> None:
    async with visiting(settings) as client:
        answer = await client.run(SERVER)

    assert answer.at("server") == {
        "baseUrl": "http://localhost:3000",
        "version": version("perpetuo"),
        "signupOpen": True,
        "simulatedProvider": True,
    }


@pytest.mark.parametrize(
    ("public_url", "url", "expected"),
    [
        pytest.param("", "http://192.0.2.7:8080", "http://192.0.2.7:8080", id="as the request came"),
        pytest.param("", "https://ai.example.com", "https://ai.example.com", id="by https"),
        pytest.param(
            "https://ai.example.com/", "http://10.0.0.1:3000", "https://ai.example.com", id="public"
        ),
    ],
)
@pytest.mark.usefixtures("database")
async def test_the_address_is_the_one_that_users_see(
    settings: Settings, public_url: str, url: str, expected: str
) -> None:
    async with visiting(settings.model_copy(update={"public_url": public_url}), url) as client:
        answer = await client.run(SERVER)

    assert answer.at("server.baseUrl") == expected


@pytest.mark.parametrize(
    ("signup", "has_accounts", "is_open"),
    [
        pytest.param(Signup.OPEN, True, True, id="open"),
        pytest.param(Signup.FIRST, False, True, id="first of all"),
        pytest.param(Signup.FIRST, True, False, id="no longer the first"),
        pytest.param(Signup.CLOSED, False, False, id="closed"),
    ],
)
@pytest.mark.usefixtures("database")
async def test_sign_up_is_offered_where_it_would_succeed(
    settings: Settings, signup: Signup, has_accounts: bool, is_open: bool
) -> None:
    if has_accounts:
        async with visiting(settings) as client:
            await client.sign_up()

    async with visiting(settings.model_copy(update={"signup": signup})) as client:
        answer = await client.run(SERVER)

    assert answer.at("server.signupOpen") is is_open


async def test_the_providers_are_told_before_there_is_any_key(anyone: Client) -> None:
    answer = await anyone.run(PROVIDERS)

    assert answer.each("providers", "name") == [
        "OPENAI",
        "ANTHROPIC",
        "GOOGLE",
        "COHERE",
        "MISTRAL",
        "CUSTOM",
    ]
    assert answer.at("providers.0") == {
        "name": "OPENAI",
        "label": "OpenAI",
        "defaultBaseUrl": "https://api.openai.com/v1",
        "needsBaseUrl": False,
        "suggestedFallbackModel": "gpt-6-sol",
    }
    assert answer.at("providers.5") == {
        "name": "CUSTOM",
        "label": "Custom",
        "defaultBaseUrl": None,
        "needsBaseUrl": True,
        "suggestedFallbackModel": None,
    }


async def test_a_simulated_provider_is_one_call_away(ada: Client, settings: Settings) -> None:
    added = await ada.run(ADD, {"id": ada.workspace_id})
    again = await ada.run(ADD, {"id": ada.workspace_id})
    tested = await ada.run(
        "mutation ($id: ID!) { testProviderKey(id: $id) { ok } }",
        {"id": added.text("addSimulatedProviderKey.id")},
    )

    assert added.at("addSimulatedProviderKey") == {
        "id": added.text("addSimulatedProviderKey.id"),
        "provider": "CUSTOM",
        "label": "Simulated",
        "baseUrl": f"http://127.0.0.1:{settings.simulator_port}/v1",
        "enabled": True,
        "modelMap": [{"requested": "simulated"}, {"requested": "simulated-failure"}],
        "defaultModel": None,
    }
    assert again.data == added.data
    assert tested.at("testProviderKey.ok") is True


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
@pytest.mark.usefixtures("database")
async def test_it_is_not_offered_where_others_reach_the_server(settings: Settings, host: str) -> None:
    async with visiting(settings.model_copy(update={"host": host})) as client:
        client.token = (await client.sign_up()).text("signup.token")
        offered = await client.run(SERVER)
        refused = await client.run(ADD, {"id": client.workspace_id})

    assert offered.at("server.simulatedProvider") is False
    assert refused.codes == [("FORBIDDEN", None)]
    assert "HOST=127.0.0.1" in refused.messages[0]


async def test_a_simulated_provider_needs_a_session(anyone: Client) -> None:
    assert (await anyone.run(ADD, {"id": "x"})).codes == [("UNAUTHENTICATED", None)]
