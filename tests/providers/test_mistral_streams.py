import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.usage import Usage
from app.providers.base import FailureKind, StreamDecoder, StreamFailure
from tests.providers.exchanging import Row, deltas, folded, sse
from tests.providers.mistral_exchange import MISTRAL, USAGE, chunk, message, text, thinking

ROLE: Row = {"role": "assistant", "content": ""}
CALL = {"id": "abcdefghi", "function": {"name": "look_up", "arguments": '{"a": 1}'}}

PLAIN = message(
    content=[thinking("Hm, ü\u2028so.", closed=True, signature="s"), text("Hello, 🌍 world")],
    tool_calls=[CALL, {**CALL, "id": "bcdefghij", "function": {"name": "f", "arguments": {}}}],
    finish_reason="tool_calls",
)
STREAM = (
    chunk(**ROLE),
    chunk(content=[thinking("Hm, ü")]),
    chunk(content=[thinking("\u2028so.", closed=True, signature="s"), text("Hello, ")]),
    chunk(role="assistant", content="🌍 "),
    chunk(content="world"),
    chunk(
        "tool_calls",
        usage=USAGE,
        content="",
        tool_calls=[CALL, {**CALL, "id": "bcdefghij", "function": {"name": "f", "arguments": {}}}],
    ),
)
ASKING: Row = {"stream_options": {"include_usage": True}}


def decoder(**fields: Any) -> StreamDecoder:
    return MISTRAL.exchange(MISTRAL.chat(stream=True, **fields)).stream()


def fed(stream: StreamDecoder, *events: Row) -> list[bytes]:
    return [it.body for event in events for it in stream.feed("message", json.dumps(event).encode())]


def test_a_stream_adds_up_to_the_plain_answer() -> None:
    assert folded(MISTRAL.streamed(sse(*STREAM))) == MISTRAL.choice(PLAIN)


def test_thoughts_and_text_in_one_list_are_told_apart() -> None:
    told = deltas(
        MISTRAL.streamed(
            sse(
                chunk(**ROLE),
                chunk(content=[thinking("Hm")]),
                chunk(content=[thinking(".", closed=True), text("A")]),
                chunk(content="B"),
                chunk("stop", content=""),
            )
        )
    )

    assert told == [
        ROLE,
        {"reasoning_content": "Hm"},
        {"reasoning_content": "."},
        {"content": "A"},
        {"content": "B"},
        {
            "reasoning_details": [
                {
                    "index": 0,
                    "type": "mistral.thinking",
                    "model": "m",
                    "position": 0,
                    "block": thinking("Hm.", closed=True),
                }
            ]
        },
        {"finish_reason": "stop"},
    ]


def test_whole_calls_get_numbers_of_their_own() -> None:
    calls = [
        {**CALL, "index": 0},
        {**CALL, "id": "bcdefghij", "index": 0, "function": {"name": "f", "arguments": ""}},
    ]

    told = deltas(MISTRAL.streamed(sse(chunk(tool_calls=calls), chunk("tool_calls"))))

    opened = [delta["tool_calls"][0] for delta in told[1:-1]]
    assert opened == [
        {"index": 0, "id": "abcdefghi", "type": "function", "function": {"name": "look_up", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a": 1}'}},
        {"index": 1, "id": "bcdefghij", "type": "function", "function": {"name": "f", "arguments": ""}},
        {"index": 1, "function": {"arguments": "{}"}},
    ]
    assert told[-1] == {"finish_reason": "tool_calls"}


def test_a_fragment_without_a_name_continues_its_call() -> None:
    first = {**CALL, "function": {"name": "look_up", "arguments": '{"a"'}}
    more = {"id": "null", "function": {"name": "", "arguments": ": 1}"}}

    choice = folded(MISTRAL.streamed(sse(chunk(tool_calls=[first]), chunk(tool_calls=[more]), chunk("stop"))))

    assert choice["message"]["tool_calls"][0]["function"]["arguments"] == '{"a": 1}'


def test_usage_beside_the_finish_is_told_after_it_and_once() -> None:
    chunks = MISTRAL.streamed(sse(chunk(content="A"), chunk("stop", usage=USAGE)), **ASKING)

    assert [it["usage"] and it["choices"] for it in chunks] == [None, None, None, []]
    assert chunks[-1]["usage"]["total_tokens"] == 15


def test_usage_that_nobody_asked_for_is_kept_and_hidden() -> None:
    stream = decoder()

    bodies = fed(stream, chunk(content="A"), chunk("stop", usage=USAGE))

    assert not any(b"usage" in body for body in bodies)
    assert (stream.end(), stream.usage) == ([], Usage(10, 0, 5))


def test_every_chunk_names_the_same_answer() -> None:
    chunks = MISTRAL.streamed(sse(*STREAM), **ASKING)

    assert {(it["id"], it["model"], it["object"]) for it in chunks} == {("m-1", "m", "chat.completion.chunk")}


def test_choices_are_told_apart() -> None:
    second = chunk("stop", content="B")
    second["choices"][0]["index"] = 1

    chunks = MISTRAL.streamed(sse(chunk(content="A"), second, chunk("length")), n=2)

    assert [folded(chunks, index)["message"]["content"] for index in (0, 1)] == ["A", "B"]
    assert [folded(chunks, index)["finish_reason"] for index in (0, 1)] == ["length", "stop"]


def test_logprobs_come_with_their_text() -> None:
    token = {"token": "A", "logprob": -0.5, "bytes": [65]}
    first = chunk(content="A")
    first["choices"][0]["logprobs"] = {"content": [{**token, "token_id": 5, "top_logprobs": []}]}

    choice = folded(MISTRAL.streamed(sse(first, chunk("stop")), logprobs=True))

    assert choice["logprobs"]["content"] == [{**token, "top_logprobs": []}]


@pytest.mark.parametrize(
    ("events", "is_done", "is_complete"),
    [
        pytest.param([], True, False, id="done alone"),
        pytest.param([chunk(content="A")], True, False, id="done without a finish reason"),
        pytest.param([chunk("stop", content="A")], False, True, id="finish without done"),
    ],
)
def test_knows_whether_the_answer_is_whole(events: list[Row], is_done: bool, is_complete: bool) -> None:
    stream = decoder()

    fed(stream, *events)
    if is_done:
        stream.feed("message", b"[DONE]")

    assert (stream.is_complete, stream.is_done) == (is_complete, is_done)


def test_an_event_that_makes_no_sense_is_skipped() -> None:
    stream = decoder()

    chunks = [
        it
        for data in (b"{broken", b"5", b"\xff", b'{"choices":[{"delta":5}]}')
        for it in stream.feed("", data)
    ]

    assert chunks == []
    assert fed(stream, chunk("stop", content="A"))[-1].endswith(b'"finish_reason":"stop"}]}')


@pytest.mark.parametrize(
    ("event", "data", "kind"),
    [
        pytest.param("message", chunk("error", content=""), "server_error", id="finish reason"),
        pytest.param(
            "message", {"object": "error", "message": "x", "code": "1300"}, "rate_limited", id="object"
        ),
        pytest.param("message", {"error": {"message": "x", "code": 429}}, "rate_limited", id="frame"),
        pytest.param("error", {"message": "x"}, "server_error", id="event"),
    ],
)
def test_an_error_inside_a_stream_is_a_failure(event: str, data: Row, kind: str) -> None:
    with pytest.raises(StreamFailure) as failure:
        decoder().feed(event, json.dumps(data).encode())

    assert failure.value.failure.kind == FailureKind(kind)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["index", "delta", "content", "finish_reason", "tool_calls", "function", "type"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"choices": _JSON}, optional={"usage": _JSON, "error": _JSON}))
def test_any_event_gives_chunks_or_a_failure(event: Row) -> None:
    try:
        chunks = decoder().feed("message", json.dumps(event).encode())
    except StreamFailure:
        return

    assert all(json.loads(it.body)["object"] == "chat.completion.chunk" for it in chunks)
