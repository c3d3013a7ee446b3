"""What was used, and what bears an answer out."""

import json

import pytest

from app.providers.base import Answer
from tests.providers import cohere_exchange as c
from tests.providers import google_exchange as g
from tests.providers import mistral_exchange as m
from tests.providers.anthropic_exchange import message
from tests.providers.cases.native import chunk, claude, words
from tests.providers.exchanging import Party, Row, events_in, sse
from tests.providers.parties import anthropic, cohere, custom, google, mistral, openai
from tests.providers.responding import events_of, response
from tests.providers.responding import message as response_message
from tests.providers.responding import text as response_text
from tests.providers.streaming import FRAME, USAGE

ASKED: Row = {"stream_options": {"include_usage": True}}
ENDED = {**FRAME, "usage": USAGE}
SAID = (chunk({"role": "assistant", "content": ""}), chunk({"content": "Hi"}), chunk({}, "stop"))

STREAMS = [
    pytest.param(anthropic(), claude(words(0, "Hi"), output_tokens=5), (10, 5), id="anthropic"),
    pytest.param(
        google(),
        g.sse(
            g.frame({"text": "H"}, usage={"promptTokenCount": 10, "candidatesTokenCount": 1}),
            g.frame(
                {"text": "i"},
                finish="STOP",
                usage={"promptTokenCount": 10, "candidatesTokenCount": 5},
            ),
        ),
        (10, 5),
        id="google counts in every frame",
    ),
    pytest.param(
        cohere(), sse(c.start(), *c.said(0, "Hi"), c.end()), (10, 5), id="cohere counts with the end"
    ),
    pytest.param(
        mistral(),
        sse(m.chunk(role="assistant", content="Hi"), m.chunk("stop", content="", usage=m.USAGE)),
        (10, 5),
        id="mistral counts with the end",
    ),
    pytest.param(
        openai("gpt-5-pro"),
        sse(*events_of(response([response_message(response_text("Hi"))])), is_named=True),
        (20, 9),
        id="openai responses",
    ),
    pytest.param(
        openai("gpt-4o"),
        sse(
            *({**it, "usage": None} for it in SAID),
            {**ENDED, "choices": []},
        ),
        (10, 5),
        id="openai",
    ),
    pytest.param(
        custom("vllm"),
        sse(*({**it, "usage": USAGE} for it in SAID), {**ENDED, "choices": []}),
        (10, 5),
        id="a server that counts in every chunk",
    ),
    pytest.param(
        custom("unknown"),
        sse(*SAID, {**ENDED, "choices": [{"index": 0, "delta": {}}]}),
        (10, 5),
        id="a server that counts beside an empty delta",
    ),
    pytest.param(
        custom("groq"),
        sse(*SAID[:2], {**SAID[2], "x_groq": {"id": "r", "usage": USAGE}}),
        (10, 5),
        id="a server that counts in a field of its own",
    ),
    pytest.param(
        custom("unknown"), sse(*SAID, ENDED), (10, 5), id="a server that counts without any choices"
    ),
]


@pytest.mark.parametrize("is_asked_for", [False, True], ids=["not asked for", "asked for"])
@pytest.mark.parametrize(("asked", "stream", "counts"), STREAMS)
def test_usage_is_one_last_chunk_for_who_asked_and_none_for_others(
    asked: Party, stream: bytes, counts: tuple[int, int], is_asked_for: bool
) -> None:
    chunks = asked.streamed(stream, **(ASKED if is_asked_for else {}))

    said = chunks[:-1] if is_asked_for else chunks
    assert [it for it in said if len(it["choices"]) != 1] == []
    assert [it["choices"][0]["finish_reason"] for it in said] == [None] * (len(said) - 1) + ["stop"]
    if is_asked_for:
        usage = chunks[-1]["usage"]
        assert chunks[-1]["choices"] == []
        assert [it["usage"] for it in said] == [None] * len(said)
        assert (usage["prompt_tokens"], usage["completion_tokens"]) == counts
        assert usage["total_tokens"] == sum(counts)
    else:
        assert [it for it in said if "usage" in it] == []


@pytest.mark.parametrize(("asked", "stream", "counts"), STREAMS)
def test_usage_is_known_to_the_gateway_whoever_asked(
    asked: Party, stream: bytes, counts: tuple[int, int]
) -> None:
    decoder = asked.exchange(asked.chat(stream=True)).stream()

    for event in events_in([stream]):
        decoder.feed(event.event, event.data)

    assert decoder.usage is not None
    assert (decoder.usage.input_tokens, decoder.usage.output_tokens) == counts


CACHED: Row = {
    "input_tokens": 10,
    "cache_read_input_tokens": 2000,
    "cache_creation_input_tokens": 300,
    "output_tokens": 50,
}


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
def test_what_anthropic_cached_is_part_of_the_prompt_and_counted_once(is_streamed: bool) -> None:
    asked = anthropic()

    if is_streamed:
        usage = asked.streamed(claude(words(0, "Hi"), **CACHED), **ASKED)[-1]["usage"]
    else:
        answer = message({"type": "text", "text": "Hi"}, usage=CACHED)
        usage = json.loads(asked.answered(answer).body)["usage"]

    assert usage == {
        "prompt_tokens": 2310,
        "completion_tokens": 50,
        "total_tokens": 2360,
        "prompt_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 300},
    }


CITED = [
    pytest.param("Grüße aus Köln.", "Köln", id="umlauts"),
    pytest.param("首都は東京です。", "東京", id="CJK"),
    pytest.param("Hi 👋🏽, it is 🌧 today", "🌧", id="emoji"),
]


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(("text", "quoted"), CITED)
def test_what_google_counts_in_bytes_is_told_in_characters(text: str, quoted: str, is_streamed: bool) -> None:
    start = len(text.partition(quoted)[0].encode())
    grounding = g.grounding(start, start + len(quoted.encode()))
    asked = google()

    if is_streamed:
        frames = (g.frame({"text": text}), g.frame(finish="STOP", groundingMetadata=grounding))
        added = [it["choices"][0]["delta"] for it in asked.streamed(g.sse(*frames))]
        [annotation] = [note for it in added for note in it.get("annotations", [])]
    else:
        frame = g.frame({"text": text}, finish="STOP", groundingMetadata=grounding)
        [annotation] = asked.choice(frame)["message"]["annotations"]

    cited = annotation["url_citation"]
    assert text[cited["start_index"] : cited["end_index"]] == quoted
    assert cited["url"] == "https://a.example"


@pytest.mark.parametrize("usage", [{"usage": USAGE}, {"x_groq": {"usage": USAGE}}], ids=["usage", "x_groq"])
def test_usage_of_a_plain_answer_is_found_where_the_server_put_it(usage: Row) -> None:
    message = {"role": "assistant", "content": "Hi"}
    answer = {
        **FRAME,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }

    decoded: Answer = custom("groq").answered({**answer, **usage})

    assert decoded.usage is not None
    assert (decoded.usage.input_tokens, decoded.usage.output_tokens) == (10, 5)
