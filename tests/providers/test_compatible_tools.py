"""Tools, and functions as they were before, at compatible servers."""

from typing import Any

import pytest

from tests.providers.compatible import CALL, HI, OTHER_TOOL, RESULT, TOOL, body_of, objections, translated

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("choice", "tools", "sent"),
    [
        pytest.param({"mode": "auto", "tools": [OTHER_TOOL]}, ["g"], "auto", id="may"),
        pytest.param({"mode": "required", "tools": [TOOL, OTHER_TOOL]}, ["f", "g"], "required", id="must"),
    ],
)
def test_allowed_tools_are_the_only_ones(choice: Json, tools: list[str], sent: str) -> None:
    fields: Json = {
        "tools": [TOOL, OTHER_TOOL],
        "tool_choice": {"type": "allowed_tools", "allowed_tools": choice},
    }

    body = body_of(translated("vllm", **fields))

    assert ([tool["function"]["name"] for tool in body["tools"]], body["tool_choice"]) == (tools, sent)


def test_a_tool_that_cannot_be_chosen_by_name_is_the_only_one() -> None:
    choice = {"type": "function", "function": {"name": "g"}}

    body = body_of(translated("llama.cpp", tools=[TOOL, OTHER_TOOL], tool_choice=choice))

    assert (body["tools"], body["tool_choice"]) == ([OTHER_TOOL], "required")
    assert body_of(translated("vllm", tools=[TOOL, OTHER_TOOL], tool_choice=choice))["tool_choice"] == choice


def test_no_tool_may_be_called_where_there_is_none() -> None:
    fields: Json = {"tools": [TOOL], "tool_choice": "none"}
    turn = {"role": "assistant", "content": None, "tool_calls": [CALL]}

    assert body_of(translated("ollama", **fields)) == {"model": "m", "messages": [HI]}
    assert objections("ollama", **fields, messages=[HI, turn, RESULT]) == [
        ("tool_choice", "unsupported_parameter")
    ]


@pytest.mark.parametrize("calls", [None, []], ids=["null", "an empty list"])
def test_a_turn_without_calls_leaves_no_tools_to_call(calls: list[Json] | None) -> None:
    messages = [HI, {"role": "assistant", "content": "x", "tool_calls": calls}, HI]

    body = body_of(translated("ollama", messages=messages, tools=[TOOL], tool_choice="none"))

    assert body == {"model": "m", "messages": messages}


def test_functions_become_tools() -> None:
    messages = [
        HI,
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "y"},
    ]
    declared = {"name": "f", "parameters": {"type": "object", "properties": {}}}

    body = body_of(translated("vllm", messages=messages, functions=[declared], function_call={"name": "f"}))

    call = body["messages"][1]["tool_calls"][0]
    assert body["tools"] == [{"type": "function", "function": declared}]
    assert (body["tool_choice"], body["parallel_tool_calls"]) == (
        {"type": "function", "function": {"name": "f"}},
        False,
    )
    assert (call["type"], call["function"]) == ("function", {"name": "f", "arguments": "{}"})
    assert body["messages"][2] == {"role": "tool", "content": "y", "tool_call_id": call["id"]}
    assert not {"functions", "function_call"} & body.keys()


FUNCTION_CALL: Json = {"name": "f", "arguments": "{}"}


@pytest.mark.parametrize("declared", [{"tools": [TOOL]}, {}], ids=["tools now", "nothing"])
@pytest.mark.parametrize("server", ["vllm", "ollama"])
def test_functions_called_before_become_tools_whatever_is_declared(server: str, declared: Json) -> None:
    turn = {"role": "assistant", "content": None, "function_call": FUNCTION_CALL}
    messages = [HI, turn, {"role": "function", "name": "f", "content": "y"}]

    body = body_of(translated(server, messages=messages, **declared))

    [call] = body["messages"][1].pop("tool_calls")
    assert body["messages"] == [
        HI,
        {"role": "assistant", "content": None},
        {"role": "tool", "content": "y", "tool_call_id": call["id"]},
    ]
    assert (call["type"], call["function"]) == ("function", FUNCTION_CALL)
    assert body.get("tools") == declared.get("tools")


def test_a_function_called_beside_tools_is_one_more_call() -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [CALL], "function_call": FUNCTION_CALL}
    messages = [HI, turn, RESULT, {"role": "function", "name": "f", "content": "z"}]

    sent = body_of(translated("vllm", messages=messages, tools=[TOOL]))["messages"]

    ids = [call["id"] for call in sent[1]["tool_calls"]]
    assert sent[1]["tool_calls"][0] == CALL
    assert [message["tool_call_id"] for message in sent[2:]] == ids
    assert len(set(ids)) == 2


def test_functions_are_refused_where_several_calls_may_come() -> None:
    assert objections("ollama", functions=[{"name": "f"}]) == [("functions", "unsupported_parameter")]


def test_a_name_that_tells_nobody_apart_is_reported_and_that_of_a_tool_is_not() -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    named = {**RESULT, "name": "f"}

    one = translated("groq", is_strict=True, messages=[{**HI, "name": "ann"}, turn, named])
    none = translated("groq", messages=[{**HI, "name": None}, turn, named])

    assert body_of(one)["messages"] == body_of(none)["messages"] == [HI, turn, RESULT]
    assert (one.notes, none.notes) == (("messages.name=ignored",), ())
