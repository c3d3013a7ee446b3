"""Tools: declared, chosen, called before, and their results."""

import json

import pytest

from app.providers.google.tools import legal_name
from app.providers.tool_names import ToolNames
from tests.providers.google_exchange import (
    CLOCK,
    HI,
    WEATHER,
    Row,
    called,
    calling,
    chat,
    exchange,
    function,
    objections,
    result,
    translated,
)

CUSTOM: Row = {"type": "custom", "custom": {"name": "run", "description": "Runs"}}


def test_a_schema_travels_unmodified() -> None:
    schema = (
        '{"type": "object", "$defs": {"P": {"type":"object","properties":{"deep":{"type":"array",'
        '"items":{"$ref":"#/$defs/P"}}}}}, "properties": {"p": {"$ref": "#/$defs/P"}, "x": '
        '{"type": "number", "maximum": 1.50e300, "minimum": -12345678901234567890}}, '
        '"additionalProperties": false}'
    )
    request = chat(tools=[function("f", parameters={"SCHEMA": 1}, description="Does f")])
    raw = request.body.replace(b'{"SCHEMA": 1}', schema.encode())

    body = exchange(type(request).parse(raw)).request.body

    assert f'"parametersJsonSchema":{schema}'.encode() in body
    assert json.loads(body)["tools"] == [
        {
            "functionDeclarations": [
                {"name": "f", "description": "Does f", "parametersJsonSchema": json.loads(schema)}
            ]
        }
    ]


@pytest.mark.parametrize("parameters", [None, {}], ids=["absent", "empty"])
def test_a_function_without_parameters_has_no_schema(parameters: Row | None) -> None:
    tools = translated(tools=[function("f", parameters=parameters)])["tools"]

    assert tools == [{"functionDeclarations": [{"name": "f"}]}]


def test_what_google_does_not_enforce_is_refused_for_strict_tools_and_reported_for_others() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^a"}}}

    loose = exchange(chat(tools=[function("f", parameters=schema)]))
    strict = objections(tools=[function("f", parameters=schema, strict=True)])

    assert loose.notes == ("tools[0].function.parameters=not_enforced:pattern",)
    assert [it.param for it in strict] == ["tools[0].function.parameters"]


@pytest.mark.parametrize(
    ("choice", "config"),
    [
        pytest.param(None, {"mode": "AUTO"}, id="absent"),
        pytest.param("auto", {"mode": "AUTO"}, id="auto"),
        pytest.param("none", {"mode": "NONE"}, id="none"),
        pytest.param("required", {"mode": "ANY"}, id="required"),
        pytest.param(function("get_time"), {"mode": "ANY", "allowedFunctionNames": ["get_time"]}, id="named"),
        pytest.param(
            {"type": "custom", "custom": {"name": "run"}},
            {"mode": "ANY", "allowedFunctionNames": ["run"]},
            id="named custom tool",
        ),
        pytest.param(
            {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [function("get_time")]}},
            {"mode": "VALIDATED", "allowedFunctionNames": ["get_time"]},
            id="some allowed",
        ),
        pytest.param(
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [function("get_time")]}},
            {"mode": "ANY", "allowedFunctionNames": ["get_time"]},
            id="some demanded",
        ),
    ],
)
def test_the_choice_of_tools(choice: object, config: Row) -> None:
    body = translated(tools=[WEATHER, CLOCK, CUSTOM], tool_choice=choice)

    assert body["toolConfig"] == {"functionCallingConfig": config}


def test_strict_tools_are_validated() -> None:
    body = translated(tools=[WEATHER, function("f", strict=True)])

    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "VALIDATED"}}


@pytest.mark.parametrize(
    ("fields", "params", "notes"),
    [
        pytest.param({"tools": [WEATHER]}, ["parallel_tool_calls"], [], id="with tools"),
        pytest.param(
            {"tools": [WEATHER], "tool_choice": "none"}, [], ["parallel_tool_calls=ignored"], id="none"
        ),
        pytest.param({}, [], ["parallel_tool_calls=ignored"], id="without tools"),
    ],
)
def test_one_call_at_a_time_cannot_be_had(fields: Row, params: list[str], notes: list[str]) -> None:
    refused = objections(parallel_tool_calls=False, **fields)

    assert [it.param for it in refused] == params
    if not params:
        assert list(exchange(chat(parallel_tool_calls=False, **fields)).notes) == notes


def test_a_custom_tool_is_a_function_with_a_text() -> None:
    messages = [
        HI,
        calling({"id": "c", "type": "custom", "custom": {"name": "run", "input": 'a"b'}}),
        result("c"),
    ]

    body = translated(model="gemini-2.5-pro", tools=[CUSTOM], messages=messages)

    declared = body["tools"][0]["functionDeclarations"][0]
    assert (declared["name"], declared["description"]) == ("run", "Runs")
    assert declared["parametersJsonSchema"]["required"] == ["input"]
    assert body["contents"][1]["parts"] == [{"functionCall": {"name": "run", "args": {"input": 'a"b'}}}]


@pytest.mark.parametrize(
    ("tool", "param"),
    [
        pytest.param(
            {"type": "custom", "custom": {"name": "g", "format": {"type": "grammar", "grammar": {}}}},
            "tools[0].custom.format",
            id="grammar",
        ),
        pytest.param({"type": "web_search"}, "tools[0]", id="unknown type"),
    ],
)
def test_tools_that_cannot_be_had(tool: Row, param: str) -> None:
    assert [it.param for it in objections(tools=[tool])] == [param]


def test_functions_are_tools() -> None:
    made = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": '{"a":1}'}}
    messages = [HI, made, {"role": "function", "name": "f", "content": "42"}]

    body = translated(
        model="gemini-2.5-pro", functions=[{"name": "f"}], function_call={"name": "f"}, messages=messages
    )

    assert body["toolConfig"]["functionCallingConfig"] == {"mode": "ANY", "allowedFunctionNames": ["f"]}
    assert body["contents"][1]["parts"] == [{"functionCall": {"name": "f", "args": {"a": 1}}}]
    assert body["contents"][2]["parts"] == [{"functionResponse": {"name": "f", "response": {"output": "42"}}}]


def test_illegal_names_get_aliases_that_collide_with_none() -> None:
    tools = [function("3d"), function("_3d"), function("-x")]
    messages = [HI, calling(called("c", "3d")), result("c")]

    body = translated(model="gemini-2.5-pro", tools=tools, tool_choice=function("3d"), messages=messages)

    declared = [it["name"] for it in body["tools"][0]["functionDeclarations"]]
    assert declared == ["_3d_2", "_3d", "_-x"]
    assert body["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"] == ["_3d_2"]
    assert body["contents"][1]["parts"][0]["functionCall"]["name"] == "_3d_2"
    assert body["contents"][2]["parts"][0]["functionResponse"]["name"] == "_3d_2"


@pytest.mark.parametrize("name", ["", "é", "a b", "a/b", "x" * 200, "9" * 200])
def test_any_name_of_a_history_becomes_legal_and_comes_back(name: str) -> None:
    names = ToolNames.of([name, "f"], legal_name)

    alias = names.to_native[name]
    assert (len(alias) <= 128, alias.isascii(), names.to_client[alias]) == (True, True, name)
    assert alias[0].isalpha() or alias[0] == "_"
