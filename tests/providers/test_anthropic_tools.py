import json
from typing import Any

import pytest

from app.errors import InvalidValue
from tests.providers.anthropic_exchange import (
    HAIKU,
    OPUS,
    USER,
    Row,
    body_of,
    completion,
    decoded,
    message,
    refused,
    sent,
    translate,
)

OPUS_5 = "claude-opus-5"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
CLOSED = {**SCHEMA, "additionalProperties": False}


def tool(name: str = "f", parameters: object = SCHEMA, **fields: Any) -> Row:
    return {"type": "function", "function": {"name": name, "parameters": parameters, **fields}}


def named(name: str) -> Row:
    return {"type": "function", "function": {"name": name}}


def allowed(mode: str, *names: str) -> Row:
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [named(it) for it in names]}}


@pytest.mark.parametrize(
    ("parameters", "schema"),
    [
        pytest.param(SCHEMA, SCHEMA, id="as it came"),
        pytest.param({}, {"type": "object", "properties": {}}, id="empty"),
        pytest.param(None, {"type": "object", "properties": {}}, id="absent"),
        pytest.param({"properties": {}}, {"type": "object", "properties": {}}, id="without a type"),
        pytest.param(
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"oneOf": [{}]}}},
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"oneOf": [{}]}}},
            id="references and choices inside",
        ),
    ],
)
def test_a_tool_keeps_its_schema(parameters: object, schema: object) -> None:
    body = body_of(tools=[tool(parameters=parameters, description="Looks")])

    assert body["tools"] == [{"name": "f", "description": "Looks", "input_schema": schema}]
    assert "tool_choice" not in body


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        pytest.param({"anyOf": [SCHEMA]}, "anyOf", id="a choice at the root"),
        pytest.param({"type": "object", "allOf": [SCHEMA]}, "allOf", id="a choice beside the type"),
        pytest.param({"type": "array"}, "object", id="no object"),
        pytest.param({"type": "object", "properties": {"a b": {}}}, "'a b'", id="a space in a key"),
        pytest.param(
            {"type": "object", "properties": {"x": {"type": "object", "properties": {"$a": {}}}}},
            "'$a'",
            id="a dollar sign in a key inside",
        ),
    ],
)
def test_schemas_that_no_tool_can_have_are_refused(parameters: Row, word: str) -> None:
    assert refused(tools=[tool(), tool("g", parameters)]) == [
        ("tools[1].function.parameters", "unsupported_value")
    ]


def test_a_name_that_openai_refuses_is_refused_alike() -> None:
    with pytest.raises(InvalidValue):
        translate(tools=[tool("a.b")])


@pytest.mark.parametrize("parameters", [SCHEMA, CLOSED], ids=["open", "closed"])
def test_a_strict_tool_is_closed(parameters: Row) -> None:
    assert body_of(tools=[tool(parameters=parameters, strict=True)])["tools"] == [
        {"name": "f", "input_schema": CLOSED, "strict": True}
    ]


@pytest.mark.parametrize(
    ("model", "fields", "place"),
    [
        pytest.param(
            OPUS,
            {"parameters": {"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}}},
            "tools[0].function.parameters",
            id="outside the grammar",
        ),
        pytest.param("claude-sonnet-4-0", {}, "tools[0].function.strict", id="old model"),
    ],
)
def test_strictness_that_cannot_be_had_is_refused(model: str, fields: Row, place: str) -> None:
    assert [param for param, _ in refused(model, tools=[tool(**fields, strict=True)])] == [place]


def test_at_most_twenty_tools_are_strict() -> None:
    tools = [tool(f"f{number}", strict=True) for number in range(21)]

    assert refused(tools=tools) == [("tools", "unsupported_value")]


@pytest.mark.parametrize(
    ("fields", "choice"),
    [
        pytest.param({"tool_choice": "auto"}, {"type": "auto"}, id="auto"),
        pytest.param({"tool_choice": "none"}, {"type": "none"}, id="none"),
        pytest.param({"tool_choice": "required"}, {"type": "any"}, id="required"),
        pytest.param({"tool_choice": named("g")}, {"type": "tool", "name": "g"}, id="one"),
        pytest.param(
            {"parallel_tool_calls": False},
            {"type": "auto", "disable_parallel_tool_use": True},
            id="one by one",
        ),
        pytest.param(
            {"parallel_tool_calls": False, "tool_choice": "required"},
            {"type": "any", "disable_parallel_tool_use": True},
            id="one, required",
        ),
        pytest.param(
            {"parallel_tool_calls": False, "tool_choice": "none"}, {"type": "none"}, id="no tool at all"
        ),
    ],
)
def test_a_choice_becomes_native(fields: Row, choice: Row) -> None:
    body = body_of(OPUS_5, tools=[tool(), tool("g")], **fields)

    assert body["tool_choice"] == choice
    assert len(body["tools"]) == 2


@pytest.mark.parametrize(("mode", "kind"), [("auto", "auto"), ("required", "any")])
def test_tools_that_are_not_allowed_are_not_offered(mode: str, kind: str) -> None:
    body = body_of(OPUS_5, tools=[tool(), tool("g"), tool("h")], tool_choice=allowed(mode, "g", "h"))

    assert [it["name"] for it in body["tools"]] == ["g", "h"]
    assert body["tool_choice"] == {"type": kind}


THOUGHT = {
    "type": "anthropic.thinking",
    "model": OPUS,
    "position": 0,
    "block": {"type": "thinking", "thinking": "", "signature": "s"},
}


def test_tools_are_not_taken_away_from_reasoning_that_is_bound_to_them() -> None:
    messages = [USER, {"role": "assistant", "content": "a", "reasoning_details": [THOUGHT]}, USER]

    assert refused(messages=messages, tools=[tool(), tool("g")], tool_choice=allowed("auto", "g")) == [
        ("tool_choice", "unsupported_parameter")
    ]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        pytest.param(OPUS, {"tool_choice": "required"}, id="always reasons"),
        pytest.param("claude-sonnet-5-5", {"tool_choice": named("f")}, id="always reasons, one"),
        pytest.param("claude-fable-5", {"tool_choice": allowed("required", "f")}, id="always reasons, some"),
        pytest.param(
            HAIKU, {"tool_choice": "required", "reasoning_effort": "low"}, id="reasons with a budget"
        ),
    ],
)
def test_a_call_is_never_merely_hoped_for(model: str, fields: Row) -> None:
    assert refused(model, tools=[tool()], **fields) == [("tool_choice", "unsupported_value")]


def test_reasoning_that_a_demanded_call_skips_is_reported() -> None:
    exchange = translate(OPUS_5, tools=[tool()], tool_choice="required", reasoning_effort="low")

    assert exchange.notes == ("reasoning_effort=skipped_before_forced_call",)


def history(**call: Any) -> list[Row]:
    made = {"id": "a", **call}
    return [
        USER,
        {"role": "assistant", "tool_calls": [made]},
        {"role": "tool", "tool_call_id": "a", "content": "done"},
    ]


def test_tools_called_before_are_declared_again_and_not_offered() -> None:
    messages = history(type="function", function={"name": "f", "arguments": "{}"})

    body = body_of(messages=messages)

    assert body["tools"] == [{"name": "f", "input_schema": {"type": "object", "properties": {}}}]
    assert body["tool_choice"] == {"type": "none"}


CUSTOM = {"type": "custom", "custom": {"name": "shell", "description": "Runs"}}


def test_a_custom_tool_stands_as_a_function_there_and_back() -> None:
    messages = history(type="custom", custom={"name": "shell", "input": 'echo "ü"'})
    exchange = translate(
        OPUS_5, tools=[CUSTOM], messages=messages, tool_choice={"type": "custom", "custom": {"name": "shell"}}
    )

    body = sent(exchange)
    block = {"type": "tool_use", "id": "t", "name": "shell", "input": {"input": "ls"}}
    (call,) = completion(decoded(message(block, stop_reason="tool_use"), exchange))["choices"][0]["message"][
        "tool_calls"
    ]

    assert body["tools"][0]["input_schema"]["properties"] == {"input": {"type": "string"}}
    assert body["tool_choice"] == {"type": "tool", "name": "shell"}
    assert body["messages"][1]["content"][0]["input"] == {"input": 'echo "ü"'}
    assert call == {"id": "t", "type": "custom", "custom": {"name": "shell", "input": "ls"}}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        pytest.param(
            {"type": "custom", "custom": {"name": "s", "format": {"type": "grammar", "grammar": {}}}},
            "tools[0].custom.format",
            id="grammar",
        ),
        pytest.param({"type": "file_search"}, "tools[0]", id="unknown type"),
    ],
)
def test_tools_that_anthropic_cannot_have_are_refused(given: Row, place: str) -> None:
    assert [param for param, _ in refused(tools=[given])] == [place]


def test_functions_of_old_are_tools_one_at_a_time_and_answered_as_functions() -> None:
    exchange = translate(OPUS_5, functions=[{"name": "f", "parameters": SCHEMA}], function_call={"name": "f"})
    block = {"type": "tool_use", "id": "t", "name": "f", "input": {"city": "Ulm"}}

    choice = completion(decoded(message(block, stop_reason="tool_use"), exchange))["choices"][0]

    assert sent(exchange)["tool_choice"] == {"type": "tool", "name": "f", "disable_parallel_tool_use": True}
    assert choice["message"]["function_call"] == {"name": "f", "arguments": '{"city":"Ulm"}'}
    assert choice["finish_reason"] == "function_call"
    assert refused(functions=[{"name": "f"}], function_call={"name": "f"})[0][0] == "function_call"


@pytest.mark.parametrize("is_inside", [False, True], ids=["on the tool", "on its function"])
def test_marks_for_the_cache_stay_on_their_tools(is_inside: bool) -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    marked = tool("g", **mark) if is_inside else tool("g") | mark

    body = body_of(tools=[tool(), marked])

    assert ["cache_control" in it for it in body["tools"]] == [False, True]
    assert body["tools"][1]["cache_control"] == {"type": "ephemeral"}
    assert refused(tools=[tool(), *[marked] * 5])[0][1] == "unsupported_value"


def test_a_schema_and_tools_go_together() -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": CLOSED, "strict": True}}

    body = body_of(tools=[tool()], response_format=wanted)

    assert body["output_config"] == {"format": {"type": "json_schema", "schema": CLOSED}}
    assert json.dumps(body["tools"]) == json.dumps([{"name": "f", "input_schema": SCHEMA}])
