"""What the Responses route refuses, and which models refuse tools on the chat route."""

import httpx
import openai as sdk
import pytest
from openai import AsyncOpenAI

from app.providers.facts.openai import facts_of
from app.simulator.openai.models import MODELS

Row = dict[str, object]

USER: Row = {"role": "user", "content": "Hello"}
CALL: Row = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT: Row = {"type": "function_call_output", "call_id": "call_1", "output": "1"}
CUSTOM_CALL: Row = {"type": "custom_tool_call", "call_id": "call_2", "name": "c", "input": "x"}
REASONING: Row = {"type": "reasoning", "id": "rs_1", "summary": []}
FUNCTION: Row = {"type": "function", "name": "f", "strict": False}
LOOSE: Row = {"type": "object", "properties": {"x": {"type": "string"}}}


def given(*items: Row) -> Row:
    return {"input": list(items)}


def schema(**fields: object) -> Row:
    return {"text": {"format": {"type": "json_schema", "name": "n", "strict": True, **fields}}}


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        pytest.param({"foo": 1}, "unknown_parameter", "foo", id="unknown parameter"),
        pytest.param({"stop": "x"}, "unknown_parameter", "stop", id="parameter of the chat route"),
        pytest.param({"input": [USER | {"name": "x"}]}, "unknown_parameter", "input[0].name", id="name"),
        pytest.param({"input": None}, "invalid_type", "input", id="no input"),
        pytest.param(given({"role": "user"}), "missing_required_parameter", "input[0].content", id="missing"),
        pytest.param(given(USER, {"type": "x"}), "invalid_value", "input[1].type", id="kind of item"),
        pytest.param({"tools": [{"type": "x"}]}, "invalid_value", "tools[0].type", id="kind of tool"),
        pytest.param(
            {"tools": [{"type": "function", "function": {"name": "f"}}]},
            "unknown_parameter",
            "tools[0].function",
            id="tool as in chat",
        ),
        pytest.param({"temperature": "hot"}, "invalid_type", "temperature", id="wrong type"),
        pytest.param({"temperature": 3}, "decimal_above_max_value", "temperature", id="too hot"),
        pytest.param({"max_output_tokens": 5}, "integer_below_min_value", "max_output_tokens", id="limit"),
        pytest.param({"include": ["x"]}, "invalid_value", "include[0]", id="include"),
        pytest.param({"text": {"verbosity": "x"}}, "invalid_value", "text.verbosity", id="verbosity"),
        pytest.param(
            {"previous_response_id": "resp_1"},
            "previous_response_not_found",
            "previous_response_id",
            id="earlier response",
        ),
        pytest.param(
            {"model": "gpt-4o", "reasoning": {"effort": "low"}},
            "unsupported_parameter",
            "reasoning.effort",
            id="effort without reasoning",
        ),
        pytest.param(
            {"reasoning": {"effort": "max"}}, "unsupported_value", "reasoning.effort", id="unknown level"
        ),
        pytest.param({"temperature": 0.5}, "unsupported_parameter", "temperature", id="tuned reasoning"),
        pytest.param(
            {"model": "gpt-4o", "include": ["reasoning.encrypted_content"]},
            None,
            "include",
            id="nothing to encrypt",
        ),
        pytest.param(
            {"tools": [{"type": "function", "name": "f", "parameters": LOOSE}]},
            "invalid_function_parameters",
            "tools[0].parameters",
            id="strict by default",
        ),
        pytest.param(
            {"tools": [FUNCTION | {"name": "a b"}]}, "invalid_value", "tools[0].name", id="name of a tool"
        ),
        pytest.param(
            {"tools": [FUNCTION], "tool_choice": {"type": "function", "name": "g"}},
            None,
            "tool_choice",
            id="choice of another tool",
        ),
        pytest.param(
            schema(schema=LOOSE | {"additionalProperties": False}),
            "invalid_json_schema",
            "text.format.schema",
            id="optional key in a strict schema",
        ),
        pytest.param(schema(), "missing_required_parameter", "text.format.schema", id="no schema"),
        pytest.param({"text": {"format": {"type": "json_object"}}}, None, "input", id="json unsaid"),
        pytest.param(given(USER, OUTPUT), None, "input", id="output without its call"),
        pytest.param(given(USER, CALL), None, "input", id="call without its output"),
        pytest.param(given(USER, CUSTOM_CALL), None, "input", id="custom call without its output"),
        pytest.param(given(OUTPUT, CALL), None, "input", id="output before its call"),
        pytest.param(
            given(USER, CALL | {"id": "x"}, OUTPUT), "invalid_value", "input[1].id", id="id of no call"
        ),
        pytest.param(
            given(USER, CALL | {"call_id": "c" * 65}, OUTPUT),
            "string_above_max_length",
            "input[1].call_id",
            id="long id",
        ),
        pytest.param(
            given({"role": "user", "content": [{"type": "output_text", "text": "x"}]}),
            "invalid_value",
            "input[0].content[0]",
            id="the model's words in another's mouth",
        ),
        pytest.param(
            given(USER, REASONING | {"encrypted_content": "gAAAAABx"}, USER),
            "invalid_encrypted_content",
            None,
            id="foreign reasoning",
        ),
    ],
)
async def test_refuses(client: httpx.AsyncClient, body: Row, code: str | None, param: str | None) -> None:
    answer = await client.post("/responses", json={"model": "gpt-5.5", "input": "Hello"} | body)

    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param(given(REASONING, USER), "input", id="reasoning without its content"),
        pytest.param(given(USER, {"type": "item_reference", "id": "msg_1"}), "input", id="reference"),
        pytest.param({"conversation": "conv_1"}, "conversation", id="conversation"),
    ],
)
async def test_finds_nothing_that_it_has_not_stored(client: httpx.AsyncClient, body: Row, param: str) -> None:
    answer = await client.post("/responses", json={"model": "gpt-5.5", "input": "Hello"} | body)

    assert (answer.status_code, answer.json()["error"]["param"]) == (404, param)


async def test_a_response_is_not_stored(openai: AsyncOpenAI) -> None:
    with pytest.raises(sdk.NotFoundError):
        await openai.responses.retrieve("resp_1")


@pytest.mark.parametrize("change", ["content", "id", "summary", "model", "following"])
async def test_reasoning_comes_back_as_it_was(client: httpx.AsyncClient, change: str) -> None:
    asked = {"include": ["reasoning.encrypted_content"], "reasoning": {"summary": "auto"}}
    first = await client.post("/responses", json={"model": "gpt-5.5", "input": "Hello"} | asked)
    reasoning = first.json()["output"][0]
    changed: Row = {
        "content": {"encrypted_content": reasoning["encrypted_content"][:-8] + "AAAAAAA="},
        "id": {"id": "rs_other"},
        "summary": {"summary": []},
    }.get(change, {})
    model = "gpt-5.4" if change == "model" else "gpt-5.5"
    answer: Row = {"role": "assistant", "content": "Hello"}
    after = USER if change == "following" else answer

    taken = await client.post("/responses", json={"model": "gpt-5.5"} | given(USER, reasoning, answer))
    refused = await client.post("/responses", json={"model": model} | given(USER, reasoning | changed, after))

    assert (taken.status_code, refused.status_code) == (200, 400)
    code = None if change == "following" else "invalid_encrypted_content"
    assert refused.json()["error"]["code"] == code


@pytest.mark.parametrize("name", MODELS)
async def test_the_chat_route_refuses_what_the_gateway_knows_it_does(
    client: httpx.AsyncClient, name: str
) -> None:
    facts = facts_of(name)
    tool = {"type": "function", "function": {"name": "f"}}
    body = {"model": name, "messages": [USER], "tools": [tool]}

    answer = await client.post("/chat/completions", json=body)

    is_served = facts is None or (
        facts.has_chat and (facts.has_tools_while_reasoning or not facts.reasons(None))
    )
    assert (answer.status_code == 200) is is_served, answer.text
    if facts is not None:
        assert frozenset(MODELS[name].efforts) == facts.efforts


async def test_tools_are_taken_where_a_model_is_told_not_to_reason(client: httpx.AsyncClient) -> None:
    tool = {"type": "function", "function": {"name": "f"}}
    body = {"model": "gpt-5.5", "messages": [USER], "tools": [tool]}

    unasked = await client.post("/chat/completions", json=body)
    told = await client.post("/chat/completions", json=body | {"reasoning_effort": "none"})

    assert (unasked.status_code, unasked.json()["error"]["param"]) == (400, "reasoning_effort")
    assert told.json()["choices"][0]["finish_reason"] == "tool_calls"


async def test_refuses_the_parameter_that_it_is_told_to(client: httpx.AsyncClient) -> None:
    body = {"model": "gpt-5.5;refuses=reasoning.effort", "input": "Hello"}

    without = await client.post("/responses", json=body)
    refused = await client.post("/responses", json=body | {"reasoning": {"effort": "low"}})

    assert (without.status_code, refused.status_code) == (200, 400)
    assert refused.json()["error"]["param"] == "reasoning.effort"
