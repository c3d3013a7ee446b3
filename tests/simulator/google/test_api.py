"""The simulated Google's routes, keys and errors."""

import httpx
import pytest

from app.simulator import RunningSimulator
from tests.simulator.google.bodies import (
    CALL,
    MODEL,
    NEW,
    OLD,
    PRO,
    RESULT,
    SIGNED,
    TEXT,
    USER,
    Row,
    ask,
    by,
    config,
    tool,
    turns,
)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        pytest.param(PRO, config(temperature=2, topP=1, topK=40, presencePenalty=1), id="sampling"),
        pytest.param(NEW, config(temperature=0.5), id="sampling that is ignored"),
        pytest.param(PRO, config(responseMimeType="application/json") | tool(), id="JSON with tools"),
        pytest.param(PRO, turns(USER, MODEL), id="model last"),
        pytest.param(
            PRO, turns(USER, by("model", TEXT, SIGNED, CALL), by("user", RESULT, RESULT)), id="parallel"
        ),
        pytest.param(
            PRO,
            turns(USER, by("model", SIGNED), by("user", RESULT), USER, MODEL, USER),
            id="text after result",
        ),
        pytest.param(
            PRO,
            turns(USER, by("model", CALL), by("user", RESULT), MODEL, USER),
            id="unsigned in an earlier turn",
        ),
        pytest.param(OLD, turns(USER, by("model", CALL), by("user", RESULT)), id="unsigned model"),
        pytest.param(PRO, {"system_instruction": {"parts": [TEXT]}}, id="snake case"),
        pytest.param(PRO, {"safetySettings": None}, id="null"),
    ],
)
async def test_takes_what_the_model_takes(http: httpx.AsyncClient, model: str, body: Row) -> None:
    answer = await ask(http, model, body)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("POST", "/models/gemini-9:generateContent", 404, "NOT_FOUND", id="model"),
        pytest.param("POST", "/models/gemini-embedding-001:generateContent", 404, "NOT_FOUND", id="no chat"),
        pytest.param("GET", f"/models/{PRO}:generateContent", 404, "NOT_FOUND", id="method"),
        pytest.param("POST", f"/models/{PRO}:rerank", 404, "NOT_FOUND", id="unknown method"),
        pytest.param("GET", "/models/gemini-9", 404, "NOT_FOUND", id="model that is looked up"),
        pytest.param("GET", "/models?pageToken=x", 400, "INVALID_ARGUMENT", id="page"),
        pytest.param("POST", "/chat", 404, "NOT_FOUND", id="route"),
        pytest.param("POST", f"/models/{PRO}:generateContent", 400, "INVALID_ARGUMENT", id="no JSON"),
    ],
)
async def test_refuses_a_request(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path, content=b"{")

    assert (answer.status_code, answer.json()["error"]["status"]) == (status, code)


async def test_wants_a_key(http: httpx.AsyncClient) -> None:
    answer = await http.get("/models", headers={"x-goog-api-key": ""})

    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("place", ["header", "query"])
async def test_takes_a_key_and_keeps_a_hint(
    http: httpx.AsyncClient, simulator: RunningSimulator, place: str
) -> None:
    key = "AIza0123456789abcdef"
    headers = {"x-goog-api-key": key if place == "header" else ""}

    answer = await http.get(f"/models?pageSize=2{'&key=' + key if place == 'query' else ''}", headers=headers)

    (seen,) = simulator.simulator.requests
    assert answer.status_code == 200
    assert seen.path.startswith("/google/v1beta/models?pageSize=2")
    assert "0123456789" not in seen.path + str(seen.headers)


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        pytest.param("API_KEY_INVALID", "ErrorInfo", "API_KEY_INVALID", id="key"),
        pytest.param("insufficient_quota", "QuotaFailure", "PerDay", id="quota"),
        pytest.param("", "RetryInfo", "17s", id="rate"),
    ],
)
async def test_gives_the_details_of_an_error(
    http: httpx.AsyncClient, code: str, kind: str, reason: str
) -> None:
    answer = await ask(http, f"{PRO};status=429;code={code}", {})

    (detail,) = [part for part in answer.json()["error"]["details"] if part["@type"].endswith(kind)]
    assert reason in str(detail)
