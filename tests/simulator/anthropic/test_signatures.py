"""Reasoning that comes back to the simulated Anthropic."""

import httpx
import pytest

from tests.simulator.anthropic.bodies import (
    OPUS,
    SONNET,
    TEXT,
    USER,
    Row,
    by,
    refusal,
    tool,
)


async def changed_history(http: httpx.AsyncClient, model: str) -> list[Row]:
    """A history whose assistant turn has a signed thought, with its question."""
    asked = {"thinking": {"type": "adaptive", "display": "summarized"}, "max_tokens": 2000}
    answer = await http.post("/v1/messages", json=asked | {"model": model, "messages": [USER]})
    return [USER, {"role": "assistant", "content": answer.json()["content"]}, USER]


async def test_refuses_a_changed_thought(http: httpx.AsyncClient) -> None:
    messages = await changed_history(http, SONNET)
    messages[1]["content"][0]["thinking"] += "!"  # type: ignore[index]  # JSON

    said = await refusal(http, SONNET, {"messages": messages})

    assert "blocks in the latest assistant message cannot be modified" in said


@pytest.mark.parametrize(
    ("change", "is_taken"),
    [
        pytest.param({}, True, id="nothing"),
        pytest.param(
            {"messages": [by("user", TEXT | {"text": "Hello", "cache_control": {"type": "ephemeral"}})]},
            True,
            id="cache point",
        ),
        pytest.param({"messages": [by("user", TEXT)]}, False, id="question"),
        pytest.param({"system": "Be brief"}, False, id="system"),
        pytest.param({"tools": [tool()]}, False, id="tools"),
    ],
)
async def test_a_thought_is_bound_to_its_conversation(
    http: httpx.AsyncClient, change: Row, is_taken: bool
) -> None:
    messages = await changed_history(http, OPUS)
    first = change.get("messages", [USER])
    assert isinstance(first, list)

    body = {"model": OPUS, "max_tokens": 2000} | change | {"messages": [*first, *messages[1:]]}
    answer = await http.post("/v1/messages", json=body)

    assert (answer.status_code == 200) is is_taken
    assert ("bound to a different conversation" in answer.text) is not is_taken
