import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.request import ChatRequest
from app.chat.usage import Usage
from app.providers.base import Chunk, FailureKind, StreamFailure
from app.providers.openai.answers import OpenAIStream


def chat(**fields: Any) -> ChatRequest:
    messages = [{"role": "user", "content": "Hi"}]
    return ChatRequest.parse(json.dumps({"model": "m", "messages": messages, **fields}).encode())


def streamed(**fields: Any) -> ChatRequest:
    return chat(stream=True, **fields)


def asking_for_usage() -> ChatRequest:
    return streamed(stream_options={"include_usage": True})


def delta(*, index: int = 0, finish: str | None = None, **words: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": words, "finish_reason": finish}]}


def encoded(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@pytest.mark.parametrize(
    ("words", "has_token", "characters"),
    [
        pytest.param({"role": "assistant", "content": ""}, False, 0, id="role"),
        pytest.param({"content": "Hé"}, True, 2, id="content"),
        pytest.param({"content": None, "reasoning_content": "abc"}, True, 3, id="reasoning_content"),
        pytest.param({"reasoning": "abc"}, True, 3, id="reasoning"),
        pytest.param({"refusal": "no"}, True, 2, id="refusal"),
        pytest.param(
            {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}, True, 2, id="tool call"
        ),
        pytest.param({"tool_calls": []}, False, 0, id="no tool call"),
        pytest.param({"function_call": {"arguments": "{"}}, True, 1, id="function call"),
        pytest.param({"audio": {"data": "AAA"}}, True, 0, id="audio"),
        pytest.param({"content": [{"type": "text", "text": "x"}]}, True, 0, id="list of parts"),
        pytest.param({}, False, 0, id="empty"),
        pytest.param({"unheard_of": 1}, False, 0, id="unknown"),
    ],
)
def test_knows_a_token_when_it_comes(words: dict[str, Any], has_token: bool, characters: int) -> None:
    data = encoded(delta(**words))

    chunks = OpenAIStream(streamed()).feed("message", data)

    assert chunks == [Chunk(data, has_token, False, characters)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"choices":[{"delta":null}]}', id="null delta"),
        pytest.param(b'{"choices":[{}]}', id="no delta"),
        pytest.param(b'{"choices":[],"prompt_filter_results":[]}', id="Azure's first chunk"),
        pytest.param(b'{"choices":[{"index":null,"delta":{"role":"assistant"}}]}', id="null index"),
        pytest.param(b'{"choices":[{"delta":{},"finish_reason":""}]}', id="empty finish reason"),
        pytest.param(b'{"choices":[],"error":null}', id="null error"),
    ],
)
def test_odd_chunks_pass(data: bytes) -> None:
    assert OpenAIStream(streamed()).feed("message", data) == [Chunk(data)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[1]", id="list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="no choices"),
        pytest.param(b'{"choices":5}', id="bad choices"),
        pytest.param(b'{"choices":[{"delta":"x"}]}', id="bad delta"),
        pytest.param(b'{"choices":[{"delta":{"content":"\xff"}}]}', id="no UTF-8"),
        pytest.param(b'{"choices":' + b"[" * 100_000, id="bomb"),
    ],
)
def test_an_event_without_sense_is_skipped(data: bytes) -> None:
    assert OpenAIStream(streamed()).feed("message", data) == []


def test_a_chunk_never_holds_a_line_break() -> None:
    data = b'{"choices":[\n{"delta":{"content":"a\\nb"}}\n]}'

    chunks = OpenAIStream(streamed()).feed("message", data)

    assert chunks[0].body == b'{"choices":[ {"delta":{"content":"a\\nb"}} ]}'


def test_usage_is_hidden_where_the_client_did_not_ask() -> None:
    stream = OpenAIStream(streamed())

    role = stream.feed("message", b'{"id":"x","choices":[{"delta":{"role":"assistant"}}],"usage":null}')
    text = stream.feed("message", b'{"choices":[{"delta":{"content":"\\u00e9"},"p":1.50}], "usage":null}')
    last = stream.feed("message", encoded({"choices": [], "usage": USAGE}))

    assert role[0].body == b'{"id":"x","choices":[{"delta":{"role":"assistant"}}]}'
    assert text[0].body == b'{"choices":[{"delta":{"content":"\\u00e9"},"p":1.50}]}'
    assert (last, stream.usage) == ([], Usage(10, 0, 5))


def test_usage_is_shown_as_it_is_where_the_client_asked() -> None:
    stream = OpenAIStream(asking_for_usage())
    events = [
        b'{"choices":[{"delta":{"content":"a"}}], "usage":null}',
        encoded({"choices": [], "usage": USAGE}),
    ]

    chunks = [chunk.body for data in events for chunk in stream.feed("message", data)]

    assert (chunks, stream.usage) == (events, Usage(10, 0, 5))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"choices": [{"delta": {}}], "usage": USAGE}, id="an empty choice"),
        pytest.param({"usage": USAGE}, id="no choices"),
        pytest.param({"choices": "none", "usage": USAGE}, id="bad choices"),
    ],
)
def test_usage_in_an_odd_chunk_is_kept_and_hidden(event: dict[str, Any]) -> None:
    stream = OpenAIStream(streamed())

    chunks = stream.feed("message", encoded(event))

    assert (chunks, stream.usage) == ([], Usage(10, 0, 5))


def test_usage_without_choices_is_shown_with_an_empty_list() -> None:
    chunks = OpenAIStream(asking_for_usage()).feed("message", encoded({"usage": USAGE}))

    assert json.loads(chunks[0].body) == {"usage": USAGE, "choices": []}


def test_the_last_usage_counts_wherever_it_comes() -> None:
    stream = OpenAIStream(streamed())

    chunks = stream.feed("message", encoded({**delta(content="a"), "usage": {"completion_tokens": 1}}))
    chunks += stream.feed("message", encoded({**delta(finish="stop"), "x_groq": {"usage": USAGE}}))
    stream.feed("message", b"[DONE]")
    after = stream.feed("message", encoded({"choices": [], "usage": {**USAGE, "completion_tokens": 7}}))

    assert json.loads(chunks[0].body) == delta(content="a")
    assert (after, stream.usage) == ([], Usage(10, 0, 7))


def test_half_a_character_is_shown_as_it_is() -> None:
    stream = OpenAIStream(streamed())
    first = b'{"choices":[{"delta":{"content":"\\ud83d"}}],"usage":null}'

    chunks = stream.feed("message", first)

    assert chunks == [Chunk(b'{"choices":[{"delta":{"content":"\\ud83d"}}]}', True, False, 1)]


def test_a_stream_is_complete_with_its_finish_reason() -> None:
    stream = OpenAIStream(streamed())
    stream.feed("message", encoded(delta(content="a")))
    before = stream.is_complete

    chunks = stream.feed("message", encoded(delta(finish="stop")))

    assert (before, chunks[0].is_finish, stream.is_complete, stream.is_done) == (False, True, True, False)
    assert stream.end() == []


@pytest.mark.parametrize(
    ("n", "events", "is_done", "is_complete"),
    [
        pytest.param(1, [], True, False, id="done alone"),
        pytest.param(1, [delta(content="a")], True, False, id="done without a finish reason"),
        pytest.param(1, [delta(content="a", finish="length")], False, True, id="finish with content"),
        pytest.param(2, [delta(finish="stop")], False, False, id="one of two, cut"),
        pytest.param(2, [delta(finish="stop")], True, True, id="a server that ignores n"),
        pytest.param(
            2, [delta(index=1, content="b"), delta(finish="stop")], True, False, id="second never ended"
        ),
        pytest.param(2, [delta(finish="stop"), delta(index=1, finish="stop")], False, True, id="both"),
    ],
)
def test_knows_whether_the_answer_is_whole(
    n: int, events: list[dict[str, Any]], is_done: bool, is_complete: bool
) -> None:
    stream = OpenAIStream(streamed(n=n))

    for event in events:
        stream.feed("message", encoded(event))
    if is_done:
        assert stream.feed("message", b" [DONE] ") == []

    assert (stream.is_done, stream.is_complete) == (is_done, is_complete)


@pytest.mark.parametrize(
    ("event", "data", "kind"),
    [
        pytest.param(
            "message", b'{"error":{"message":"x","type":"server_error"}}', "server_error", id="frame"
        ),
        pytest.param("error", b'{"message":"x","code":"rate_limit_exceeded"}', "rate_limited", id="event"),
        pytest.param("error", b"boom", "server_error", id="text"),
        pytest.param("message", b'{"error":{"code":503},"choices":[]}', "overloaded", id="OpenRouter"),
        pytest.param("message", b'{"object":"error","code":400,"message":"x"}', "bad_request", id="vLLM"),
        pytest.param("message", b'{"error":{"type":"overloaded_error"},"choices":5}', "overloaded", id="odd"),
        pytest.param(
            "message", encoded(delta(finish="insufficient_system_resource")), "overloaded", id="DeepSeek"
        ),
        pytest.param("message", encoded(delta(finish="error")), "server_error", id="finish reason error"),
    ],
)
def test_an_error_inside_a_stream_is_a_failure(event: str, data: bytes, kind: str) -> None:
    with pytest.raises(StreamFailure) as failure:
        OpenAIStream(streamed()).feed(event, data)

    assert failure.value.failure.kind == FailureKind(kind)
    assert not OpenAIStream(streamed()).is_complete


@given(st.binary(max_size=100))
def test_any_event_gives_chunks_or_a_failure(data: bytes) -> None:
    try:
        chunks = OpenAIStream(streamed()).feed("message", data)
    except StreamFailure:
        return

    assert len(chunks) <= 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["index", "delta", "content", "finish_reason", "usage"]), inner)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({"choices": _JSON}, optional={"usage": _JSON, "x_groq": _JSON, "error": _JSON}))
def test_any_json_gives_chunks_without_usage_or_a_failure(event: dict[str, Any]) -> None:
    stream = OpenAIStream(streamed())

    try:
        chunks = stream.feed("message", json.dumps(event).encode())
    except StreamFailure:
        return

    assert all("usage" not in json.loads(chunk.body) for chunk in chunks)
