"""Tool calls and their results, as OpenAI demands them."""

from typing import Any

import pytest

from app.chat.reading import read_conversation
from app.chat.request import ChatRequest
from app.errors import InvalidValue
from tests.chat.bodies import USER, body

Row = dict[str, Any]


def called(*ids: str) -> Row:
    function = {"name": "weather", "arguments": "{}"}
    calls = [{"id": call_id, "type": "function", "function": function} for call_id in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def result(call_id: str) -> Row:
    return {"role": "tool", "tool_call_id": call_id, "content": "sunny"}


FUNCTION_CALL = {
    "role": "assistant",
    "content": None,
    "function_call": {"name": "weather", "arguments": "{}"},
}
FUNCTION_RESULT = {"role": "function", "name": "weather", "content": "sunny"}
SYSTEM = {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        pytest.param([called("a", "b"), result("a")], "messages[1].tool_calls[1]", id="one result missing"),
        pytest.param([called("a")], "messages[1].tool_calls[0]", id="none at the end"),
        pytest.param([called("a"), USER, result("a")], "messages[1].tool_calls[0]", id="the user between"),
        pytest.param([called("a"), SYSTEM, result("a")], "messages[1].tool_calls[0]", id="system between"),
        pytest.param([called("a"), called("b")], "messages[1].tool_calls[0]", id="another call between"),
        pytest.param([called("a"), result("b")], "messages[2].tool_call_id", id="unknown id"),
        pytest.param([called("a"), result("")], "messages[2].tool_call_id", id="empty id"),
        pytest.param([result("a")], "messages[1].tool_call_id", id="no call at all"),
        pytest.param(
            [called("a"), result("a"), result("a")], "messages[3].tool_call_id", id="answered twice"
        ),
        pytest.param(
            [called("a"), result("a"), USER, result("a")], "messages[4].tool_call_id", id="of an earlier turn"
        ),
        pytest.param([called("a", "a"), result("a")], "messages[1].tool_calls[1]", id="one id, one result"),
        pytest.param([FUNCTION_CALL, USER], "messages[1].function_call", id="function without result"),
        pytest.param([FUNCTION_RESULT], "messages[1].name", id="result without function"),
    ],
)
def test_calls_and_results_must_fit_together(messages: list[Row], param: str) -> None:
    chat = ChatRequest.parse(body(messages=[USER, *messages]))

    with pytest.raises(InvalidValue) as refused:
        read_conversation(chat)

    assert refused.value.param == param
    assert refused.value.message.startswith(f"Invalid '{param}': ")


def test_the_calls_that_wait_are_named() -> None:
    chat = ChatRequest.parse(body(messages=[USER, called("a", "b", "c"), result("b"), USER]))

    with pytest.raises(InvalidValue, match=r"did not have response messages: a, c\.\Z"):
        read_conversation(chat)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([called("a", "b"), result("b"), result("a")], id="in another order"),
        pytest.param([called("a", "a"), result("a"), result("a")], id="the same id twice"),
        pytest.param([called("a"), result("a"), called("a"), result("a"), USER], id="ids counted anew"),
        pytest.param([{**called(), "content": "x"}, USER], id="an empty list of calls"),
        pytest.param([FUNCTION_CALL, FUNCTION_RESULT, FUNCTION_CALL, FUNCTION_RESULT], id="functions"),
    ],
)
def test_what_fits_together_is_read(messages: list[Row]) -> None:
    chat = ChatRequest.parse(body(messages=[USER, *messages]))

    read = read_conversation(chat).messages

    assert len(read) == len(messages) + 1
    calls = [call.id for message in read for call in message.tool_calls]
    assert sorted(message.tool_call_id for message in read if message.role == "tool") == sorted(calls)
