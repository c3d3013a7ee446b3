"""Chunks in the frame of the one before are not read, and nobody can tell."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.providers.base import Chunk
from app.providers.openai import stream as module
from app.providers.openai.habits import Habits
from app.providers.openai.shapes import Event
from app.providers.openai.stream import OpenAIStream
from tests.providers.streaming import FRAME, HIDING, SHOWING, USAGE, Json, event

_TEXTS = st.one_of(
    st.sampled_from(["", " a", "b", '"', "\\", "\n", "ä", "\x7f", '"content":"x"', "obfuscation", "[DONE]"]),
    st.text(max_size=8),
)
_WORDS = st.fixed_dictionaries(
    {"content": _TEXTS},
    optional={
        "role": st.just("assistant"),
        "refusal": st.none(),
        "reasoning_content": st.sampled_from([None, "", "hm"]),
    },
)
_BESIDE = st.fixed_dictionaries(
    {},
    optional={
        "usage": st.sampled_from([None, USAGE]),
        "obfuscation": st.text("abc019", max_size=4),
        "note": st.just({"content": "more"}),
        "model": st.sampled_from(["m", "n"]),
    },
)
_FINISH = st.sampled_from([None, None, None, None, "stop", ""])
_INDEX = st.sampled_from([0, 0, 0, 1, None])
_EVENTS = st.lists(
    st.builds(
        lambda words, beside, finish, index: {**event(finish=finish, index=index, **words), **beside},
        _WORDS, _BESIDE, _FINISH, _INDEX,
    ),
    max_size=12,
)  # fmt: skip


def chunks_of(pieces: Sequence[bytes], habits: Habits) -> tuple[list[Chunk], bool]:
    """All chunks of a stream, and whether it was complete before it said so."""
    stream = OpenAIStream(habits)
    chunks = [chunk for piece in pieces for chunk in stream.feed("message", piece)]
    is_complete = stream.is_complete
    return [*chunks, *stream.feed("message", b"[DONE]"), *stream.end()], is_complete


@given(
    events=_EVENTS,
    times=st.integers(1, 3),
    separators=st.sampled_from([(",", ":"), (", ", ": ")]),
    is_ascii=st.booleans(),
    habits=st.sampled_from([HIDING, SHOWING, Habits(choices=2)]),
)
def test_a_repeated_frame_gives_what_reading_it_gives(
    events: list[Json], times: int, separators: tuple[str, str], is_ascii: bool, habits: Habits
) -> None:
    pieces = [
        json.dumps(it, ensure_ascii=is_ascii, separators=separators).encode()
        for it in events
        for _ in range(times)
    ]

    repeated = chunks_of(pieces, habits)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "repeats_of", lambda *_: None)
        assert repeated == chunks_of(pieces, habits)


@pytest.mark.parametrize("habits", [HIDING, SHOWING], ids=["hiding", "showing"])
@pytest.mark.parametrize("has_padding", [False, True], ids=["bare", "padded"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["tight", "spaced"])
def test_a_repeated_frame_is_not_read(
    habits: Habits, has_padding: bool, separators: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    really = module._read_event

    def noted(data: bytes) -> Event | None:
        read.append(data)
        return really(data)

    monkeypatch.setattr(module, "_read_event", noted)
    texts = ["Hello", " there", ", how are you?", " {well}"]
    padding = [{"obfuscation": "aB3"[:number]} if has_padding else {} for number in range(4)]
    pieces = [
        json.dumps(
            {**FRAME, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
            | {"usage": None}
            | more,
            separators=separators,
        ).encode()
        for text, more in zip(texts, padding, strict=True)
    ]
    opening = json.dumps(event(role="assistant", content=""), separators=separators).encode()

    chunks, _ = chunks_of([opening, *pieces], habits)

    assert [json.loads(chunk.body)["choices"][0]["delta"]["content"] for chunk in chunks] == ["", *texts]
    assert [json.loads(chunk.body).get("obfuscation") for chunk in chunks[1:]] == [
        more.get("obfuscation") for more in padding
    ]
    assert [chunk.output_characters for chunk in chunks] == [0, *map(len, texts)]
    assert read == [opening, pieces[0]]


def test_what_is_repeated_is_one_line() -> None:
    """A server may send an event in several lines, and then half of one that begins in the same way."""
    stream = OpenAIStream(HIDING)
    in_two_lines = json.dumps(event(content="a"), indent=1).encode()
    one_line = json.dumps(event(content="a")).encode()
    assert stream.feed("message", json.dumps(event(role="assistant", content="")).encode())

    assert stream.feed("message", in_two_lines)
    assert stream.repeat(in_two_lines) is None
    assert stream.feed("message", one_line)
    assert stream.repeat(one_line) is not None
    assert stream.repeat(one_line + b"\n\ndata: " + one_line) is None
