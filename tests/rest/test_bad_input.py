"""A malformed request gets OpenAI's error shape and the right status, and a row where it has a workspace."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import httpx
import openai
import pytest

from app.core.clock import now
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, Gateway, open_gateway

GOOD = {"model": "gpt-4o", "messages": [HELLO]}
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "param"),
    [
        pytest.param(b"{", JSON, 400, "invalid_json", None, id="no json"),
        pytest.param(b"", JSON, 400, "invalid_json", None, id="empty"),
        pytest.param(b"[]", JSON, 400, "invalid_json", None, id="no object"),
        pytest.param(b'{"model": "\xff"}', JSON, 400, "invalid_json", None, id="invalid utf-8"),
        pytest.param(b"[" * 100_000, JSON, 400, "invalid_json", None, id="deep nesting"),
        pytest.param(
            b'{"messages": [{"role": "user", "content": "x"}]}',
            JSON,
            400,
            "missing_required_parameter",
            "model",
            id="no model",
        ),
        pytest.param(
            b'{"model": "gpt-4o"}', JSON, 400, "missing_required_parameter", "messages", id="no messages"
        ),
        pytest.param(
            b'{"model": "gpt-4o", "messages": [{"role": "user", "content": 7}]}',
            JSON,
            400,
            "invalid_value",
            "messages[0].content",
            id="wrong type inside a message",
        ),
        pytest.param(
            b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}], "temperature": 3}',
            JSON,
            400,
            "invalid_value",
            "temperature",
            id="out of range",
        ),
        pytest.param(
            b'{"model": "nobody-knows", "messages": [{"role": "user", "content": "x"}]}',
            JSON,
            404,
            "model_not_found",
            "model",
            id="unknown model",
        ),
        pytest.param(b"x" * 2001, JSON, 413, "request_too_large", None, id="too large"),
        pytest.param(
            b"{}",
            {"content-type": "text/plain"},
            415,
            "unsupported_content_type",
            None,
            id="not json by type",
        ),
        pytest.param(
            b"{}", JSON | {"content-encoding": "gzip"}, 415, "unsupported_content_type", None, id="compressed"
        ),
    ],
)
async def test_a_refusal_is_clear_and_logged(
    settings: Settings,
    simulator: RunningSimulator,
    body: bytes,
    headers: Mapping[str, str],
    status: int,
    code: str,
    param: str | None,
) -> None:
    small = settings.model_copy(update={"max_body_bytes": 2000 if status == 413 else settings.max_body_bytes})
    async with open_gateway(small) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator)

        answer = await _post(account, body, headers)

        row = await account.log()
    error = answer.json()["error"]
    assert answer.status_code == status
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
    assert (row["statusCode"], row["id"]) == (status, answer.headers["x-request-id"])
    assert row["errorMessage"] == error["message"]
    assert row["attempts"] == []
    assert len(simulator.simulator.requests) == 0


@pytest.mark.parametrize(
    ("body", "model"),
    [
        pytest.param(b'{"model": "gpt-4o", "messages": 7}', "gpt-4o", id="a wrong type beside it"),
        pytest.param(b'{"model": "gpt-4o"}', "gpt-4o", id="something missing"),
        pytest.param(b'{"model": 7, "messages": 7}', "", id="no name"),
        pytest.param(b'{"model": "a\\u0000b", "messages": 7}', "", id="no name that could be one"),
        pytest.param(b'{"model": "gpt-4o", ', "", id="no json"),
    ],
)
async def test_a_refused_request_is_logged_with_the_model_it_names(
    account: Account, body: bytes, model: str
) -> None:
    answer = await _post(account, body, JSON)

    assert answer.status_code == 400
    assert (await account.log())["requestedModel"] == model


async def test_a_body_without_length_is_cut_off_at_the_limit(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 100

    async with open_gateway(settings.model_copy(update={"max_body_bytes": 2000})) as gateway:
        account = await gateway.sign_up()

        answer = await account.http.post(
            f"{account.url}/v1/chat/completions",
            content=pieces(),
            headers={"authorization": f"Bearer {account.api_key}", **JSON},
        )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Basic YTpi", "Bearer pk_wrong", "pk_naked"],
    ids=["missing", "empty", "scheme only", "basic", "unknown key", "no scheme"],
)
async def test_no_valid_key_is_401(account: Account, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}

    answer = await account.http.post(f"{account.url}/v1/chat/completions", json=GOOD, headers=headers)

    error = answer.json()["error"]
    assert answer.status_code == 401
    assert error["code"] == "invalid_api_key"
    assert error.keys() == {"message", "type", "param", "code"}
    assert answer.headers["x-request-id"]


async def test_the_official_client_raises_its_own_errors(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator)
    client = account.openai()

    with pytest.raises(openai.AuthenticationError):
        await account.openai("pk_wrong").chat.completions.create(model="gpt-4o", messages=[HELLO])
    with pytest.raises(openai.BadRequestError) as bad:
        await client.chat.completions.create(model="gpt-4o", messages=[HELLO], temperature=9)
    with pytest.raises(openai.NotFoundError):
        await client.chat.completions.create(model="nobody-knows", messages=[HELLO])

    assert bad.value.param == "temperature"


async def test_a_revoked_key_fails_with_the_next_request(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator)
    created = await account.graphql(
        'mutation($id: ID!) { createApiKey(workspaceId: $id, name: "x") { secret apiKey { id } } }',
        id=account.workspace_id,
    )
    client = account.openai(created["createApiKey"]["secret"])
    await client.chat.completions.create(model="gpt-4o", messages=[HELLO])

    await account.graphql(
        "mutation($id: ID!) { revokeApiKey(id: $id) { active } }", id=created["createApiKey"]["apiKey"]["id"]
    )

    with pytest.raises(openai.AuthenticationError):
        await client.chat.completions.create(model="gpt-4o", messages=[HELLO])


async def test_an_expired_key_is_401(
    account: Account, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await account.add_provider(simulator)
    expires_at = now() + timedelta(hours=1)
    created = await account.graphql(
        "mutation($id: ID!, $at: DateTime) {"
        ' createApiKey(workspaceId: $id, name: "x", expiresAt: $at) { secret } }',
        id=account.workspace_id,
        at=expires_at.isoformat(),
    )
    client = account.openai(created["createApiKey"]["secret"])
    before = await client.chat.completions.create(model="gpt-4o", messages=[HELLO])

    monkeypatch.setattr("app.gateway.access.now", lambda: expires_at)
    with pytest.raises(openai.AuthenticationError):
        await client.chat.completions.create(model="gpt-4o", messages=[HELLO])

    assert before.choices


async def test_a_disabled_provider_key_is_out_with_the_next_request(
    account: Account, simulator: RunningSimulator
) -> None:
    key_id = await account.add_provider(simulator)
    await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    await account.graphql(
        "mutation($input: UpdateProviderKeyInput!) { updateProviderKey(input: $input) { enabled } }",
        input={"id": key_id, "enabled": False},
    )

    with pytest.raises(openai.NotFoundError):
        await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/models", 404, "unknown_url"),
        ("POST", "/v1/embeddings", 404, "unknown_url"),
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("POST", "/v1/chat/completions/x", 404, "unknown_url"),
    ],
)
async def test_nothing_else_exists(gateway: Gateway, method: str, path: str, status: int, code: str) -> None:
    answer = await gateway.http.request(method, f"{gateway.url}{path}")

    error = answer.json()["error"]
    assert answer.status_code == status
    assert error["code"] == code
    assert "/v1/chat/completions" in error["message"]


async def _post(account: Account, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
    return await account.http.post(
        f"{account.url}/v1/chat/completions",
        content=body,
        headers={"authorization": f"Bearer {account.api_key}", **headers},
    )
