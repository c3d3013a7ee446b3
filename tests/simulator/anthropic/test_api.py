"""The simulated Anthropic's routes and keys."""

import httpx
import pytest

from app.simulator import RunningSimulator
from tests.simulator.anthropic.bodies import (
    USER,
)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "kind"),
    [
        pytest.param("POST", "/v1/messages", {"x-api-key": ""}, 401, "authentication_error", id="no key"),
        pytest.param(
            "POST", "/v1/messages", {"anthropic-version": "1"}, 400, "invalid_request_error", id="ver"
        ),
        pytest.param("GET", "/v1/messages", {}, 405, "invalid_request_error", id="method"),
        pytest.param("POST", "/v1/models", {}, 405, "invalid_request_error", id="method of models"),
        pytest.param("GET", "/v1/models/claude-9", {}, 404, "not_found_error", id="model"),
        pytest.param("GET", "/v1/models?limit=0", {}, 400, "invalid_request_error", id="limit"),
        pytest.param("GET", "/v1/models?after_id=x", {}, 400, "invalid_request_error", id="cursor"),
        pytest.param("POST", "/v1/complete", {}, 404, "not_found_error", id="route"),
    ],
)
async def test_refuses_a_request(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], status: int, kind: str
) -> None:
    answer = await http.request(method, path, headers=headers, content=b"{}")

    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


async def test_an_unknown_model_is_not_found(http: httpx.AsyncClient) -> None:
    body = {"model": "claude-9", "max_tokens": 9, "messages": [USER]}

    answer = await http.post("/v1/messages", json=body)

    assert answer.status_code == 404
    assert answer.json() == {
        "type": "error",
        "error": {"type": "not_found_error", "message": "model: claude-9"},
    }


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        pytest.param({"x-api-key": "sk-ant-0123456789abcdef"}, "x-api-key", id="header of its own"),
        pytest.param(
            {"x-api-key": "", "authorization": "Bearer sk-ant-0123456789abcdef"}, "authorization", id="bearer"
        ),
    ],
)
async def test_takes_a_key_and_keeps_a_hint(
    http: httpx.AsyncClient, simulator: RunningSimulator, key: dict[str, str], shown: str
) -> None:
    answer = await http.get("/v1/models", headers=key)

    (seen,) = simulator.simulator.requests
    assert answer.status_code == 200
    assert seen.path == "/anthropic/v1/models"
    assert "0123456789" not in seen.headers[shown]
