from typing import Any

import pytest

from tests.providers.exchanging import CALL, CALLED, HI, RESULT, Party, Row, remembering
from tests.providers.mistral_exchange import MISTRAL, check, text, thinking

ID = "RksXkbv4v"


def call(call_id: str, **function: str) -> Row:
    return {**CALL, "id": call_id, "function": {"name": "look_up", "arguments": "{}", **function}}


def result(call_id: str, content: Any = "42") -> Row:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def detail(position: int, block: Row, **fields: Any) -> Row:
    return {"type": "mistral.thinking", "model": "m", "position": position, "block": block, **fields}


def test_calls_and_results_get_the_same_short_ids_on_both_sides() -> None:
    messages = MISTRAL.messages(HI, CALLED, RESULT)

    assert messages[1] == {
        "role": "assistant",
        "content": "",
        "tool_calls": [{**CALL, "id": ID}],
    }
    assert messages[2] == {"role": "tool", "content": "42", "tool_call_id": ID, "name": "look_up"}


def test_valid_ids_stay_and_no_other_call_takes_them() -> None:
    calls = [call("call_1"), call(ID), call("abcdefghi")]
    results = [result("abcdefghi"), result("call_1"), result(ID)]

    messages = MISTRAL.messages(HI, {"role": "assistant", "content": None, "tool_calls": calls}, *results)

    made = [it["id"] for it in messages[1]["tool_calls"]]
    assert made[1:] == [ID, "abcdefghi"]
    assert made[0] not in made[1:]
    assert [it["tool_call_id"] for it in messages[2:]] == [made[2], made[0], made[1]]


def test_an_id_that_comes_in_every_turn_means_another_call_each_time() -> None:
    turn = [{**CALLED, "tool_calls": [call("0"), call("0")]}, result("0", "a"), result("0", "b")]

    messages = MISTRAL.messages(HI, *turn, *turn)

    made = [it["id"] for message in messages for it in message.get("tool_calls", ())]
    answered = [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    assert (len(set(made)), answered) == (4, made)


def test_a_result_names_the_function_of_its_own_call_where_an_id_comes_again() -> None:
    turns = [
        [{**CALLED, "tool_calls": [call("call_1", name=name)]}, result("call_1")]
        for name in ("get_weather", "get_time")
    ]

    messages = MISTRAL.messages(HI, *turns[0], *turns[1])

    assert [message["name"] for message in messages if message["role"] == "tool"] == [
        "get_weather",
        "get_time",
    ]


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [("", "{}"), ("  ", "{}"), ('{"a": 1e400}', '{"a": 1e400}'), ("[1]", "[1]"), ('{"a"', '{"a"')],
    ids=["none", "blank", "an odd number", "a list", "broken"],
)
def test_arguments_go_back_as_the_model_wrote_them(arguments: str, sent: str) -> None:
    made = {"role": "assistant", "content": "Wait.", "tool_calls": [call("call_1", arguments=arguments)]}

    messages = MISTRAL.messages(HI, made, RESULT)

    assert messages[1]["content"] == "Wait."
    assert messages[1]["tool_calls"][0]["function"]["arguments"] == sent


def test_a_custom_tools_call_goes_back_as_the_function_it_stands_for() -> None:
    custom = {"id": "call_1", "type": "custom", "custom": {"name": "sh", "input": "ls\n"}}

    messages = MISTRAL.messages(HI, {**CALLED, "tool_calls": [custom]}, RESULT)

    assert messages[1]["tool_calls"][0]["function"] == {"name": "sh", "arguments": '{"input":"ls\\n"}'}


def test_all_parts_of_a_result_are_sent() -> None:
    messages = MISTRAL.messages(HI, CALLED, result("call_1", [text("a"), text("b")]))

    assert messages[2]["content"] == [text("a"), text("b")]


def test_old_functions_become_tools() -> None:
    made = {"role": "assistant", "content": None, "function_call": {"name": "look_up", "arguments": "{}"}}

    messages = MISTRAL.messages(HI, made, {"role": "function", "name": "look_up", "content": "42"})

    assert messages[1]["tool_calls"][0]["id"] == messages[2]["tool_call_id"]
    assert (messages[2]["role"], messages[2]["name"]) == ("tool", "look_up")


def test_reasoning_goes_back_as_a_thought_and_not_as_text() -> None:
    history = {"role": "assistant", "content": "A", "reasoning_content": "Hm."}

    messages = MISTRAL.messages(HI, history, HI)

    assert messages[1] == {"role": "assistant", "content": [thinking("Hm."), text("A")]}


def test_details_go_back_at_their_places() -> None:
    first, second = thinking("Hm.", signature="s1"), thinking("So", closed=True, signature="s2")
    history = {
        "role": "assistant",
        "content": "A",
        "reasoning_content": "Hm.So",
        "reasoning_details": [detail(2, second), detail(0, first)],
    }

    messages = MISTRAL.messages(HI, history, HI)

    assert messages[1]["content"] == [first, text("A"), second]


def test_details_of_another_provider_stay_out() -> None:
    foreign = {**detail(0, {"type": "thinking", "thinking": "x"}), "type": "anthropic.thinking"}
    history = {"role": "assistant", "content": "A", "reasoning_details": [foreign]}

    assert MISTRAL.messages(HI, history, HI)[1] == {"role": "assistant", "content": "A"}


def test_a_call_without_its_thought_gets_what_is_remembered() -> None:
    thought = thinking("Hm.", signature="s")
    recall = remembering(detail(0, thought, call_id="call_1"))

    sent = MISTRAL.sent(messages=[HI, CALLED, RESULT], recall=recall)

    assert sent["messages"][1]["content"] == [thought]


def test_a_model_that_cannot_reason_gets_no_thoughts() -> None:
    party = Party(MISTRAL.dialect, "codestral-2508", check)
    messages = [HI, {"role": "assistant", "content": "A", "reasoning_content": "Hm."}, HI]

    assert party.messages(*messages)[1] == {"role": "assistant", "content": "A"}
    assert party.notes(messages=messages) == ("messages.reasoning_content=left_out",)
