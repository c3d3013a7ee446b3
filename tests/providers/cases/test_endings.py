"""How answers end: stop sequences, refusals, pauses, and ends that are none."""

import json

import pytest

from app.providers.base import Answer, FailureKind, Paused, StreamFailure
from tests.providers import google_exchange as g
from tests.providers import mistral_exchange as m
from tests.providers.anthropic_exchange import events_of, message
from tests.providers.anthropic_exchange import sse as anthropic_sse
from tests.providers.cases.native import block, choice, chunk, claude, told, told_both_ways, words
from tests.providers.exchanging import HI, Party, Row, deltas, folded, shown, sse
from tests.providers.parties import anthropic, custom, google, mistral, openai
from tests.providers.responding import events_of as response_events
from tests.providers.responding import message as response_message
from tests.providers.responding import response
from tests.providers.responding import text as response_text
from tests.providers.streaming import FRAME

ROLE: Row = {"role": "assistant", "content": ""}
SAID = response([response_message(response_text("one END two"))])
BREAKS = message({"type": "text", "text": "a\nb\n\nc"})
DECLINED = {"type": "refusal", "category": "cyber", "explanation": "I cannot help with that."}
NO_MORE_THAN_DECLINED = message(stop_reason="refusal", stop_details=DECLINED)
BLOCKED: Row = {
    "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
    "usageMetadata": {"promptTokenCount": 7, "totalTokenCount": 7},
}
LAST: list[tuple[str, Row]] = [("no content", {}), ("an empty content", {"content": {}})]

ENDS = [
    pytest.param(
        openai("gpt-5-pro"),
        {"stop": ["END"]},
        SAID,
        sse(*response_events(SAID, 1), is_named=True),
        choice("one "),
        id="openai responses stop sequence, in pieces of a character",
    ),
    pytest.param(
        openai("gpt-5-pro"),
        {"stop": ["END"]},
        SAID,
        sse(*response_events(SAID, 6), is_named=True),
        choice("one "),
        id="openai responses stop sequence, across two pieces",
    ),
    pytest.param(
        anthropic(),
        {"stop": ["\n\n"]},
        BREAKS,
        claude(words(0, "a\nb\n", "\nc")),
        choice("a\nb"),
        id="anthropic stop sequence of blanks",
    ),
    pytest.param(
        anthropic(),
        {},
        NO_MORE_THAN_DECLINED,
        anthropic_sse(events_of(NO_MORE_THAN_DECLINED)),
        choice(None, "content_filter", refusal="I cannot help with that."),
        id="anthropic refusal with nothing else in it",
    ),
    *(
        pytest.param(
            google(),
            {},
            {"candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]},
            g.sse(g.frame({"text": "Hi"}), {"candidates": [{**content, "finishReason": "STOP", "index": 0}]}),
            choice("Hi"),
            id=f"google last frame with {name}",
        )
        for name, content in LAST
    ),
]


@pytest.mark.parametrize(("asked", "fields", "answer", "stream", "expected"), ENDS)
def test_an_answer_ends_the_same_way_plain_and_streamed(
    asked: Party, fields: Row, answer: Row, stream: bytes, expected: Row
) -> None:
    assert told_both_ways(asked, answer, stream, **fields) == expected


def test_stop_sequences_that_are_seen_to_here_are_not_sent() -> None:
    assert "stop" not in openai("gpt-5-pro").sent(stop=["END"])
    assert "stop_sequences" not in anthropic().sent(stop=["\n\n"])
    assert anthropic().sent(stop=["\n\n", "END"])["stop_sequences"] == ["END"]


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
def test_a_prompt_that_google_blocks_is_an_answer_with_its_usage(is_streamed: bool) -> None:
    asked = google()

    if is_streamed:
        chunks = asked.streamed(g.sse(BLOCKED), stream_options={"include_usage": True})
        told, usage = folded(chunks), chunks[-1]["usage"]
    else:
        answer = json.loads(asked.answered(BLOCKED).body)
        told, usage = answer["choices"][0], answer["usage"]

    assert told["finish_reason"] == "content_filter"
    assert told["message"]["content"] is None
    assert "PROHIBITED_CONTENT" in told["message"]["refusal"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (7, 0, 7)


MALFORMED: Row = {"candidates": [{"content": {}, "finishReason": "MALFORMED_FUNCTION_CALL", "index": 0}]}


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
def test_a_call_that_google_could_not_write_is_a_failure_worth_another_try(is_streamed: bool) -> None:
    asked = google()

    with pytest.raises(StreamFailure) as failed:
        asked.streamed(g.sse(MALFORMED)) if is_streamed else asked.answered(MALFORMED)

    assert failed.value.failure.kind is FailureKind.MALFORMED


SEARCH: Row = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FOUND: Row = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
HELLO: Row = {"type": "text", "text": "Hello"}


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
def test_a_search_that_paused_goes_on_with_the_same_blocks_and_is_one_answer(is_streamed: bool) -> None:
    asked = anthropic()
    exchange = asked.exchange(asked.chat(stream=is_streamed, web_search_options={}))
    paused = message(HELLO, SEARCH, stop_reason="pause_turn")
    rest = message(FOUND, {"type": "text", "text": "!"})

    if is_streamed:
        decoder = exchange.stream()
        chunks = [it for event in events_of(paused) for it in decoder.feed("", json.dumps(event).encode())]
        again = decoder.continuation
        chunks += [it for event in events_of(rest) for it in decoder.feed("", json.dumps(event).encode())]
        said = folded(shown([*chunks, *decoder.end()]))
        assert [it for it in deltas(shown(chunks)) if "role" in it or "finish_reason" in it] == [
            ROLE,
            {"finish_reason": "stop"},
        ]
    else:
        first = exchange.decode(json.dumps(paused).encode())
        assert isinstance(first, Paused)
        again, last = first.request, first.decode(json.dumps(rest).encode())
        assert isinstance(last, Answer)
        said = json.loads(last.body)["choices"][0]

    assert again is not None
    sent = json.loads(exchange.request.body)
    continued = [*sent["messages"], {"role": "assistant", "content": [HELLO, SEARCH]}]
    assert json.loads(again.body) == {**sent, "messages": continued}
    assert (said["message"]["content"], said["finish_reason"]) == ("Hello!", "stop")
    assert "tool_calls" not in said["message"]


DELTAS = [
    pytest.param(
        mistral(),
        sse(
            m.chunk(role="assistant", content=[m.thinking("Hm", closed=False)]),
            m.chunk(content=[m.thinking(", so", closed=True), m.text("Hel")]),
            m.chunk(content="lo"),
            m.chunk("stop", content="!", usage=m.USAGE),
        ),
        [
            {"reasoning_content": "Hm"},
            {"reasoning_content": ", so"},
            {"content": "Hel"},
            {"content": "lo"},
            {"content": "!"},
        ],
        id="mistral lists of thoughts and texts, then texts",
    ),
    pytest.param(
        anthropic(),
        claude(
            block(
                0,
                {"type": "thinking", "thinking": "", "signature": ""},
                {"type": "signature_delta", "signature": "U0lH"},
            ),
            words(1, "Hello"),
        ),
        [{"content": "Hello"}],
        id="anthropic signature without a thought",
    ),
    pytest.param(
        custom("azure"),
        sse(
            {**FRAME, "choices": [], "prompt_filter_results": []},
            chunk(ROLE),
            chunk({"content": "Hello"}),
            chunk({}, "stop"),
        ),
        [{"content": "Hello"}],
        id="a first chunk without a choice",
    ),
    pytest.param(
        custom("vllm"),
        sse(
            chunk(ROLE),
            chunk({"reasoning": "Hm"}),
            chunk({"content": "Hello"}),
            chunk({}, "stop"),
        ),
        [{"reasoning_content": "Hm"}, {"content": "Hello"}],
        id="vllm reasoning in its own field",
    ),
]


@pytest.mark.parametrize(("asked", "stream", "expected"), DELTAS)
def test_a_stream_says_each_thing_in_its_place(asked: Party, stream: bytes, expected: list[Row]) -> None:
    assert told(asked, stream, messages=[HI]) == [ROLE, *expected, {"finish_reason": "stop"}]


def test_reasoning_of_a_plain_answer_has_one_name() -> None:
    message = {"role": "assistant", "content": "Hello", "reasoning": "Hm"}
    answer = {**FRAME, "object": "chat.completion"}

    choice = custom("vllm").choice(
        {**answer, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    )

    assert choice["message"]["reasoning_content"] == "Hm"
