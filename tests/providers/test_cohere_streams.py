import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.usage import Usage
from app.providers.base import FailureKind, StreamDecoder, StreamFailure
from tests.providers.cohere_exchange import COHERE, answer, called, end, event, said, start, text, thinking
from tests.providers.exchanging import CALL, Row, deltas, folded, sse

OTHER = {**CALL, "id": "call_2", "function": {"name": "f", "arguments": ""}}
PAGE = {
    "start": 0,
    "end": 5,
    "text": "Hello",
    "sources": [{"type": "document", "document": {"url": "https://h"}}],
}
PLAIN = answer(
    content=[thinking("Hm, ü\u2028so."), text("Hello, 🌍 world")],
    tool_plan="I look.",
    tool_calls=[CALL, OTHER],
    citations=[{**PAGE, "content_index": 1}],
    finish_reason="TOOL_CALL",
)
STREAM = (
    start(),
    *said(0, "Hm, ü", "\u2028so.", kind="thinking"),
    *said(1, "Hello, ", "🌍 ", "world"),
    event("citation-start", 0, citations={**PAGE, "content_index": 1}),
    event("citation-end", 0),
    event("tool-plan-delta", tool_plan="I "),
    event("tool-plan-delta", tool_plan="look."),
    *called(0, CALL, '{"a"', ":1}"),
    *called(1, OTHER),
    end("TOOL_CALL"),
)
ASKING: Row = {"stream_options": {"include_usage": True}}


def decoder(**fields: Any) -> StreamDecoder:
    return COHERE.exchange(COHERE.chat(stream=True, **fields)).stream()


def fed(stream: StreamDecoder, *events: Row) -> list[bytes]:
    return [it.body for event in events for it in stream.feed("message", json.dumps(event).encode())]


def test_a_stream_adds_up_to_the_plain_answer() -> None:
    assert folded(COHERE.streamed(sse(*STREAM, is_named=True))) == COHERE.choice(PLAIN)


def test_calls_have_numbers_of_their_own_and_their_own_arguments() -> None:
    # Cohere counts blocks and calls alike; its first call may be any number.
    told = deltas(
        COHERE.streamed(sse(start(), *called(3, CALL, '{"a"', ":1}"), *called(4, OTHER), end("TOOL_CALL")))
    )

    assert [delta["tool_calls"][0] for delta in told[1:-1]] == [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a"'}},
        {"index": 0, "function": {"arguments": ":1}"}},
        {"index": 1, "id": "call_2", "type": "function", "function": {"name": "f", "arguments": ""}},
        {"index": 1, "function": {"arguments": "{}"}},
    ]
    assert told[-1] == {"finish_reason": "tool_calls"}


def test_a_plan_is_reasoning_and_its_calls_finish_the_answer() -> None:
    plan = event("tool-plan-delta", tool_plan="I look.")

    choice = folded(COHERE.streamed(sse(start(), plan, *called(0, CALL, "{}"), end("TOOL_CALL"))))

    assert choice["finish_reason"] == "tool_calls"
    assert (choice["message"]["reasoning_content"], choice["message"]["content"]) == ("I look.", None)


def test_functions_are_answered_with_the_first_call() -> None:
    stream = decoder(functions=[{"name": "look_up"}])

    bodies = fed(stream, start(), *called(0, CALL, "{}"), *called(1, OTHER, "{}"), end("TOOL_CALL"))

    told = [json.loads(body)["choices"][0] for body in bodies]
    assert [it["delta"].get("function_call") for it in told[1:-1]] == [
        {"name": "look_up", "arguments": ""},
        {"arguments": "{}"},
    ]
    assert (told[-1]["finish_reason"], stream.notes) == ("function_call", ("function_call=first_of_several",))


def test_usage_is_told_once_at_the_end() -> None:
    chunks = COHERE.streamed(sse(start(), *said(0, "A"), end()), **ASKING)

    assert [it["usage"] and it["choices"] for it in chunks] == [None, None, None, []]
    assert chunks[-1]["usage"]["total_tokens"] == 15


def test_usage_that_nobody_asked_for_is_kept_and_hidden() -> None:
    stream = decoder()

    bodies = fed(stream, start(), *said(0, "A"), end())

    assert not any(b"usage" in body for body in bodies)
    assert (stream.end(), stream.usage) == ([], Usage(10, 0, 5))


def test_logprobs_come_with_their_text() -> None:
    piece = event("content-delta", 0, content={"text": "A"}) | {"logprobs": {"text": "A", "logprobs": [-0.5]}}

    choice = folded(COHERE.streamed(sse(start(), piece, end()), logprobs=True))

    assert choice["logprobs"]["content"] == [
        {"token": "A", "logprob": -0.5, "bytes": [65], "top_logprobs": []}
    ]


@pytest.mark.parametrize(
    ("events", "is_done", "is_complete"),
    [
        pytest.param([start(), *said(0, "A")], False, False, id="cut"),
        pytest.param([start(), *said(0, "A"), end()], True, True, id="whole, without a marker"),
        pytest.param([start(), end()], True, True, id="empty"),
    ],
)
def test_knows_whether_the_answer_is_whole(events: list[Row], is_done: bool, is_complete: bool) -> None:
    stream = decoder()

    fed(stream, *events)

    assert (stream.is_done, stream.is_complete) == (is_done, is_complete)


def test_a_marker_alone_proves_nothing() -> None:
    stream = decoder()

    stream.feed("message", b"[DONE]")

    assert (stream.is_done, stream.is_complete) == (True, False)


def test_events_that_nobody_knows_are_skipped() -> None:
    stream = decoder()

    odd = [it for data in (b"{broken", b"5", b"\xff", b"{}", b'{"delta":5}') for it in stream.feed("", data)]
    debug = fed(stream, {"type": "debug", "prompt": "x"}, {"type": "tomorrow", "delta": {}})

    assert (odd, debug) == ([], [])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("message-end", end("ERROR", error="boom"), id="finish with words"),
        pytest.param("message-end", end("ERROR"), id="finish"),
        pytest.param("message-end", end("COMPLETE", error="boom"), id="words"),
        pytest.param("message", {"message": "internal server error"}, id="body"),
        pytest.param("error", {"message": "x"}, id="event"),
    ],
)
def test_an_error_inside_a_stream_is_a_failure(name: str, data: Row) -> None:
    with pytest.raises(StreamFailure) as failure:
        decoder().feed(name, json.dumps(data).encode())

    assert failure.value.failure.kind == FailureKind.SERVER_ERROR


_KINDS = (
    "content-delta",
    "content-start",
    "tool-call-start",
    "tool-call-delta",
    "tool-call-end",
    "message-end",
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "content", "tool_calls", "function", "text", "citations"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"type": st.sampled_from(_KINDS), "delta": _JSON}, optional={"index": _JSON}))
def test_any_event_gives_chunks_or_a_failure(native: Row) -> None:
    try:
        chunks = decoder().feed("message", json.dumps(native).encode())
    except StreamFailure:
        return

    assert all(json.loads(it.body)["object"] == "chat.completion.chunk" for it in chunks)
