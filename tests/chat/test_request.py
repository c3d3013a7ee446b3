import json
from typing import Any

import msgspec
import pytest

from app.chat.parameters import Parameters
from app.chat.request import ChatRequest
from tests.chat.bodies import CALL, USER, WEATHER, allowed, body, message


def test_keeps_each_field_as_the_client_wrote_it() -> None:
    sent = (
        b'{"temperature": 1.0e0, "model":"m",'
        b'"messages":[ {"role":"user","content":"\\u00e4"} ],"new": {"a":1}}'
    )

    chat = ChatRequest.parse(sent)

    assert chat.body == sent
    assert [(name, bytes(raw)) for name, raw in chat.fields.items()] == [
        ("temperature", b"1.0e0"),
        ("model", b'"m"'),
        ("messages", b'[ {"role":"user","content":"\\u00e4"} ]'),
        ("new", b'{"a":1}'),
    ]


def test_reads_what_the_gateway_decides_by() -> None:
    chat = ChatRequest.parse(body(stream=True, stream_options={"include_usage": True}, n=3))

    assert (chat.model, chat.stream, chat.include_usage, chat.choices) == ("gpt-4o", True, True, 3)


def test_null_counts_as_absent() -> None:
    names = [field.name for field in msgspec.structs.fields(Parameters)]
    nulls = {name: None for name in names if name not in {"model", "messages"}}

    chat = ChatRequest.parse(body(**nulls))

    assert (chat.stream, chat.include_usage, chat.choices) == (False, False, 1)
    assert len(names) == 37


def test_the_last_of_two_equal_keys_counts() -> None:
    chat = ChatRequest.parse(b'{"model":"a","messages":[{"role":"user","content":"x"}],"model":"b"}')

    assert (chat.model, bytes(chat.fields["model"])) == ("b", b'"b"')


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, False, id="nothing said"),
        pytest.param({"reasoning_effort": "none"}, False, id="none"),
        pytest.param({"reasoning_effort": "minimal"}, False, id="minimal"),
        pytest.param({"reasoning_effort": "low"}, True, id="low"),
        pytest.param({"reasoning_effort": "xhigh"}, True, id="xhigh"),
        pytest.param({"reasoning": {"effort": "high"}}, True, id="reasoning object"),
        pytest.param({"reasoning": None}, False, id="reasoning null"),
    ],
)
def test_knows_whether_reasoning_is_asked_for(fields: dict[str, Any], expected: bool) -> None:
    assert ChatRequest.parse(body(**fields)).asks_for_reasoning is expected


@pytest.mark.parametrize(
    ("messages", "characters"),
    [
        pytest.param([USER], 5, id="text"),
        pytest.param([{"role": "user", "content": [{"type": "text", "text": "äöü"}]}], 3, id="part"),
        pytest.param(
            [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:" + "A" * 999}}]}],
            0,
            id="images are not text",
        ),
        pytest.param([USER, {"role": "assistant", "tool_calls": [CALL]}], 14, id="tool call"),
    ],
)
def test_measures_the_prompt(messages: list[dict[str, Any]], characters: int) -> None:
    assert ChatRequest.parse(body(messages=messages)).input_characters == characters


def test_declared_tools_are_part_of_the_prompt() -> None:
    chat = ChatRequest.parse(body(tools=[WEATHER]))

    assert chat.input_characters == 5 + len(json.dumps([WEATHER]))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(body(unheard_of={"a": [1, None]}, top_k=40), id="unknown fields"),
        pytest.param(body(temperature=2, top_p=0, presence_penalty=-2, frequency_penalty=2), id="edges"),
        pytest.param(body(seed=10**40), id="huge integer"),
        pytest.param(body(stop=["a", "b", "c", "d"]), id="four stops"),
        pytest.param(body(max_tokens=5, max_completion_tokens=5), id="equal limits"),
        pytest.param(body(tools=[WEATHER], tool_choice="required"), id="tools"),
        pytest.param(
            body(tools=[WEATHER], tool_choice={"type": "function", "function": {"name": "weather"}}),
            id="named tool",
        ),
        pytest.param(
            body(tools=[WEATHER], tool_choice=allowed("auto", "weather")),
            id="allowed tools",
        ),
        pytest.param(body(tools=[{"type": "browser_search"}]), id="unknown tool type"),
        pytest.param(body(functions=[{"name": "f"}], function_call={"name": "f"}), id="functions"),
        pytest.param(body(response_format={"type": "structural_tag", "x": 1}), id="unknown format"),
        pytest.param(message(role="user", content=[{"type": "new", "text": {"a": 1}}]), id="unknown part"),
        pytest.param(message(role="assistant", content=None, tool_calls=[CALL]), id="call without content"),
        pytest.param(message(role="assistant", refusal="no"), id="refusal without content"),
        pytest.param(message(role="assistant", content=None, audio={"id": "a"}), id="audio without content"),
        pytest.param(message(role="tool", content="sunny", tool_call_id="call_1"), id="tool result"),
        pytest.param(message(role="developer", content="x", name="y"), id="developer"),
        pytest.param(b" \n" + body() + b"\n ", id="space around"),
    ],
)
def test_takes(sent: bytes) -> None:
    assert ChatRequest.parse(sent).body == sent


@pytest.mark.parametrize(
    ("messages", "is_plain"),
    [
        pytest.param([USER], True, id="a question"),
        pytest.param([{"role": "system", "content": "x"}, USER], True, id="an instruction at the head"),
        pytest.param(
            [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}], True, id="a tool call"
        ),
        pytest.param([USER, {"role": "system", "content": "x"}], False, id="a later instruction"),
        pytest.param([{"role": "system", "content": "x"}] * 2, False, id="two instructions"),
        pytest.param([{"role": "developer", "content": "x"}], False, id="the developer"),
        pytest.param([{**USER, "name": "ann"}], False, id="a name"),
        pytest.param([{"role": "user", "content": []}], False, id="parts"),
        pytest.param([{"role": "function", "name": "f", "content": "x"}], False, id="a function"),
        pytest.param(
            [{"role": "assistant", "function_call": {"name": "f", "arguments": ""}}], False, id="its call"
        ),
        pytest.param(
            [{"role": "assistant", "content": "x", "reasoning": "y"}], False, id="reasoning that came back"
        ),
    ],
)
def test_knows_messages_that_every_server_takes(messages: list[object], is_plain: bool) -> None:
    assert ChatRequest.parse(body(messages=messages)).has_plain_messages is is_plain
