import json

import pytest

from app.chat.request import ChatRequest
from app.providers.base import Target
from tests.providers.cohere_exchange import COHERE, OLD, answer
from tests.providers.exchanging import CALL, HI, RESULT, SCHEMA, Party, Row, function

NO_PARAMETERS = {"type": "object", "properties": {}}
A, B = function("a", parameters=NO_PARAMETERS), function("b", parameters=NO_PARAMETERS)
ONLY_B = {"type": "function", "function": {"name": "b"}}


def allowed(mode: str) -> Row:
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [ONLY_B]}}


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        pytest.param({"tools": [function("a")]}, {"tools": [A]}, id="no parameters"),
        pytest.param({"tools": [function("a", parameters={})]}, {"tools": [A]}, id="empty parameters"),
        pytest.param(
            {"tools": [function("a", parameters={"properties": {}})]},
            {"tools": [A]},
            id="no type at the root",
        ),
        pytest.param(
            {"tools": [function("a", description="d", parameters=SCHEMA, strict=True)]},
            {"tools": [function("a", description="d", parameters=SCHEMA)], "strict_tools": True},
            id="strict",
        ),
        pytest.param({"tools": [A], "tool_choice": "auto"}, {"tools": [A]}, id="auto"),
        pytest.param({"tools": [A], "tool_choice": "none"}, {"tools": [A], "tool_choice": "NONE"}, id="none"),
        pytest.param(
            {"tools": [A], "tool_choice": "required"},
            {"tools": [A], "tool_choice": "REQUIRED"},
            id="required",
        ),
        pytest.param(
            {"tools": [A, B], "tool_choice": ONLY_B}, {"tools": [B], "tool_choice": "REQUIRED"}, id="named"
        ),
        pytest.param({"tools": [A, B], "tool_choice": allowed("auto")}, {"tools": [B]}, id="allowed"),
        pytest.param(
            {"tools": [A, B], "tool_choice": allowed("required")},
            {"tools": [B], "tool_choice": "REQUIRED"},
            id="one of the allowed",
        ),
        pytest.param({"functions": [{"name": "a"}]}, {"tools": [A]}, id="functions"),
    ],
)
def test_sends_tools(fields: Row, added: Row) -> None:
    assert COHERE.added(**fields) == added


def refused(party: Party, **fields: object) -> list[str]:
    return list(party.objections(**fields))


def test_refuses_what_its_tools_cannot_do() -> None:
    strict = function("s", parameters=SCHEMA, strict=True)
    grammar = {"type": "custom", "custom": {"name": "c", "format": {"type": "grammar"}}}

    assert refused(COHERE, tools=[A, strict]) == ["tools[1].function.strict"]
    assert refused(COHERE, tools=[grammar]) == ["tools[0].custom.format"]
    assert refused(COHERE, tools=[{"type": "web_search"}]) == ["tools[0]"]
    assert refused(OLD, tools=[A], tool_choice="required") == ["tool_choice"]
    assert refused(Party(COHERE.dialect, "c4ai-aya-expanse-32b", COHERE.check), tools=[A]) == ["tools"]


REFERRING = {
    "type": "object",
    "$defs": {"leaf": {"type": "string", "enum": ["$ref"]}, "pair": {"items": [{"$ref": "#/$defs/leaf"}]}},
    "properties": {
        "a": {"$ref": "#/$defs/pair"},
        "$ref": {"$ref": "#/$defs/leaf", "description": "d"},
        "definitions": {"type": "integer"},
    },
}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="without tools"),
        pytest.param({"tools": [A], "tool_choice": "none"}, id="none is called"),
    ],
)
def test_one_call_at_a_time_is_no_demand_where_none_is_possible(fields: Row) -> None:
    assert COHERE.notes(parallel_tool_calls=False, **fields) == ("parallel_tool_calls=ignored",)


def doubling(levels: int) -> Row:
    """A small schema that is large where its references are written out."""
    pairs = {
        f"d{level}": {"items": [{"$ref": f"#/$defs/d{level + 1}"}, {"$ref": f"#/$defs/d{level + 1}"}]}
        for level in range(levels)
    }
    leaf = {f"d{levels}": {"type": "string"}}
    return {"type": "object", "$defs": pairs | leaf, "properties": {"a": {"$ref": "#/$defs/d0"}}}


def nested(levels: int, inner: Row | None = None) -> Row:
    """A schema inside so many others, with a reference at the bottom of it all."""
    schema = inner or {"$ref": "#/$defs/leaf"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema | {"$defs": {"leaf": {"type": "string"}}}


def test_references_are_written_out() -> None:
    leaf = {"type": "string", "enum": ["$ref"]}

    tools = COHERE.added(tools=[function(parameters=REFERRING)])["tools"]

    assert tools[0]["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "a": {"items": [leaf]},
            "$ref": {**leaf, "description": "d"},
            "definitions": {"type": "integer"},
        },
    }


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"type": "object", "anyOf": [SCHEMA]}, id="alternatives at the root"),
        pytest.param({"type": "array"}, id="a list"),
        pytest.param({"type": "object", "properties": {"a": {"$ref": "#"}}}, id="recursion"),
        pytest.param({"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}}, id="nowhere"),
        pytest.param({"type": "object", "properties": {"a": {"$ref": "https://h/s"}}}, id="elsewhere"),
        pytest.param({"type": "object", "properties": {"a": {"$ref": 1}}}, id="a number for a reference"),
        pytest.param(
            {
                "type": "object",
                "$defs": {"x": True},
                "properties": {"a": {"$ref": "#/$defs/x", "type": "string"}},
            },
            id="more beside what is no object",
        ),
        pytest.param(doubling(16), id="more than can be sent"),
        pytest.param(nested(250), id="too deep"),
        pytest.param(
            nested(60) | {"$defs": {"leaf": nested(60, {"type": "string"})}}, id="too deep once written out"
        ),
        pytest.param(
            {
                "type": "object",
                "$defs": {"leaf": nested(10, {"$ref": "#/$defs/end"}), "end": nested(35, {"type": "null"})},
                "properties": {"first": {"$ref": "#/$defs/end"}, "second": nested(60)},
            },
            id="too deep by what was written out before",
        ),
    ],
)
def test_schemas_that_cannot_be_had_are_refused_by_name(parameters: Row) -> None:
    assert refused(COHERE, tools=[A, function(parameters=parameters)]) == ["tools[1].function.parameters"]


def test_a_schema_of_some_size_and_depth_is_written_out() -> None:
    tools = COHERE.added(tools=[function(parameters=doubling(8)), function(parameters=nested(45))])["tools"]

    assert json.dumps(tools).count('{"type": "string"}') == 256 + 1


def test_nulls_in_a_schema_count_as_absent_or_stay() -> None:
    parameters = {
        "type": "object",
        "$defs": {"x": {"type": "object", "properties": None}},
        "properties": {"a": {"$ref": None, "type": "string"}, "b": {"$ref": "#/$defs/x"}},
    }

    tools = COHERE.added(tools=[function(parameters=parameters)])["tools"]

    assert tools[0]["function"]["parameters"]["properties"] == {
        "a": {"type": "string"},
        "b": {"type": "object", "properties": None},
    }


def test_numbers_in_schemas_keep_their_bytes() -> None:
    body = (
        b'{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":'
        b'{"name":"a","parameters":{"type":"object","properties":{"x":{"$ref":"#/$defs/n"}},'
        b'"$defs":{"n":{"const":12345678901234567890123.10}}}}}]}'
    )

    native = COHERE.dialect.translate(ChatRequest.parse(body), Target(COHERE.model, COHERE.endpoint)).request

    assert b'"properties":{"x":{"const":12345678901234567890123.10}}' in native.body


def test_names_that_cohere_does_not_take_have_others_there_and_back() -> None:
    names = ["get-weather", "get_weather", "1st"]
    choice = {"type": "function", "function": {"name": "get-weather"}}
    history = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{**CALL, "function": {"name": "1st", "arguments": "{}"}}],
    }
    tools = [function(name) for name in names]
    native = {"id": "x", "type": "function", "function": {"name": "get_weather_", "arguments": "{}"}}

    sent = COHERE.sent(tools=tools, messages=[HI, history, RESULT])
    chosen = COHERE.sent(tools=tools, tool_choice=choice)
    told = COHERE.choice(answer(tool_calls=[native]), tools=tools)

    assert [tool["function"]["name"] for tool in sent["tools"]] == ["get_weather_", "get_weather", "_1st"]
    assert sent["messages"][1]["tool_calls"][0]["function"]["name"] == "_1st"
    assert [tool["function"]["name"] for tool in chosen["tools"]] == ["get_weather_"]
    assert told["message"]["tool_calls"][0]["function"]["name"] == "get-weather"


def test_a_custom_tool_stands_as_a_function() -> None:
    tools = [{"type": "custom", "custom": {"name": "sh"}}]
    native = {
        "id": "x",
        "type": "function",
        "function": {"name": "sh", "arguments": json.dumps({"input": "ls"})},
    }

    told = COHERE.choice(answer(tool_calls=[native]), tools=tools)

    assert COHERE.added(tools=tools)["tools"][0]["function"]["parameters"]["required"] == ["input"]
    assert told["message"]["tool_calls"][0]["custom"] == {"name": "sh", "input": "ls"}
