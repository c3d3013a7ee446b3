"""Bodies for the simulated Google, and how it refuses them."""

from typing import Any

import httpx

from app.simulator.google.signatures import PLACEHOLDER

Row = dict[str, Any]

OLD = "gemini-2.5-flash"
PRO = "gemini-3.1-pro"
NEW = "gemini-3.8-flash"
TEXT: Row = {"text": "Hello"}
USER: Row = {"role": "user", "parts": [TEXT]}
MODEL: Row = {"role": "model", "parts": [TEXT]}
CALL: Row = {"functionCall": {"name": "get_time", "args": {}}}
SIGNED = CALL | {"thoughtSignature": PLACEHOLDER}
RESULT: Row = {"functionResponse": {"name": "get_time", "response": {"output": "12:00"}}}


def turns(*contents: Row) -> Row:
    return {"contents": list(contents)}


def by(role: str, *parts: Row) -> Row:
    return {"role": role, "parts": list(parts)}


def config(**fields: object) -> Row:
    return {"generationConfig": fields}


def tool(name: str = "get_time", **fields: object) -> Row:
    return {"tools": [{"functionDeclarations": [{"name": name} | fields]}]}


def calling(**fields: object) -> Row:
    return {"toolConfig": {"functionCallingConfig": fields}}


async def ask(http: httpx.AsyncClient, model: str, body: Row) -> httpx.Response:
    return await http.post(f"/models/{model}:generateContent", json=turns(USER) | body)


async def refusal(http: httpx.AsyncClient, model: str, body: Row) -> str:
    """The message of the 400 that answers the body."""
    answer = await ask(http, model, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert answer.json()["error"]["code"] == 400
    return str(answer.json()["error"]["message"])
