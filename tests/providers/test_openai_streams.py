import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.usage import Usage
from app.providers.base import Chunk, FailureKind, StreamFailure
from app.providers.openai.habits import Habits
from app.providers.openai.stream import OpenAIStream

FRAME = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
HIDING = Habits()
SHOWING = Habits(shows_usage=True)


def delta(*, index: int = 0, finish: str | None = None, **words: Any) -> dict[str, Any]:
    return {**FRAME, "choices": [{"index": index, "delta": words, "finish_reason": finish}]}


def encoded(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def begun(habits: Habits = HIDING) -> OpenAIStream:
    """A stream whose first chunk is over."""
    stream = OpenAIStream(habits)
    stream.feed("message", encoded(delta(role="assistant", content="")))
    return stream


USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@pytest.mark.parametrize(
    ("words", "has_token", "characters"),
    [
        pytest.param({"content": "Hé"}, True, 2, id="content"),
        pytest.param({"content": None, "reasoning_content": "abc"}, True, 3, id="reasoning_content"),
        pytest.param({"refusal": "no"}, True, 2, id="refusal"),
        pytest.param(
            {
                "tool_calls": [
                    {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ]
            },
            True,
            2,
            id="tool call",
        ),
        pytest.param({"function_call": {"arguments": "{"}}, True, 1, id="function call"),
        pytest.param({"audio": {"data": "AAA"}}, True, 0, id="audio"),
        pytest.param({}, False, 0, id="empty"),
        pytest.param({"unheard_of": 1}, False, 0, id="unknown"),
    ],
)
def test_knows_a_token_when_it_comes(words: dict[str, Any], has_token: bool, characters: int) -> None:
    data = encoded(delta(**words))

    chunks = begun().feed("message", data)

    assert chunks == [Chunk(data, has_token, False, characters)]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(
            {**FRAME, "choices": [], "moderation": {"input": {}}}, id="one that says something else"
        ),
        pytest.param({**delta(), "error": None}, id="null error"),
        pytest.param(delta(content=None), id="null content"),
        pytest.param({**delta(content="a"), "obfuscation": "xyz", "new": 1.50}, id="unknown fields"),
    ],
)
def test_chunks_of_openai_pass(event: dict[str, Any]) -> None:
    data = encoded(event)

    assert [chunk.body for chunk in begun().feed("message", data)] == [data]


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
    assert OpenAIStream(HIDING).feed("message", data) == []


def test_a_chunk_never_holds_a_line_break() -> None:
    data = encoded(delta(content="a\nb")).replace(b"[{", b"[\n{")

    chunks = begun().feed("message", data)

    assert chunks[0].body == data.replace(b"\n", b" ")


def test_usage_is_hidden_where_the_client_did_not_ask() -> None:
    stream = begun()

    text = stream.feed("message", encoded({**delta(content="\u00e9"), "usage": None}))
    padded = stream.feed("message", encoded({**delta(content="a"), "usage": None, "obfuscation": "x"}))
    last = stream.feed("message", encoded({**FRAME, "choices": [], "usage": USAGE}))

    assert text[0].body == encoded(delta(content="\u00e9"))
    assert padded[0].body == encoded({**delta(content="a"), "obfuscation": "x"})
    assert (last, stream.usage, stream.end()) == ([], Usage(10, 0, 5), [])


def test_usage_is_shown_as_it_is_where_the_client_asked() -> None:
    stream = OpenAIStream(SHOWING)
    events = [
        encoded({**delta(role="assistant", content=""), "usage": None}),
        encoded({**delta(content="a"), "usage": None}),
        encoded({**delta(finish="stop"), "usage": None}),
        encoded({**FRAME, "choices": [], "usage": USAGE, "obfuscation": "x"}),
    ]

    chunks = [chunk for data in [*events, b"[DONE]"] for chunk in stream.feed("message", data)]

    assert [chunk.body for chunk in [*chunks, *stream.end()]] == events
    assert (stream.usage, stream.is_complete) == (Usage(10, 0, 5), True)


def test_every_chunk_before_the_one_of_usage_says_that_it_has_none() -> None:
    stream = OpenAIStream(SHOWING)

    chunks = stream.feed("message", encoded(delta(role="assistant", content="a")))

    assert json.loads(chunks[0].body) == {**delta(role="assistant", content="a"), "usage": None}


def test_half_a_character_is_shown_as_it_is() -> None:
    first = encoded({**delta(content="a"), "usage": None}).replace(b'"a"', b'"\\ud83d"')

    chunks = begun().feed("message", first)

    assert chunks == [Chunk(first.replace(b',"usage":null', b""), True, False, 1)]


def test_counts_what_was_written_to_the_cache_and_thought() -> None:
    stream = begun()
    usage = {
        **USAGE,
        "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }

    stream.feed("message", encoded({**FRAME, "choices": [], "usage": usage}))

    assert stream.usage == Usage(10, 4, 5, 3, 2)


def test_a_stream_is_complete_with_its_finish_reason() -> None:
    stream = begun()
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
    stream = OpenAIStream(Habits(choices=n))

    for event in events:
        stream.feed("message", encoded(event))
    if is_done:
        stream.feed("message", b" [DONE] ")

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
        OpenAIStream(HIDING).feed(event, data)

    assert failure.value.failure.kind == FailureKind(kind)
    assert not OpenAIStream(HIDING).is_complete


@given(st.binary(max_size=100))
def test_any_event_gives_chunks_or_a_failure(data: bytes) -> None:
    try:
        chunks = OpenAIStream(HIDING).feed("message", data)
    except StreamFailure:
        return

    assert len(chunks) <= 1


_KEYS = ["index", "delta", "content", "finish_reason", "usage", "tool_calls", "id", "function", "reasoning"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner),
    max_leaves=6,
)


@given(st.fixed_dictionaries({"choices": _JSON}, optional={"usage": _JSON, "x_groq": _JSON, "error": _JSON}))
def test_any_json_gives_chunks_without_usage_or_a_failure(event: dict[str, Any]) -> None:
    stream = OpenAIStream(HIDING)

    try:
        chunks = stream.feed("message", json.dumps(event).encode())
    except StreamFailure:
        return

    assert all("usage" not in json.loads(chunk.body) for chunk in chunks)
