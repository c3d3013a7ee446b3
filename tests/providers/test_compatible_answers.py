"""Plain answers that compatible servers write otherwise than OpenAI, put right."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from app.providers.openai.answers import read_answer
from app.providers.openai.habits import Habits

Json = dict[str, Any]

USUAL = Habits()
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def answer(*, message: Json, finish: str | None = "stop", **choice: Any) -> bytes:
    whole = {"index": 0, "message": message, "finish_reason": finish, **choice}
    frame = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps({**frame, "choices": [whole]}).encode()


def told(body: bytes, habits: Habits = USUAL) -> Json:
    """The one choice of an answer that OpenAI's own client can read."""
    decoded: Json = json.loads(read_answer(body, habits).body)
    ChatCompletion.model_validate(decoded)
    choice: Json = decoded["choices"][0]
    return choice


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"role": "assistant", "content": "a", "refusal": None, "new": 1.50}, id="text"),
        pytest.param({"role": "assistant", "content": None, "tool_calls": [CALL]}, id="calls"),
        pytest.param(
            {"role": "assistant", "content": "a", "reasoning_content": "b", "reasoning": "b"}, id="both"
        ),
    ],
)
def test_an_answer_as_openai_writes_it_keeps_its_bytes(message: Json) -> None:
    body = answer(message=message, finish="tool_calls" if "tool_calls" in message else "stop")

    assert read_answer(body, Habits()).body is body


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(
            {"role": "assistant", "content": "a", "reasoning": "b"},
            {"role": "assistant", "content": "a", "reasoning_content": "b"},
            id="reasoning by its other name",
        ),
        pytest.param(
            {"role": "assistant", "content": [{"type": "text", "text": "a"}]},
            {"role": "assistant", "content": "a"},
            id="content in parts",
        ),
        pytest.param(
            {"role": "assistant", "content": "a", "tool_calls": []},
            {"role": "assistant", "content": "a"},
            id="an empty list of calls",
        ),
        pytest.param({"content": "a"}, {"content": "a", "role": "assistant"}, id="no role"),
        pytest.param(
            {
                "role": "assistant",
                "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
                ],
            },
            id="an object as arguments",
        ),
        pytest.param(
            {"role": "assistant", "content": None, "tool_calls": [{**CALL, "function": {"name": "f"}}]},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            id="no arguments",
        ),
    ],
)
def test_a_message_is_put_right(message: Json, expected: Json) -> None:
    assert told(answer(message=message))["message"] == expected


@pytest.mark.parametrize(
    ("finish", "calls", "expected"),
    [
        ("stop", [CALL], "tool_calls"),
        ("function_call", [CALL], "tool_calls"),
        ("eos", None, "stop"),
        ("", None, "stop"),
        (None, None, "stop"),
        (None, [CALL], "tool_calls"),
        ("length", [CALL], "length"),
    ],
)
def test_the_finish_reason_is_told_by_its_usual_name(
    finish: str | None, calls: list[Json] | None, expected: str
) -> None:
    message = {"role": "assistant", "content": None} | ({"tool_calls": calls} if calls else {})

    assert told(answer(message=message, finish=finish))["finish_reason"] == expected


def test_a_call_without_an_id_gets_a_short_one() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": ""}]}

    call_id = told(answer(message=message))["message"]["tool_calls"][0]["id"]

    assert call_id.startswith("call_")
    assert len(call_id) <= 40


def test_functions_are_answered_as_functions() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}

    choice = told(answer(message=message, finish="tool_calls"), Habits(has_functions=True))

    assert choice["finish_reason"] == "function_call"
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "f", "arguments": "{}"},
    }


def test_frame_and_index_are_filled_in() -> None:
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": "a"}}]}).encode()

    decoded = json.loads(read_answer(body, Habits()).body)

    assert decoded["id"].startswith("chatcmpl-")
    assert (decoded["object"], decoded["choices"][0]["index"]) == ("chat.completion", 0)


def test_reasoning_that_must_come_back_is_kept_with_its_calls() -> None:
    message = {"role": "assistant", "content": "", "reasoning_content": "Hm", "tool_calls": [CALL]}

    details = read_answer(answer(message=message, finish="tool_calls"), Habits(keeps_reasoning="m")).details

    assert [(it.type, it.call_id, bytes(it.block)) for it in details] == [
        ("custom.reasoning_content", "a", b'"Hm"')
    ]
