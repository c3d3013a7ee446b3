"""How many rows one operation may show: what a full workspace has, and not thirty times as many."""

from uuid import UUID

import pytest

from app.core.clock import now, today
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.models import ApiKey, ProviderKey
from tests.graphql_schema.client import Answer, Client
from tests.graphql_schema.rows import use


def api_key(workspace_id: str, number: int) -> ApiKey:
    return ApiKey(
        id=new_id(),
        workspace_id=UUID(workspace_id),
        name=f"key {number}",
        key_hash=f"{number:064}",
        prefix="pk_x",
        created_at=now(),
    )


def provider_key(workspace_id: str, number: int) -> ProviderKey:
    return ProviderKey(
        id=new_id(),
        workspace_id=UUID(workspace_id),
        provider=ProviderName.CUSTOM,
        base_url="http://localhost:9/v1",
        label=f"key {number}",
        secret_sealed=b"sealed",
        key_hint="sk-…0001",
        priority=number + 1,
        model_map=[{"requested": f"model-{entry}", "target": f"model-{entry}"} for entry in range(200)],
        created_at=now(),
        updated_at=now(),
    )


@pytest.fixture
async def full(ada: Client) -> Client:
    """A client whose workspace has as many keys as there may be, and something that was used."""
    await ApiKey.bulk_create([api_key(ada.workspace_id, number) for number in range(999)])
    await ProviderKey.bulk_create([provider_key(ada.workspace_id, number) for number in range(50)])
    await use(ada.workspace_id, today())
    return ada


async def ask(client: Client, fields: str) -> Answer:
    return await client.run(
        f"query ($id: ID!) {{ workspace(id: $id) {{ {fields} }} }}", {"id": client.workspace_id}
    )


def again(times: int, field: str) -> str:
    return " ".join(f"a{number}: {field}" for number in range(times))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("apiKeys { id name usage { requests } } usageByApiKey { requests }", id="API keys"),
        pytest.param("providerKeys { label modelMap { requested target } }", id="provider keys"),
        pytest.param('routePreview(model: "model-1") { model reason }', id="route"),
        pytest.param(
            "apiKeys { id } providerKeys { label } usageSeries(days: 365) { day requests }", id="overview"
        ),
    ],
)
async def test_a_workspace_that_is_full_is_shown_in_one_operation(full: Client, fields: str) -> None:
    answer = await ask(full, fields)

    assert answer.data


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param(again(21, "apiKeys { id }"), "apiKeys", id="API keys"),
        pytest.param("apiKeys { " + again(4, "usage { requests }") + " }", "usage", id="use of API keys"),
        pytest.param(again(3, "providerKeys { modelMap { target } }"), "modelMap", id="model maps"),
        pytest.param(again(2, 'routePreview(model: "x") { reason }'), "routePreview", id="routes"),
    ],
)
async def test_one_operation_does_not_show_it_again_and_again(full: Client, fields: str, field: str) -> None:
    answer = await ask(full, fields)

    assert answer.codes == [("VALIDATION", field)]
    assert answer.messages == [f"One operation may show 20000 rows in all: {field} is too many."]


@pytest.mark.parametrize(
    "field", ["providerKeys", "usageSeries", "usageByProvider", "usageByModel", "usageByApiKey"]
)
async def test_every_list_counts(full: Client, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # To have as many of these at the real limit would take minutes.
    monkeypatch.setattr("graphql_schema.context._MOST_ROWS", 2)
    await ProviderKey.filter(priority__gt=1).delete()

    answer = await ask(full, again(3, f"{field} {{ __typename }}"))

    assert answer.codes == [("VALIDATION", field)]


async def test_the_workspaces_of_an_account_share_the_limit(
    full: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twenty full workspaces would take minutes to make.
    monkeypatch.setattr("graphql_schema.context._MOST_ROWS", 1001)
    for number in range(2):
        made = await full.run('mutation { createWorkspace(name: "More") { id } }')
        await ApiKey.bulk_create([api_key(made.text("createWorkspace.id"), 1000 + number)])

    answer = await full.run("{ workspaces { apiKeys { id } } }")

    assert answer.codes == [("VALIDATION", "apiKeys")]
