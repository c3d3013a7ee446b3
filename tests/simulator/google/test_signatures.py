"""Thoughts that come back to the simulated Google."""

import base64
from typing import Any

import httpx
import pytest

from tests.simulator.google.bodies import (
    CALL,
    PRO,
    RESULT,
    USER,
    ask,
    by,
    refusal,
    tool,
    turns,
)


@pytest.mark.parametrize(
    ("change", "is_taken"),
    [
        pytest.param(lambda signature: signature, True, id="unchanged"),
        pytest.param(
            lambda signature: signature.replace("+", "-").replace("/", "_"), True, id="URL alphabet"
        ),
        pytest.param(
            lambda signature: base64.b64encode(base64.b64decode(signature)[:-1] + b"!").decode(),
            False,
            id="changed",
        ),
    ],
)
async def test_verifies_its_signature(http: httpx.AsyncClient, change: Any, is_taken: bool) -> None:
    called = await ask(http, PRO, tool())
    content = called.json()["candidates"][0]["content"]
    content["parts"][0]["thoughtSignature"] = change(content["parts"][0]["thoughtSignature"])

    answer = await ask(http, PRO, tool() | turns(USER, content, by("user", RESULT)))

    assert (answer.status_code == 200) is is_taken


async def test_a_signature_belongs_to_its_call(http: httpx.AsyncClient) -> None:
    called = await ask(http, PRO, tool("get_weather"))
    signature = called.json()["candidates"][0]["content"]["parts"][0]["thoughtSignature"]

    said = await refusal(
        http,
        PRO,
        turns(USER, by("model", CALL | {"thoughtSignature": signature}), by("user", RESULT)),
    )

    assert said == "Corrupted thought signature."
