import json
from typing import Any

import pytest

from app.providers.base import Target
from tests.providers.anthropic_exchange import ANTHROPIC, ENDPOINT, OPUS, USER, chat, refused, sent, translate

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "near": {"$ref": "#/$defs/near"}},
    "required": ["city"],
    "additionalProperties": False,
    "$defs": {"near": {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1}},
}
# Anthropic has no place for the name that OpenAI wants a schema to have.
NAMELESS = "response_format=without_name"


def json_schema(schema: object, **fields: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, **fields}}


def test_a_schema_holds_the_answer() -> None:
    exchange = translate(response_format=json_schema(SCHEMA, strict=True, description="A city"))

    assert sent(exchange)["output_config"] == {
        "format": {"type": "json_schema", "schema": {**SCHEMA, "description": "A city"}}
    }
    assert exchange.notes == (NAMELESS,)


@pytest.mark.parametrize(("strict", "notes"), [(True, ()), (False, ("response_format=closed_objects",))])
def test_open_objects_are_closed(strict: bool, notes: tuple[str, ...]) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "integer"}}}
    schema = {"type": "object", "properties": {"x": {"anyOf": [inner, {"type": "null"}]}}, "required": ["x"]}

    exchange = translate(response_format=json_schema(schema, strict=strict))

    closed = sent(exchange)["output_config"]["format"]["schema"]
    assert closed["additionalProperties"] is False
    assert closed["properties"]["x"]["anyOf"] == [{**inner, "additionalProperties": False}, {"type": "null"}]
    assert exchange.notes == (*notes, NAMELESS)


def test_numbers_of_a_schema_keep_their_spelling() -> None:
    schema = '{"type":"object","properties":{"a":{"enum":[1.50,12345678901234567890123]}}}'
    fields = json.dumps({"model": OPUS, "messages": [USER]})[:-1]
    wanted = f'{{"type":"json_schema","json_schema":{{"name":"a","schema":{schema}}}}}'
    body = f'{fields},"response_format":{wanted}}}'

    native = ANTHROPIC.translate(chat().parse(body.encode()), Target(OPUS, ENDPOINT)).request

    assert b"[1.50,12345678901234567890123]" in native.body


def test_bounds_that_every_integer_has_are_left_out() -> None:
    bounded = {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991}
    schema = {"type": "object", "properties": {"a": bounded}, "additionalProperties": False}

    exchange = translate(response_format=json_schema(schema, strict=True))

    assert sent(exchange)["output_config"]["format"]["schema"]["properties"] == {"a": {"type": "integer"}}
    assert exchange.notes == (NAMELESS,)


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "string", "pattern": "a"}, id="pattern"),
        pytest.param({"type": "integer", "minimum": 1}, id="minimum"),
        pytest.param({"type": "integer", "minimum": 0, "maximum": 9007199254740991}, id="one safe bound"),
        pytest.param({"type": "number", "maximum": 9007199254740991}, id="maximum"),
        pytest.param({"type": "array", "items": {}, "minItems": 2}, id="minItems"),
        pytest.param({"type": "string", "format": "regex"}, id="format"),
        pytest.param({"type": "object", "additionalProperties": True}, id="open object"),
        pytest.param({"oneOf": [{"type": "string"}]}, id="oneOf"),
        pytest.param({"$ref": "https://example.com/schema"}, id="schema elsewhere"),
        pytest.param({"type": "array", "items": {"$ref": "#"}}, id="recursive root"),
        pytest.param(
            {
                "$ref": "#/$defs/a",
                "$defs": {
                    "a": {"type": "array", "items": {"$ref": "#/$defs/b"}},
                    "b": {"anyOf": [{"$ref": "#/$defs/a"}]},
                },
            },
            id="recursive by way of another",
        ),
        pytest.param(nested(150), id="nested without measure"),
        pytest.param({}, id="empty"),
    ],
)
def test_schemas_that_no_answer_can_be_held_to_are_refused(schema: dict[str, Any]) -> None:
    assert refused(response_format=json_schema(schema)) == [
        ("response_format.json_schema.schema", "unsupported_value")
    ]
