"""Tool calls that compatible servers stream otherwise than OpenAI, put right."""

import json

import pytest

from app.providers.openai.habits import Habits
from app.providers.openai.stream import OpenAIStream
from tests.providers.streaming import (
    HIDING,
    Json,
    call,
    calls,
    deltas,
    event,
    finishes,
    opened,
    told,
)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(
            [
                call(id="a", function={"name": "f", "arguments": '{"x":1}'}),
                call(id="b", function={"name": "g", "arguments": '{"y":2}'}),
            ],
            id="no index, no type",
        ),
        pytest.param(
            [
                call(index=0, id="a", type="function", function={"name": "f", "arguments": ""}),
                call(index=0, function={"arguments": '{"x":1}'}),
                call(index=0, id="b", type="function", function={"name": "g", "arguments": ""}),
                call(index=0, function={"arguments": '{"y":2}'}),
            ],
            id="index always 0",
        ),
        pytest.param(
            [
                call(index=0, id="a", type="function", function={"name": "f", "arguments": '{"x"'}),
                call(index=0, id="a", type="function", function={"name": "f", "arguments": ":1}"}),
                call(index=1, id="b", type="function", function={"name": "g", "arguments": '{"y"'}),
                call(index=1, id="b", type="function", function={"name": "g", "arguments": ":2}"}),
            ],
            id="id and name in each fragment",
        ),
        pytest.param(
            [
                call(index=0, id="a", type="function", function={"name": "f", "arguments": None}),
                call(index=0, id="", function={"name": "f", "arguments": '{"x":1}'}),
                call(index=1, id="b", type="function", function={"name": "g", "arguments": None}),
                call(index=1, id=None, function={"name": "", "arguments": '{"y":2}'}),
            ],
            id="empty ids and repeated names",
        ),
        pytest.param(
            [
                event(
                    tool_calls=[
                        {"id": "a", "function": {"name": "f", "arguments": {"x": 1}}},
                        {"id": "b", "function": {"name": "g", "arguments": {"y": 2}}},
                    ]
                )
            ],
            id="objects as arguments, all at once",
        ),
        pytest.param(
            [
                call(index=1, id="a", type="function", function={"name": "f", "arguments": '{"x":1}'}),
                call(index=2, id="b", type="function", function={"name": "g", "arguments": '{"y":2}'}),
            ],
            id="counted from 1",
        ),
        pytest.param(
            [
                call(index=0, id="a", type="function", function={"name": "f", "arguments": ""}),
                call(index=0, id="other", function={"arguments": '{"x":1}'}),
                call(index=1, id="b", type="function", function={"name": "g", "arguments": ""}),
                call(index=1, id="another", function={"arguments": '{"y":2}'}),
            ],
            id="a new id in each fragment",
        ),
    ],
)
def test_parallel_calls_are_told_apart(events: list[Json]) -> None:
    fragments = calls(told([event(role="assistant"), *events, event(finish="tool_calls")]))

    openings = [(it["index"], it["id"], it["type"], it["function"]["name"]) for it in fragments if "id" in it]
    assert openings == [(0, "a", "function", "f"), (1, "b", "function", "g")]
    assert [name for it in fragments for name in it["function"] if name == "name"] == ["name", "name"]
    texts = ["".join(it["function"]["arguments"] for it in fragments if it["index"] == n) for n in (0, 1)]
    assert [json.loads(text) for text in texts] == [{"x": 1}, {"y": 2}]


def test_calls_without_ids_get_short_ones() -> None:
    events = [
        call(function={"name": "f", "arguments": "{}"}),
        call(function={"name": "f", "arguments": "{}"}),
    ]

    fragments = calls(told([event(role="assistant"), *events, event(finish="stop")]))

    assert [it["index"] for it in fragments] == [0, 1]
    assert len({it["id"] for it in fragments}) == 2
    assert all(it["id"].startswith("call_") and len(it["id"]) <= 40 for it in fragments)


def test_numbers_in_arguments_keep_their_digits() -> None:
    data = json.dumps(call(id="a", function={"name": "f", "arguments": {"x": 0}})).replace(
        '"x": 0', '"x": 123456789012345678901234567890, "y": 1.10'
    )

    chunks = OpenAIStream(HIDING).feed("message", data.encode())

    arguments = calls([json.loads(chunks[0].body)])[0]["function"]["arguments"]
    assert arguments == '{"x": 123456789012345678901234567890, "y": 1.10}'


def test_a_call_without_arguments_has_an_empty_object() -> None:
    events = [event(role="assistant"), call(**opened(0, "a", "f")), event(finish="tool_calls")]

    chunks = told(events)

    assert calls(chunks)[1:] == [{"index": 0, "function": {"arguments": "{}"}}]
    assert finishes(chunks) == ["tool_calls"]


def test_other_fields_of_a_call_stay() -> None:
    given = opened(0, "", "f", "{}") | {"extra_content": {"google": {"thought_signature": "s"}}}

    assert calls(told([call(**given)]))[0]["extra_content"] == {"google": {"thought_signature": "s"}}


def test_functions_are_answered_as_functions() -> None:
    events = [
        event(role="assistant"),
        call(**opened(0, "a", "f")),
        call(index=0, function={"arguments": "{}"}),
    ]

    chunks = told([*events, event(finish="tool_calls")], Habits(has_functions=True))

    assert deltas(chunks) == [
        {"function_call": {"name": "f", "arguments": ""}},
        {"function_call": {"arguments": "{}"}},
    ]
    assert finishes(chunks) == ["function_call"]
