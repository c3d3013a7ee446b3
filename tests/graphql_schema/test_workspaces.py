from uuid import uuid4

import pytest

from tests.graphql_schema.client import Client

NAME = "query ($id: ID!) { workspace(id: $id) { name } }"


async def test_workspaces_are_made_renamed_and_listed(ada: Client, eve: Client) -> None:
    created = await ada.run('mutation { createWorkspace(name: "Second") { id name createdAt } }')
    renamed = await ada.run(
        'mutation ($id: ID!) { updateWorkspace(id: $id, name: "Better") { id name } }',
        {"id": created.text("createWorkspace.id")},
    )

    listed = await ada.run("{ workspaces { name } }")

    assert renamed.at("updateWorkspace.name") == "Better"
    assert listed.data == {"workspaces": [{"name": "Default Workspace"}, {"name": "Better"}]}


@pytest.mark.parametrize(
    "operation",
    [
        NAME,
        'mutation ($id: ID!) { updateWorkspace(id: $id, name: "Mine") { id } }',
        'mutation ($id: ID!) { addProviderKey(input: {workspaceId: $id, provider: OPENAI, apiKey: "sk-x"}) '
        "{ id } }",
        "mutation ($id: ID!) { addSimulatedProviderKey(workspaceId: $id) { id } }",
        "mutation ($id: ID!) { reorderProviderKeys(workspaceId: $id, ids: []) { id } }",
        'mutation ($id: ID!) { createApiKey(workspaceId: $id, name: "Mine") { secret } }',
        "mutation ($id: ID!) { createPlaygroundKey(workspaceId: $id) { secret } }",
    ],
)
async def test_a_foreign_workspace_is_not_found_like_one_that_never_was(
    ada: Client, eve: Client, operation: str
) -> None:
    foreign = await ada.run(operation, {"id": eve.workspace_id})
    missing = await ada.run(operation, {"id": str(uuid4())})
    malformed = await ada.run(operation, {"id": "no id"})

    assert foreign.codes == missing.codes == malformed.codes == [("NOT_FOUND", None)]
    assert foreign.messages == missing.messages == malformed.messages == ["There is no such workspace."]


async def test_a_refused_root_field_leaves_its_siblings_alone(ada: Client) -> None:
    answer = await ada.run('{ me { email } workspace(id: "x") { name } }')

    assert answer.response.json()["data"] == {"me": {"email": "ada@example.com"}, "workspace": None}
    assert answer.codes == [("NOT_FOUND", None)]


async def test_a_bad_name_names_its_field(ada: Client) -> None:
    answer = await ada.run('mutation { createWorkspace(name: " ") { id } }')

    assert answer.codes == [("VALIDATION", "name")]
    assert answer.messages == ["name must have 1 to 100 characters."]


async def test_a_route_is_previewed_without_any_secret(ada: Client) -> None:
    add = """
    mutation ($id: ID!) {
      first: addProviderKey(input: {workspaceId: $id, provider: OPENAI, apiKey: "sk-a-long-secret"}) { id }
      second: addProviderKey(input: {
        workspaceId: $id, provider: CUSTOM, apiKey: "", baseUrl: "http://localhost:9/v1",
        modelMap: [{requested: "house", target: "llama"}]
      }) { id }
    }
    """
    await ada.run(add, {"id": ada.workspace_id})

    answer = await ada.run(
        'query ($id: ID!) { workspace(id: $id) { routePreview(model: "house") '
        "{ providerKey { label } model reason } } }",
        {"id": ada.workspace_id},
    )

    assert answer.each("workspace.routePreview", "providerKey.label") == ["OpenAI", "Custom"]
    assert answer.each("workspace.routePreview", "model") == [None, "llama"]
    assert answer.text("workspace.routePreview.0.reason")
    assert answer.at("workspace.routePreview.1.reason") == "mapped"


@pytest.mark.parametrize("model", [pytest.param("", id="empty"), pytest.param("x" * 201, id="long")])
async def test_a_model_that_cannot_be_is_not_previewed(ada: Client, model: str) -> None:
    answer = await ada.run(
        "query ($id: ID!, $model: String!) { workspace(id: $id) { routePreview(model: $model) { reason } } }",
        {"id": ada.workspace_id, "model": model},
    )

    assert answer.codes == [("VALIDATION", "model")]
