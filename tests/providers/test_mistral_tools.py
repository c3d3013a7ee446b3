import pytest

from tests.providers.exchanging import SCHEMA, Party, Row, function
from tests.providers.mistral_exchange import MISTRAL, check

NO_PARAMETERS = {"type": "object", "properties": {}}
A, B = function("a", parameters=NO_PARAMETERS), function("b", parameters=NO_PARAMETERS)


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        pytest.param({"tools": [function("a")]}, {"tools": [A]}, id="no parameters"),
        pytest.param(
            {"tools": [function("a", description="d", parameters=SCHEMA, strict=True)]},
            {"tools": [function("a", description="d", parameters=SCHEMA, strict=True)]},
            id="all of a tool",
        ),
        pytest.param({"tools": [A], "tool_choice": "auto"}, {"tools": [A], "tool_choice": "auto"}, id="auto"),
        pytest.param({"tools": [A], "tool_choice": "none"}, {"tools": [A], "tool_choice": "none"}, id="none"),
        pytest.param(
            {"tools": [A], "tool_choice": "required"}, {"tools": [A], "tool_choice": "any"}, id="required"
        ),
        pytest.param(
            {"tools": [A, B], "tool_choice": {"type": "function", "function": {"name": "b"}}},
            {"tools": [A, B], "tool_choice": {"type": "function", "function": {"name": "b"}}},
            id="named",
        ),
        pytest.param(
            {
                "tools": [A, B],
                "tool_choice": {
                    "type": "allowed_tools",
                    "allowed_tools": {
                        "mode": "required",
                        "tools": [{"type": "function", "function": {"name": "b"}}],
                    },
                },
            },
            {"tools": [B], "tool_choice": "any"},
            id="allowed",
        ),
        pytest.param(
            {"tools": [A], "parallel_tool_calls": False},
            {"tools": [A], "parallel_tool_calls": False},
            id="one at a time",
        ),
        pytest.param({"parallel_tool_calls": False}, {"parallel_tool_calls": False}, id="without tools"),
        pytest.param(
            {"functions": [{"name": "a"}], "function_call": {"name": "a"}},
            {
                "tools": [A],
                "tool_choice": {"type": "function", "function": {"name": "a"}},
                "parallel_tool_calls": False,
            },
            id="functions",
        ),
        pytest.param(
            {"tools": [{"type": "custom", "custom": {"name": "c", "description": "d"}}]},
            {
                "tools": [
                    function(
                        "c",
                        description="d",
                        parameters={
                            "type": "object",
                            "properties": {"input": {"type": "string"}},
                            "required": ["input"],
                            "additionalProperties": False,
                        },
                    )
                ]
            },
            id="custom",
        ),
    ],
)
def test_sends_tools(fields: Row, added: Row) -> None:
    assert MISTRAL.added(**fields) == added


def test_a_model_without_tools_refuses_them() -> None:
    party = Party(MISTRAL.dialect, "open-mistral-7b", check)

    assert party.objections(tools=[A]) == {"tools": "unsupported_parameter"}
