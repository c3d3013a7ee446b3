from datetime import timedelta

import pytest

from app.core.clock import now
from app.models import ApiKey, ProviderKey
from tests.graphql_schema.client import Answer, Client

ADD = """
mutation ($input: AddProviderKeyInput!) {
  addProviderKey(input: $input) {
    id provider label baseUrl keyHint priority enabled modelMap { requested target } defaultModel
    lastAttemptAt lastError { at statusCode message } createdAt updatedAt
  }
}
"""
UPDATE = """
mutation ($input: UpdateProviderKeyInput!) {
  updateProviderKey(input: $input) {
    id label baseUrl keyHint priority enabled modelMap { requested target } defaultModel
  }
}
"""
LIST = "query ($id: ID!) { workspace(id: $id) { providerKeys { id label priority } } }"
CREATE = """
mutation ($id: ID!, $expiresAt: DateTime) {
  createApiKey(workspaceId: $id, name: "ci", expiresAt: $expiresAt) {
    apiKey { id name prefix active expiresAt lastUsedAt revokedAt createdAt } secret
  }
}
"""


async def add(client: Client, **fields: object) -> Answer:
    form = {"workspaceId": client.workspace_id, "provider": "OPENAI", "apiKey": "sk-0123456789abcdef"}
    return await client.run(ADD, {"input": form | fields})


async def create(client: Client, expires_at: str | None = None) -> Answer:
    return await client.run(CREATE, {"id": client.workspace_id, "expiresAt": expires_at})


async def test_a_provider_key_comes_back_without_its_secret(ada: Client) -> None:
    answer = await add(ada, modelMap=[{"requested": "fast", "target": "gpt-mini"}], defaultModel="gpt")

    added = answer.at("addProviderKey")
    assert isinstance(added, dict)
    assert "0123456789" not in answer.response.text
    assert {name: added[name] for name in added if name not in {"id", "createdAt", "updatedAt"}} == {
        "provider": "OPENAI",
        "label": "OpenAI",
        "baseUrl": None,
        "keyHint": "sk-…cdef",
        "priority": 1,
        "enabled": True,
        "modelMap": [{"requested": "fast", "target": "gpt-mini"}],
        "defaultModel": "gpt",
        "lastAttemptAt": None,
        "lastError": None,
    }


async def test_what_an_update_leaves_out_stays_and_null_clears(ada: Client) -> None:
    added = await add(ada, baseUrl="https://eu.example.com/v1", defaultModel="gpt")
    id_ = added.text("addProviderKey.id")

    kept = await ada.run(UPDATE, {"input": {"id": id_, "enabled": False, "label": "EU"}})
    cleared = await ada.run(UPDATE, {"input": {"id": id_, "baseUrl": None, "defaultModel": None}})
    refused = await ada.run(UPDATE, {"input": {"id": id_, "apiKey": None}})

    assert kept.data["updateProviderKey"] == {
        "id": id_,
        "label": "EU",
        "baseUrl": "https://eu.example.com/v1",
        "keyHint": "sk-…cdef",
        "priority": 1,
        "enabled": False,
        "modelMap": [],
        "defaultModel": "gpt",
    }
    assert (cleared.at("updateProviderKey.baseUrl"), cleared.at("updateProviderKey.defaultModel")) == (
        None,
        None,
    )
    assert cleared.at("updateProviderKey.enabled") is False
    assert refused.codes == [("VALIDATION", "apiKey")]


async def test_a_model_map_is_replaced_as_a_whole(ada: Client) -> None:
    added = await add(ada, modelMap=[{"requested": "a", "target": "b"}])
    id_ = added.text("addProviderKey.id")

    replaced = await ada.run(UPDATE, {"input": {"id": id_, "modelMap": [{"requested": "c", "target": "d"}]}})
    emptied = await ada.run(UPDATE, {"input": {"id": id_, "modelMap": None}})

    assert replaced.at("updateProviderKey.modelMap") == [{"requested": "c", "target": "d"}]
    assert emptied.at("updateProviderKey.modelMap") == []


async def test_provider_keys_are_reordered_and_deleted(ada: Client) -> None:
    ids = [(await add(ada)).text("addProviderKey.id") for _ in range(3)]

    reordered = await ada.run(
        "mutation ($id: ID!, $ids: [ID!]!) { reorderProviderKeys(workspaceId: $id, ids: $ids) { id } }",
        {"id": ada.workspace_id, "ids": ids[::-1]},
    )
    deleted = await ada.run("mutation ($id: ID!) { deleteProviderKey(id: $id) }", {"id": ids[2]})
    listed = await ada.run(LIST, {"id": ada.workspace_id})

    assert reordered.at("reorderProviderKeys") == [{"id": id_} for id_ in ids[::-1]]
    assert deleted.at("deleteProviderKey") == ids[2]
    assert listed.at("workspace.providerKeys") == [
        {"id": ids[1], "label": "OpenAI 2", "priority": 1},
        {"id": ids[0], "label": "OpenAI", "priority": 2},
    ]


async def test_a_wrong_order_names_its_field(ada: Client) -> None:
    await add(ada)

    answer = await ada.run(
        "mutation ($id: ID!) { reorderProviderKeys(workspaceId: $id, ids: []) { id } }",
        {"id": ada.workspace_id},
    )

    assert answer.codes == [("VALIDATION", "ids")]


async def test_a_taken_label_is_a_conflict(ada: Client) -> None:
    await add(ada, label="Mine")

    answer = await add(ada, label="mine")

    assert answer.codes == [("CONFLICT", "label")]


async def test_the_last_error_of_a_provider_shows(ada: Client) -> None:
    await add(ada)
    at = now()
    await ProviderKey.all().update(
        last_error_at=at, last_error_status=429, last_error_message="quota used up"
    )

    answer = await ada.run(
        "query ($id: ID!) { workspace(id: $id) { providerKeys { lastError { at statusCode message } } } }",
        {"id": ada.workspace_id},
    )

    assert answer.at("workspace.providerKeys.0.lastError") == {
        "at": at.isoformat(),
        "statusCode": 429,
        "message": "quota used up",
    }


async def test_a_provider_key_is_tested(ada: Client) -> None:
    added = await add(ada, provider="CUSTOM", baseUrl="http://127.0.0.1:9/v1")

    answer = await ada.run(
        "mutation ($id: ID!) { testProviderKey(id: $id) { ok durationMs errorMessage } }",
        {"id": added.text("addProviderKey.id")},
    )

    assert answer.at("testProviderKey.ok") is False
    assert "no connection to the provider" in answer.text("testProviderKey.errorMessage")


async def test_an_api_key_is_shown_once(ada: Client) -> None:
    created = await create(ada)
    listed = await ada.run(
        "query ($id: ID!) { workspace(id: $id) { apiKeys { name prefix active } } }", {"id": ada.workspace_id}
    )

    secret = created.text("createApiKey.secret")
    assert secret.startswith(created.text("createApiKey.apiKey.prefix"))
    assert secret not in listed.response.text
    assert listed.each("workspace.apiKeys", "name") == ["ci", "Default key"]


async def test_an_api_key_expires(ada: Client) -> None:
    expires_at = (now() + timedelta(hours=1)).replace(microsecond=0)

    created = await create(ada, expires_at.isoformat())
    await ApiKey.all().update(expires_at=now() - timedelta(seconds=1))
    listed = await ada.run("{ workspaces { apiKeys { active } } }")

    assert created.at("createApiKey.apiKey.expiresAt") == expires_at.isoformat()
    assert created.at("createApiKey.apiKey.active") is True
    assert listed.at("workspaces.0.apiKeys") == [{"active": False}, {"active": False}]


@pytest.mark.parametrize(
    ("expires_at", "code"),
    [
        pytest.param("2020-01-01T00:00:00Z", ("VALIDATION", "expiresAt"), id="past"),
        pytest.param("2099-01-01T00:00:00", ("VALIDATION", None), id="no offset"),
        pytest.param("tomorrow", ("VALIDATION", None), id="no time"),
        pytest.param("9999-12-31T23:59:59-14:00", ("VALIDATION", None), id="beyond time"),
    ],
)
async def test_a_bad_expiry_is_refused(ada: Client, expires_at: str, code: tuple[str, str | None]) -> None:
    assert (await create(ada, expires_at)).codes == [code]


async def test_an_api_key_is_revoked_for_good_and_deleted(ada: Client) -> None:
    id_ = {"id": (await create(ada)).text("createApiKey.apiKey.id")}

    revoked = await ada.run("mutation ($id: ID!) { revokeApiKey(id: $id) { active revokedAt } }", id_)
    again = await ada.run("mutation ($id: ID!) { revokeApiKey(id: $id) { active revokedAt } }", id_)
    deleted = await ada.run("mutation ($id: ID!) { deleteApiKey(id: $id) }", id_)
    gone = await ada.run("mutation ($id: ID!) { deleteApiKey(id: $id) }", id_)

    assert revoked.at("revokeApiKey.active") is False
    assert again.at("revokeApiKey.revokedAt") == revoked.at("revokeApiKey.revokedAt")
    assert deleted.at("deleteApiKey") == id_["id"]
    assert gone.codes == [("NOT_FOUND", None)]


async def test_a_playground_key_is_gone_within_the_hour(ada: Client) -> None:
    answer = await ada.run(
        "mutation ($id: ID!) { createPlaygroundKey(workspaceId: $id) { apiKey { name expiresAt } secret } }",
        {"id": ada.workspace_id},
    )

    assert answer.at("createPlaygroundKey.apiKey.name") == "playground"
    assert answer.text("createPlaygroundKey.apiKey.expiresAt") <= (now() + timedelta(hours=1)).isoformat()


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", id="revoke"),
        pytest.param("mutation ($id: ID!) { deleteApiKey(id: $id) }", id="delete"),
    ],
)
async def test_a_foreign_api_key_is_not_found(ada: Client, eve: Client, operation: str) -> None:
    id_ = (await create(eve)).text("createApiKey.apiKey.id")

    assert (await ada.run(operation, {"id": id_})).codes == [("NOT_FOUND", None)]


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("mutation ($id: ID!) { updateProviderKey(input: {id: $id}) { id } }", id="update"),
        pytest.param("mutation ($id: ID!) { deleteProviderKey(id: $id) }", id="delete"),
        pytest.param("mutation ($id: ID!) { testProviderKey(id: $id) { ok } }", id="test"),
    ],
)
async def test_a_foreign_provider_key_is_not_found(ada: Client, eve: Client, operation: str) -> None:
    id_ = (await add(eve)).text("addProviderKey.id")

    assert (await ada.run(operation, {"id": id_})).codes == [("NOT_FOUND", None)]
