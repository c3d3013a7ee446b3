"""Stop sequences that the gateway itself obeys."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.request import ChatRequest
from app.providers.base import Answer, NativeRequest
from app.providers.chunks import ChunkWriter
from app.providers.openai.habits import Habits
from app.providers.openai.passing import passed_on
from app.providers.openai.stream import OpenAIStream
from app.providers.stop_cutting import CutStream, Cutter, cutting
from tests.providers.exchanging import Party
from tests.providers.parties import anthropic, cohere, google, mistral, openai

CHAT = ChatRequest.parse(b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}')
HABITS = Habits()
REQUEST = NativeRequest("POST", "http://localhost", (), b"")


def expected(text: str, stops: tuple[str, ...]) -> str:
    for end in range(len(text) + 1):
        starts = [end - len(stop) for stop in stops if text[:end].endswith(stop)]
        if starts:
            return text[: min(starts)]
    return text


def events(fragments: list[str]) -> list[bytes]:
    """A stream that says the fragments one by one."""
    writer = ChunkWriter(CHAT)
    writer.start("a", "m")
    for fragment in fragments:
        writer.text(fragment)
    writer.finish("stop")
    return [chunk.body for chunk in writer.take()]


@given(
    st.lists(st.text("ab\n", max_size=6), max_size=6),
    st.lists(st.text("ab\n", min_size=1, max_size=3), min_size=1, max_size=3).map(tuple),
)
def test_however_a_text_is_cut_into_fragments_the_same_comes_out(
    fragments: list[str], stops: tuple[str, ...]
) -> None:
    cutter = Cutter(stops)

    shown = ""
    for fragment in fragments:
        if not cutter.has_cut:
            shown += cutter.feed(fragment)
    shown += cutter.end()

    assert shown == expected("".join(fragments), stops)


@pytest.mark.parametrize(
    ("fragments", "text"),
    [
        pytest.param(["one EN", "D two"], "one ", id="across chunks"),
        pytest.param(["one EN", "tire"], "one ENtire", id="held back and given after all"),
        pytest.param(["one EN"], "one EN", id="held back at the end"),
        pytest.param(["END"], "", id="at once"),
    ],
)
def test_a_stream_ends_before_its_stop_sequence_and_says_so(fragments: list[str], text: str) -> None:
    stream = CutStream(OpenAIStream(HABITS), ("END",))

    chunks = [json.loads(c.body) for event in events(fragments) for c in stream.feed("message", event)]

    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    assert "".join(choice["delta"].get("content") or "" for choice in choices) == text
    assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]
    assert choices[-1]["finish_reason"] == "stop"
    assert stream.is_complete
    assert stream.end() == []


def test_nothing_more_is_wanted_of_a_stream_that_was_cut() -> None:
    stream = CutStream(OpenAIStream(HABITS), ("END",))

    for event in events(["END", "more"])[:2]:
        stream.feed("message", event)

    assert stream.is_done
    assert stream.feed("message", events(["more"])[1]) == []


def answer(content: str, **message: object) -> bytes:
    whole = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "message": whole, "finish_reason": "tool_calls"}
    return json.dumps({"id": "a", "object": "chat.completion", "choices": [choice]}).encode()


def plain(body: bytes) -> Answer:
    exchange = cutting(passed_on(REQUEST, HABITS), ("END",))
    decoded = exchange.decode(body)
    assert isinstance(decoded, Answer)
    return decoded


def test_a_plain_answer_is_cut_and_what_came_after_the_text_goes_too() -> None:
    decoded = plain(answer("one END two", tool_calls=[{"id": "c"}]))

    choice = json.loads(decoded.body)["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "one "}
    assert choice["finish_reason"] == "stop"


def citation(start: int, end: int) -> dict[str, object]:
    place = {"start_index": start, "end_index": end, "url": "https://x.example", "title": "x"}
    return {"type": "url_citation", "url_citation": place}


def test_citations_of_words_that_were_cut_are_cut_with_them() -> None:
    within, across, behind, other = citation(0, 4), citation(0, 5), citation(8, 11), {"type": "other"}

    decoded = plain(answer("one END two", annotations=[within, across, behind, other]))

    message = json.loads(decoded.body)["choices"][0]["message"]
    assert (message["content"], message["annotations"]) == ("one ", [within, other])


def test_a_plain_answer_without_a_stop_sequence_keeps_its_bytes() -> None:
    body = answer("one")

    assert plain(body).body == body


def test_without_stop_sequences_an_exchange_stays_as_it_is() -> None:
    exchange = passed_on(REQUEST, HABITS)

    assert cutting(exchange, ()) is exchange


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(openai("gpt-5.5"), id="openai"),
        pytest.param(openai("gpt-5-pro"), id="openai responses"),
        pytest.param(anthropic(), id="anthropic"),
        pytest.param(google(), id="google"),
        pytest.param(cohere(), id="cohere"),
        pytest.param(mistral(), id="mistral"),
    ],
)
@pytest.mark.parametrize("stop", ["", ["", "END"]], ids=["alone", "among others"])
def test_an_empty_stop_sequence_ends_nothing_and_is_reported(asked: Party, stop: str | list[str]) -> None:
    exchange = asked.exchange(asked.chat(stop=stop))

    body = json.loads(exchange.request.body)
    sent = [body.get(name) for name in ("stop", "stop_sequences")]
    sent.append(body.get("generationConfig", {}).get("stopSequences"))
    assert [*exchange.cut_at, *(it for stops in sent for it in stops or ())] == [it for it in stop if it]
    assert exchange.notes == ("stop=empty_ignored",)
