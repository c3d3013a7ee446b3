"""What compatible servers stream otherwise than OpenAI, put right."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.usage import Usage
from app.providers.openai.habits import Habits
from app.providers.openai.stream import OpenAIStream
from app.upstream.sse import SseParser
from tests.providers.streaming import (
    FRAME,
    HIDING,
    SHOWING,
    USAGE,
    Json,
    call,
    checked,
    chunks_of,
    deltas,
    encoded,
    event,
    finishes,
    opened,
    roles,
    told,
)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([event(content="a"), event(content="b")], id="no role at all"),
        pytest.param(
            [event(role="assistant", content="a"), event(role="assistant", content="b")], id="in each chunk"
        ),
    ],
)
def test_the_role_comes_once_and_first(events: list[Json]) -> None:
    chunks = told([*events, event(finish="stop")])

    assert roles(chunks) == ["assistant"]
    assert "role" in chunks[0]["choices"][0]["delta"]
    assert "".join(it["content"] for it in deltas(chunks)) == "ab"


def test_a_finish_reason_in_every_chunk_is_told_once_at_the_end() -> None:
    events = [event(finish="stop", role="assistant", content=""), event(finish="stop", content="a")]

    chunks = told([*events, event(finish="stop", content="b"), event(finish="stop")])

    assert [it["choices"][0]["finish_reason"] for it in chunks] == [None, None, None, "stop"]
    assert "".join(it.get("content", "") for it in deltas(chunks)) == "ab"


def test_a_finish_reason_that_words_follow_proves_nothing() -> None:
    stream = OpenAIStream(HIDING)
    for it in [event(finish="stop", role="assistant"), event(finish="stop", content="a")]:
        stream.feed("message", encoded(it))
    was_complete = stream.is_complete

    stream.feed("message", b"[DONE]")

    assert (was_complete, stream.is_complete) == (False, True)


def test_words_come_before_the_finish_reason_beside_them() -> None:
    chunks = told([event(role="assistant", content=""), event(finish="length", content="a")])

    assert [(it["choices"][0]["delta"], it["choices"][0]["finish_reason"]) for it in chunks[1:]] == [
        ({"content": "a"}, None),
        ({}, "length"),
    ]


def test_a_finish_reason_beside_words_ends_a_stream_without_done() -> None:
    stream = OpenAIStream(HIDING)
    events = [event(role="assistant", content=""), event(finish="stop", content="a")]
    chunks = [chunk for it in events for chunk in stream.feed("message", encoded(it))]

    assert stream.is_complete
    assert [chunk.is_finish for chunk in [*chunks, *stream.end()]] == [False, False, True]


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        ("eos", "stop"),
        ("end_turn", "stop"),
        ("", "stop"),
        ("model_length", "length"),
        ("brand_new", "brand_new"),
    ],
)
def test_finish_reasons_are_told_by_their_usual_names(native: str, expected: str) -> None:
    stream = OpenAIStream(HIDING)
    events = [event(role="assistant", content="a"), event(finish=native)]
    chunks = [chunk for it in events for chunk in stream.feed("message", encoded(it))]
    chunks += stream.feed("message", b"[DONE]")

    assert finishes([json.loads(chunk.body) for chunk in chunks]) == [expected]
    assert stream.is_complete


@pytest.mark.parametrize("native", ["stop", "tool_calls", "function_call", "tool_use"])
def test_calls_are_told_in_the_finish_reason(native: str) -> None:
    events = [event(role="assistant"), call(**opened(0, "c0", "f", "{}")), event(finish=native)]

    assert finishes(told(events)) == ["tool_calls"]


def test_azures_first_chunk_without_choices_is_no_beginning() -> None:
    first = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": []}

    chunks = told([first, event(role="assistant", content="a"), event(finish="stop")])

    assert [len(it["choices"]) for it in chunks] == [1, 1]
    assert chunks[0]["id"] == "c1"


@pytest.mark.parametrize(
    "choice",
    [
        pytest.param({"index": 0}, id="no delta"),
        pytest.param({"index": 0, "delta": None}, id="null delta"),
        pytest.param({"index": None, "delta": {"content": None}}, id="null content"),
        pytest.param({"delta": {"role": "assistant", "tool_calls": []}}, id="no tool call"),
    ],
)
def test_what_says_nothing_is_nothing(choice: Json) -> None:
    chunks = told([event(role="assistant", content=""), {**FRAME, "choices": [choice]}, event(finish="stop")])

    assert [it["choices"][0]["delta"] for it in chunks] == [{"role": "assistant", "content": ""}, {}]


def test_reasoning_goes_by_its_usual_name() -> None:
    events = [event(role="assistant", content=None, reasoning="Hm"), event(content="a", reasoning=None)]

    chunks = chunks_of([*events, event(finish="stop")], HIDING)

    assert checked(chunks[0])["choices"][0]["delta"] == {
        "role": "assistant",
        "content": None,
        "reasoning_content": "Hm",
    }
    assert (chunks[0].has_token, chunks[0].output_characters) == (True, 2)


def test_content_is_a_text() -> None:
    parts: list[Json] = [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
        {"type": "reference", "ids": [1]},
    ]

    assert deltas(told([event(role="assistant", content=parts), event(finish="stop")])) == [{"content": "ab"}]


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(
            [
                {**event(role="assistant", content="a"), "usage": {**USAGE, "completion_tokens": 1}},
                {**event(finish="stop"), "usage": USAGE},
            ],
            id="in every chunk",
        ),
        pytest.param(
            [event(role="assistant", content="a"), event(finish="stop") | {"x_groq": {"usage": USAGE}}],
            id="Groq",
        ),
        pytest.param(
            [
                event(role="assistant", content="a"),
                event(finish="stop"),
                {**FRAME, "choices": [{"index": 0, "delta": {}}], "usage": USAGE},
            ],
            id="an empty choice",
        ),
        pytest.param(
            [event(role="assistant", content="a"), event(finish="stop"), {"usage": USAGE}], id="no choices"
        ),
        pytest.param(
            [
                event(role="assistant", content="a"),
                {**FRAME, "choices": [], "usage": USAGE},
                event(finish="stop"),
            ],
            id="before the finish reason",
        ),
        pytest.param(
            [event(role="assistant"), {**event(finish="stop", content="a"), "usage": USAGE}],
            id="beside words and finish reason",
        ),
    ],
)
def test_usage_comes_once_and_last(events: list[Json]) -> None:
    shown, hidden = told(events, SHOWING), told(events)

    assert [it["usage"] for it in shown[:-1]] == [None] * (len(shown) - 1)
    assert (shown[-1]["choices"], shown[-1]["usage"], shown[-1]["id"]) == ([], USAGE, "c1")
    assert finishes(shown) == finishes(hidden) == ["stop"]
    assert all("usage" not in it for it in hidden)
    assert deltas(shown) == deltas(hidden) == [{"content": "a"}]


def test_usage_after_done_counts() -> None:
    stream = OpenAIStream(SHOWING)
    for it in [event(role="assistant", content="a"), event(finish="stop")]:
        stream.feed("message", encoded(it))
    stream.feed("message", b"[DONE]")
    after = stream.feed("message", json.dumps({**FRAME, "choices": [], "usage": USAGE}).encode())

    assert (after, stream.usage) == ([], Usage(10, 0, 5))
    assert json.loads(stream.end()[0].body)["usage"] == USAGE


def test_one_id_and_every_field_of_the_frame() -> None:
    events: list[Json] = [
        {"choices": [{"delta": {"content": "a"}}]},
        {"id": "x", "choices": [{"delta": {"content": "b"}}]},
    ]

    chunks = told([*events, event(finish="stop") | {"id": "y"}])

    assert len({it["id"] for it in chunks}) == 1
    assert chunks[0]["id"].startswith("chatcmpl-")


def test_reasoning_that_must_come_back_is_kept_with_its_calls() -> None:
    stream = OpenAIStream(Habits(keeps_reasoning="deepseek-v4"))
    events = [
        event(role="assistant", reasoning_content="Let "),
        event(reasoning_content="me see"),
        call(**opened(0, "a", "f", "{}")),
        call(**opened(1, "b", "f", "{}")),
    ]
    for it in events:
        stream.feed("message", encoded(it))

    assert [(it.type, it.model, it.call_id) for it in stream.details] == [
        ("custom.reasoning_content", "deepseek-v4", "a"),
        ("custom.reasoning_content", "deepseek-v4", "b"),
    ]
    assert {bytes(it.block) for it in stream.details} == {b'"Let me see"'}


@given(st.integers(min_value=1, max_value=40), st.booleans())
def test_any_split_of_the_bytes_gives_the_same_chunks(size: int, has_carriage_returns: bool) -> None:
    events = [
        event(content="é", reasoning="ü"),
        call(id="a", function={"name": "f", "arguments": {"x": "ß"}}),
        event(finish="stop", content="€"),
    ]
    line = "\r\n" if has_carriage_returns else "\n"
    frames = [f"data: {json.dumps(it, ensure_ascii=False)}{line}{line}" for it in events]
    raw = ("\ufeff: ping" + line + line + "".join(frames) + f"data: [DONE]{line}{line}").encode()
    stream, parser = OpenAIStream(HIDING), SseParser(10**6)

    found = [it for at in range(0, len(raw), size) for it in parser.feed(raw[at : at + size])] + parser.end()
    chunks = [chunk for it in found for chunk in stream.feed(it.event, it.data)] + stream.end()

    assert [json.loads(chunk.body) for chunk in chunks] == told(events)
