"""Google's streams as OpenAI chunks."""

import json

import pytest

from app.chat.usage import Usage
from app.providers.base import FailureKind, StreamFailure
from tests.providers.google_exchange import (
    Row,
    call,
    chat,
    deltas,
    exchange,
    fold,
    frame,
    shown,
    sse,
    streamed,
)

END = {"finish_reason": "stop"}
COUNTED = {"promptTokenCount": 3, "candidatesTokenCount": 2}


def test_a_text() -> None:
    request = chat(stream=True, stream_options={"include_usage": True})
    frames = [
        frame({"text": "Hel"}, usage={"promptTokenCount": 3}),
        frame({"text": "lo"}, finish="STOP", usage=COUNTED),
    ]

    chunks = shown(streamed(sse(*frames), request))

    same = {"id": "resp-1", "object": "chat.completion.chunk", "created": 0, "model": "gemini-3-flash-001"}
    told = [{"role": "assistant", "content": ""}, {"content": "Hel"}, {"content": "lo"}]
    assert chunks[:3] == [
        {**same, "choices": [{"index": 0, "delta": it, "finish_reason": None}], "usage": None} for it in told
    ]
    assert chunks[3]["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    assert (chunks[4]["choices"], chunks[4]["usage"]["total_tokens"]) == ([], 5)


def test_usage_is_hidden_where_the_client_did_not_ask() -> None:
    stream = exchange(chat(stream=True)).stream()

    chunks = stream.feed("message", json.dumps(frame({"text": "a"}, finish="STOP", usage=COUNTED)).encode())
    chunks += stream.end()

    assert all(b"usage" not in chunk.body for chunk in chunks)
    assert stream.usage == Usage(input_tokens=3, output_tokens=2)


def test_only_visible_things_count_as_tokens() -> None:
    chunks = streamed(sse(frame({"thought": True, "text": "hm"}), frame({"text": "abc"}, finish="STOP")))

    assert [(it.has_token, it.is_finish, it.output_characters) for it in chunks] == [
        (False, False, 0),
        (True, False, 2),
        (True, False, 3),
        (False, True, 0),
    ]


def test_a_call_ends_in_one_finish_reason_after_it() -> None:
    told = deltas(frame(call(id="fc", args={"a": 1})), frame(finish="STOP"))

    assert [next(iter(it)) for it in told] == [
        "role",
        "reasoning_details",
        "tool_calls",
        "tool_calls",
        "finish_reason",
    ]
    assert told[-1] == {"finish_reason": "tool_calls"}


def test_a_call_after_a_finish_reason_is_not_lost() -> None:
    told = deltas(frame({"text": "a"}, finish="STOP"), frame(call(id="fc")))

    assert told[-1] == {"finish_reason": "tool_calls"}


def test_calls_are_numbered_across_frames() -> None:
    told = deltas(frame(call(), call("get_time")), frame({"text": "x"}, call("f")), frame(finish="STOP"))

    opened = [it["tool_calls"][0] for it in told if "tool_calls" in it and "id" in it["tool_calls"][0]]
    assert [(it["index"], it["function"]["name"]) for it in opened] == [
        (0, "get_weather"),
        (1, "get_time"),
        (2, "f"),
    ]
    assert len({it["id"] for it in opened}) == 3


def test_parallel_calls_with_one_signature() -> None:
    told = deltas(frame(call(id="a", thoughtSignature="U0lH"), call(id="b")), frame(finish="STOP"))

    opened = [it["tool_calls"][0] for it in told if "tool_calls" in it and "id" in it["tool_calls"][0]]
    assert [it.get("extra_content") for it in opened] == [{"google": {"thought_signature": "U0lH"}}, None]


def test_a_signature_in_an_empty_last_part_is_kept() -> None:
    last = {"text": "", "thoughtSignature": "U0lH"}

    told = deltas(frame({"text": "a"}), frame(last, finish="STOP"))

    assert told[1:] == [
        {"content": "a"},
        {
            "reasoning_details": [
                {"index": 0, "type": "google.text", "model": "gemini-3-flash", "position": 1, "block": last}
            ]
        },
        END,
    ]


@pytest.mark.parametrize("content", [{}, {"content": {}}, {"content": None}], ids=str)
def test_a_finish_without_content(content: Row) -> None:
    last: Row = {"candidates": [{"index": 0, "finishReason": "STOP", **content}]}

    assert deltas(frame({"text": "a"}), last)[1:] == [{"content": "a"}, END]


def test_a_blocked_prompt() -> None:
    told = deltas({"promptFeedback": {"blockReason": "OTHER", "blockReasonMessage": "No."}})

    assert told == [
        {"role": "assistant", "content": ""},
        {"refusal": "No."},
        {"finish_reason": "content_filter"},
    ]


def test_choices_are_told_apart() -> None:
    frames = [
        frame({"text": "a"}),
        frame({"text": "b"}, index=1),
        frame(finish="STOP"),
        frame(finish="MAX_TOKENS", index=1),
    ]

    chunks = shown(streamed(sse(*frames), chat(stream=True, n=2)))

    told = [(it["choices"][0]["index"], it["choices"][0]["finish_reason"]) for it in chunks]
    assert told == [(0, None), (0, None), (1, None), (1, None), (0, "stop"), (1, "length")]


@pytest.mark.parametrize(
    ("frames", "is_complete"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param([frame({"text": "a"})], False, id="cut"),
        pytest.param([frame({"text": "a"}, finish="FINISH_REASON_UNSPECIFIED")], False, id="no reason"),
        pytest.param([frame({"text": "a"}, finish="STOP"), frame({"text": "b"}, index=1)], False, id="one"),
        pytest.param([frame({"text": "a"}, finish="STOP")], True, id="whole"),
    ],
)
def test_knows_whether_the_answer_is_whole(frames: list[Row], is_complete: bool) -> None:
    stream = exchange(chat(stream=True)).stream()

    for it in frames:
        stream.feed("message", json.dumps(it).encode())

    assert (stream.is_complete, stream.is_done, stream.continuation) == (is_complete, False, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"{",
        b"5",
        b"null",
        b'{"candidates":5}',
        b'{"a":"\xff"}',
        b'{"candidates":' + b"[" * 100_000,
    ],
    ids=["empty", "text", "cut", "number", "null", "bad candidates", "no UTF-8", "bomb"],
)
def test_an_event_without_sense_is_skipped(data: bytes) -> None:
    assert exchange(chat(stream=True)).stream().feed("message", data) == []


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        pytest.param(
            {"error": {"code": 503, "status": "UNAVAILABLE"}}, FailureKind.OVERLOADED, id="overloaded"
        ),
        pytest.param({"error": {"status": "RESOURCE_EXHAUSTED"}}, FailureKind.RATE_LIMITED, id="by its name"),
        pytest.param({"error": {"message": "x"}}, FailureKind.SERVER_ERROR, id="anything"),
        pytest.param(frame(finish="MALFORMED_FUNCTION_CALL"), FailureKind.MALFORMED, id="malformed call"),
    ],
)
def test_an_error_inside_a_stream_is_a_failure(event: Row, kind: FailureKind) -> None:
    stream = exchange(chat(stream=True)).stream()
    stream.feed("message", json.dumps(frame({"text": "a"})).encode())

    with pytest.raises(StreamFailure) as raised:
        stream.feed("message", json.dumps(event).encode())

    assert (raised.value.failure.kind, stream.is_complete) == (kind, False)


def test_a_long_answer_goes_on_in_another_stream() -> None:
    stream = exchange(chat(stream=True)).stream()
    pause = frame({"text": "a"}, call(id="x"), finish="CONTINUATION", usage=COUNTED, continuationToken="VDE=")
    more = frame({"text": "b"}, call(id="y"), finish="STOP", usage=COUNTED)

    chunks = stream.feed("message", json.dumps(pause).encode())
    going_on, was_complete = stream.continuation, stream.is_complete
    chunks += stream.feed("message", json.dumps({**more, "responseId": "resp-2"}).encode())
    after = stream.continuation
    chunks += stream.end()

    assert going_on is not None
    assert (json.loads(going_on.body)["continuationToken"], was_complete, after) == ("VDE=", False, None)
    folded = fold(shown(chunks))
    assert (folded["message"]["content"], folded["finish_reason"]) == ("ab", "tool_calls")
    assert [it["id"] for it in folded["message"]["tool_calls"]] == ["x", "y"]
    assert {it["id"] for it in shown(chunks)} == {"resp-1"}
    assert stream.usage == Usage(input_tokens=6, output_tokens=4)


def test_a_pause_that_leads_nowhere_is_a_length() -> None:
    pause = frame({"text": "a"}, finish="CONTINUATION", continuationToken="VDE=")
    stream = exchange(chat(stream=True)).stream()

    for _ in range(2):
        stream.feed("message", json.dumps(pause).encode())
    last = stream.end()

    assert (json.loads(last[-1].body)["choices"][0]["finish_reason"], stream.continuation) == ("length", None)
    assert stream.notes == ("finish_reason=CONTINUATION",)
