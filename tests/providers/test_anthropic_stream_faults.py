import json

import pytest

from app.chat.usage import Usage
from app.providers.base import FailureKind, StreamDecoder, StreamFailure
from tests.providers.anthropic_exchange import events_of, fed, folded, message, shown, sse, translate

TEXT = {"type": "text", "text": "Hello"}


def stream() -> StreamDecoder:
    return translate(stream=True).stream()


@pytest.mark.parametrize("kept", [1, 5, -1], ids=["after the start", "in the text", "before the stop"])
def test_a_stream_that_breaks_off_is_not_whole(kept: int) -> None:
    decoder = stream()

    fed(decoder, sse(events_of(message(TEXT))[:kept]))

    assert not decoder.is_complete
    assert not decoder.is_done
    assert decoder.usage == Usage(10, 0, 5)


OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.parametrize("kept", [0, 5], ids=["before anything", "in the text"])
@pytest.mark.parametrize("event", ["error", "message"])
def test_an_error_in_a_stream_is_a_failure(kept: int, event: str) -> None:
    decoder = stream()
    fed(decoder, sse(events_of(message(TEXT))[:kept]))

    with pytest.raises(StreamFailure) as error:
        decoder.feed(event, json.dumps(OVERLOADED).encode())

    assert error.value.failure.kind is FailureKind.OVERLOADED
    assert not decoder.is_complete


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"type":"ping"}',
        b'{"type":"news"}',
        b'{"type":"content_block_start","index":9}',
        b'{"type":"content_block_delta","index":9,"delta":{"type":"text_delta","text":"x"}}',
        b'{"type":"content_block_delta","index":0,"delta":{"type":"news_delta"}}',
        b'{"type":"content_block_stop","index":9}',
        b'{"type":"message_stop"}',
    ],
)
def test_an_event_that_makes_no_sense_is_skipped(data: bytes) -> None:
    decoder, events = stream(), events_of(message(TEXT))
    fed(decoder, sse(events[:4]))

    assert decoder.feed("message", data) == []

    fed(decoder, sse(events[4:]))
    assert decoder.is_complete


def test_a_block_of_a_kind_not_known_is_kept_for_the_next_turn() -> None:
    news = {"type": "news", "story": {"a": 1}}

    whole = folded(shown(fed(stream(), sse(events_of(message(news, TEXT))))))

    assert [(it["type"], it["block"]) for it in whole["reasoning_details"]] == [("anthropic.news", news)]
    assert whole["content"] == TEXT["text"]


def test_input_that_was_cut_off_does_not_spoil_the_details() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    events = events_of(message(search, stop_reason="max_tokens"))
    cut = [*events[:6], *events[-2:]]

    whole = folded(shown(fed(stream(), sse(cut))))

    assert whole["finish_reason"] == "length"
    assert "reasoning_details" not in whole
