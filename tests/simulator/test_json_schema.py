"""Values made from schemas."""

import pytest

from app.simulator.json_schema import Schema, example


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": "string"}, "sample value", id="string"),
        pytest.param({"type": "string", "format": "date"}, "2026-01-01", id="format"),
        pytest.param({"type": "string", "maxLength": 3}, "sam", id="longest string"),
        pytest.param({"type": "string", "minLength": 14}, "sample value..", id="shortest string"),
        pytest.param({"type": "integer", "minimum": 5}, 5, id="minimum"),
        pytest.param({"type": "integer", "exclusiveMaximum": 0}, -1, id="exclusive maximum"),
        pytest.param({"type": "integer", "minimum": 5, "multipleOf": 4}, 8, id="multiple"),
        pytest.param({"type": "number"}, 1.0, id="number"),
        pytest.param({"type": ["null", "boolean"]}, None, id="several types"),
        pytest.param({"enum": ["b", "a"]}, "b", id="enum"),
        pytest.param({"const": 7}, 7, id="const"),
        pytest.param({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True, id="any of"),
        pytest.param({"type": "array", "items": {"type": "null"}, "minItems": 2}, [None, None], id="array"),
        pytest.param({"prefixItems": [{"const": 1}, {"const": 2}], "type": "array"}, [1, 2], id="tuple"),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {"x": {"const": 1}}}}},
            {"x": 1},
            id="reference",
        ),
        pytest.param(
            {"allOf": [{"properties": {"x": {"const": 1}}}, {"properties": {"y": {"const": 2}}}]},
            {"x": 1, "y": 2},
            id="all of",
        ),
    ],
)
def test_satisfies_the_schema(schema: Schema, expected: object) -> None:
    value = example(schema)

    assert value == expected


def test_leaves_a_recursive_schema() -> None:
    schema: Schema = {
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["next"],
    }

    value = example(schema)

    depth = 0
    while isinstance(value, dict):
        value, depth = value["next"], depth + 1
    assert value is None
    assert depth > 1
