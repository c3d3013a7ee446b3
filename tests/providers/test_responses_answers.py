"""What the Responses route answers, plain and streamed, as a chat completion."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import FailureKind, StreamFailure
from tests.providers.responding import (
    CUSTOM_TOOL,
    TOOL,
    custom_call,
    events_of,
    folded,
    function_call,
    message,
    plain,
    reasoning,
    response,
    streamed,
    text,
    translated,
)

Json = dict[str, Any]

CITATION = {"type": "url_citation", "start_index": 1, "end_index": 3, "title": "t", "url": "https://x"}
SEARCH = {
    "id": "ws_1",
    "type": "web_search_call",
    "status": "completed",
    "action": {"type": "search", "query": "q"},
}

ANSWERS: dict[str, list[Json]] = {
    "text": [message(text("Grüße 👋"))],
    "refusal": [message({"type": "refusal", "refusal": "I won't"})],
    "reasoning and text": [reasoning("First", "Then"), message(text("Hi"))],
    "two thoughts": [reasoning("One", number=0), reasoning("Two", number=1), message(text("Hi"))],
    "parallel calls": [
        reasoning(),
        function_call("a", "f", '{"x":1}'),
        function_call("b", "f", ""),
    ],
    "text and a call": [reasoning(), message(text("Well")), function_call("a", "f", "{}")],
    "a custom tool": [reasoning(), custom_call("a", "c", 'say "hü👋"\n')],
    "search with citations": [
        SEARCH,
        message(text("ab"), number=1),
        message(text("cdef", annotations=[CITATION]), number=2),
    ],
    "nothing": [message(text(""))],
}
each_answer = pytest.mark.parametrize("output", list(ANSWERS.values()), ids=list(ANSWERS))


def exchange() -> Any:
    return translated(tools=[TOOL, CUSTOM_TOOL])


@each_answer
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_chunks_add_up_to_the_plain_answer(output: list[Json], size: int) -> None:
    whole = response(output)
    expected = plain(exchange(), whole)[1]["choices"][0]

    stream, chunks = streamed(exchange(), events_of(whole, size))

    assert folded(chunks) == {**expected["message"], "finish_reason": expected["finish_reason"]}
    assert stream.is_complete
    assert stream.usage == Usage(20, 8, 9, 4, 5)


@each_answer
def test_a_stream_without_deltas_tells_the_same(output: list[Json]) -> None:
    whole = response(output)
    expected = plain(exchange(), whole)[1]["choices"][0]["message"]
    events = [it for it in events_of(whole) if "delta" not in it["type"]]

    message_of_stream = folded(streamed(exchange(), events)[1])

    message_of_stream.pop("finish_reason")
    assert message_of_stream == expected


def test_a_plain_answer_has_everything() -> None:
    output = [reasoning("First", "Then"), message(text("Well")), function_call("a", "f", '{"x":1}')]

    answer, decoded = plain(exchange(), response(output, service_tier="default"))

    choice = decoded["choices"][0]
    details = [
        {"type": "openai.reasoning", "model": "gpt-5.5", "position": 0, "block": output[0], "call_id": "a"}
    ]
    assert (decoded["id"], decoded["model"], decoded["service_tier"]) == (
        "resp_1",
        "gpt-5.5-2026-04-23",
        "default",
    )
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant",
        "content": "Well",
        "refusal": None,
        "reasoning_content": "First\n\nThen",
        "reasoning_details": details,
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}],
    }
    assert decoded["usage"] == {
        "prompt_tokens": 20,
        "completion_tokens": 9,
        "total_tokens": 29,
        "prompt_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    assert answer.usage == Usage(20, 8, 9, 4, 5)


def test_calls_are_numbered_by_themselves() -> None:
    output = [reasoning(), message(text("x")), function_call("a", "f", "{}"), function_call("b", "f", "{}")]

    chunks = streamed(exchange(), events_of(response(output)))[1]

    fragments = [
        (it["index"], it.get("id"))
        for chunk in chunks
        for choice in json.loads(chunk.body)["choices"]
        for it in choice["delta"].get("tool_calls", [])
        if "id" in it
    ]
    assert fragments == [(0, "a"), (1, "b")]


def test_a_stream_begins_with_its_role_and_ends_with_its_usage() -> None:
    asked = translated(stream=True, stream_options={"include_usage": True})

    chunks = [json.loads(it.body) for it in streamed(asked, events_of(response([message(text("Hi"))])))[1]]

    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert (chunks[-1]["choices"], chunks[-1]["usage"]["total_tokens"]) == ([], 29)
    assert all(it["usage"] is None for it in chunks[:-1])
    assert len({it["id"] for it in chunks}) == 1


@pytest.mark.parametrize(
    ("details", "finish", "notes"),
    [
        ({"reason": "max_output_tokens"}, "length", ()),
        ({"reason": "content_filter"}, "content_filter", ()),
        ({"reason": "steered"}, "stop", ("finish_reason=steered",)),
    ],
)
def test_an_answer_that_was_cut_says_why(details: Json, finish: str, notes: tuple[str, ...]) -> None:
    whole = response([function_call("a", "f", '{"x')], status="incomplete", incomplete_details=details)

    answer, decoded = plain(exchange(), whole)
    stream, chunks = streamed(exchange(), events_of(whole))

    expected = "tool_calls" if finish == "stop" else finish
    assert decoded["choices"][0]["finish_reason"] == folded(chunks)["finish_reason"] == expected
    assert (answer.notes, stream.notes) == (notes, notes)
    assert decoded["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] == '{"x'


def test_reasoning_belongs_to_the_call_that_follows() -> None:
    output = [reasoning(number=0), function_call("a", "f", "{}"), reasoning(number=2), message(text("x"))]

    stream = streamed(exchange(), events_of(response(output)))[0]

    assert [(it.position, it.call_id) for it in stream.details] == [(0, "a"), (2, None)]
    assert [json.loads(bytes(it.block)) for it in stream.details] == [output[0], output[2]]


def test_reasoning_that_is_not_sealed_is_only_shown() -> None:
    answer, decoded = plain(exchange(), response([reasoning("Hm", sealed=None), message(text("x"))]))

    assert (answer.details, decoded["choices"][0]["message"]["reasoning_content"]) == ((), "Hm")


def test_what_a_tool_of_the_server_did_is_kept_apart() -> None:
    decoded = plain(exchange(), response(ANSWERS["search with citations"]))[1]["choices"][0]

    cited = {"start_index": 3, "end_index": 5, "title": "t", "url": "https://x"}
    assert decoded["message"]["annotations"] == [{"type": "url_citation", "url_citation": cited}]
    assert decoded["message"]["reasoning_details"][0]["type"] == "openai.web_search_call"
    assert (decoded["finish_reason"], "tool_calls" in decoded["message"]) == ("stop", False)


def test_the_state_of_an_answer_goes_back_byte_for_byte() -> None:
    output = [reasoning("Hm"), message(text("Well")), function_call("a", "f", "{}")]
    decoded = plain(exchange(), response(output))[1]["choices"][0]["message"]
    result = {"role": "tool", "tool_call_id": "a", "content": "y"}

    sent = json.loads(translated(messages=[{"role": "user", "content": "Hi"}, decoded, result]).request.body)

    assert sent["input"][1] == output[0]
    assert [it.get("type", it.get("role")) for it in sent["input"]] == [
        "user",
        "reasoning",
        "assistant",
        "function_call",
        "function_call_output",
    ]


def test_log_probabilities_are_told() -> None:
    entry = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}
    asked = translated(model="gpt-4o", tools=None, web_search_options={}, logprobs=True)

    decoded = plain(asked, response([message(text("Hi", logprobs=[entry]))]))[1]

    assert decoded["choices"][0]["logprobs"] == {"content": [entry], "refusal": None}


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_stop_sequence_is_seen_to_by_the_gateway(size: int) -> None:
    whole = response([message(text("one END two"))])
    asked = translated(stop=["END"])

    shown = folded(streamed(asked, events_of(whole, size))[1])

    assert (shown["content"], shown["finish_reason"]) == ("one ", "stop")
    assert plain(asked, whole)[1]["choices"][0]["message"]["content"] == "one "
    assert "stop" not in json.loads(asked.request.body)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("server_error", FailureKind.SERVER_ERROR),
        ("rate_limit_exceeded", FailureKind.RATE_LIMITED),
        ("invalid_prompt", FailureKind.CONTENT_POLICY),
        ("image_content_policy_violation", FailureKind.CONTENT_POLICY),
        ("invalid_base64_image", FailureKind.BAD_REQUEST),
    ],
)
def test_a_response_that_failed_is_a_failure(code: str, kind: FailureKind) -> None:
    whole = response([], status="failed", error={"code": code, "message": "x"})

    with pytest.raises(StreamFailure) as of_plain:
        plain(exchange(), whole)
    with pytest.raises(StreamFailure) as of_stream:
        streamed(exchange(), events_of(whole))

    assert of_plain.value.failure == of_stream.value.failure
    assert of_plain.value.failure.kind is kind


def test_an_error_event_is_a_failure() -> None:
    event = {
        "type": "error",
        "code": "server_is_overloaded",
        "message": "x",
        "param": None,
        "sequence_number": 1,
    }

    with pytest.raises(StreamFailure) as failure:
        streamed(exchange(), [event])

    assert failure.value.failure.kind is FailureKind.OVERLOADED


def test_a_stream_that_breaks_off_is_not_complete() -> None:
    stream, _ = streamed(exchange(), events_of(response([message(text("Hi"))]))[:-1])

    assert (stream.is_complete, stream.is_done) == (False, False)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"id":"x","status":"queued","output":[]}', b"[]"])
def test_what_is_no_response_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        exchange().decode(body)


@given(st.binary(max_size=60))
def test_any_event_gives_chunks_or_a_failure(data: bytes) -> None:
    assert exchange().stream().feed("message", data) == []
