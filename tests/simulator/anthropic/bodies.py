"""Bodies for the simulated Anthropic, and how it refuses them."""

import httpx

Row = dict[str, object]

OPUS = "claude-opus-5-5"
SONNET = "claude-sonnet-4-6"
HAIKU = "claude-haiku-4-5"
USER: Row = {"role": "user", "content": "Hello"}
CALL: Row = {"type": "tool_use", "id": "toolu_1", "name": "get_time", "input": {}}
RESULT: Row = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "12:00"}
TEXT: Row = {"type": "text", "text": "Well"}
CACHED: Row = TEXT | {"cache_control": {"type": "ephemeral"}}
THOUGHT: Row = {"type": "thinking", "thinking": "Hm", "signature": "bm90IG91cnM="}


def by(role: str, *blocks: Row) -> Row:
    return {"role": role, "content": list(blocks)}


def tool(name: str = "get_time", **schema: object) -> Row:
    return {"name": name, "input_schema": {"type": "object", "properties": {}} | schema}


def form(**schema: object) -> Row:
    return {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"} | schema}}}


def picture(kind: str, data: str) -> Row:
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}


FORCED: Row = {"tools": [tool()], "tool_choice": {"type": "any"}}
MANUAL: Row = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
AFTER_CALL: Row = {"tools": [tool()], "messages": [USER, by("assistant", TEXT, CALL), by("user", RESULT)]}
SYSTEM_TURN: Row = {"messages": [USER, {"role": "system", "content": "Be brief"}]}


async def refusal(http: httpx.AsyncClient, model: str, body: Row, version: str = "2026-10-21") -> str:
    """The message of the 400 that answers the body."""
    answer = await http.post(
        "/v1/messages",
        json={"model": model, "max_tokens": 2000, "messages": [USER]} | body,
        headers={"anthropic-version": version},
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["type"] == "invalid_request_error"
    return str(answer.json()["error"]["message"])
