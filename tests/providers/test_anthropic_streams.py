import json
from typing import Any

import pytest

from app.chat.usage import Usage
from app.providers.base import StreamDecoder
from tests.providers.anthropic_exchange import (
    Row,
    completion,
    decoded,
    events_of,
    fed,
    folded,
    message,
    shown,
    sse,
    translate,
)

TEXT = {"type": "text", "text": "Grüße \u2028 😀"}
THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "s"}
SIGNED = {"type": "thinking", "thinking": "", "signature": "s"}


def call(number: int, **arguments: object) -> Row:
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "f", "input": arguments}


COUNTS = {
    "input_tokens": 10,
    "cache_read_input_tokens": 2000,
    "cache_creation_input_tokens": 300,
    "output_tokens": 50,
    "service_tier": "standard",
}
RICH = message(
    THOUGHT,
    TEXT,
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
    {
        "type": "text",
        "text": "So it is",
        "citations": [{"type": "web_search_result_location", "url": "https://h/1", "title": "T"}],
    },
    call(1, city="Ulm ü", n=1),
    call(2),
    stop_reason="tool_use",
    usage=COUNTS,
)
ANSWERS = [
    pytest.param(message(TEXT), id="text"),
    pytest.param(message(THOUGHT, TEXT), id="reasoning"),
    pytest.param(message(call(1, a=1), call(2), stop_reason="tool_use"), id="calls"),
    pytest.param(message(stop_reason="end_turn"), id="nothing"),
    pytest.param(message(TEXT, stop_reason="max_tokens"), id="limit"),
    pytest.param(
        message(stop_reason="refusal", stop_details={"type": "refusal", "explanation": "Not this"}),
        id="refusal",
    ),
    pytest.param(message(TEXT, stop_reason="tired"), id="unknown end"),
    pytest.param(RICH, id="everything"),
]


def stream(**fields: Any) -> StreamDecoder:
    return translate(stream=True, **fields).stream()


def said(native: Row, **fields: Any) -> list[Row]:
    return shown(fed(stream(**fields), sse(events_of(native))))


@pytest.mark.parametrize("native", ANSWERS)
def test_a_stream_adds_up_to_the_plain_answer(native: Row) -> None:
    plain = completion(decoded(native))["choices"][0]

    whole = folded(said(native))

    assert whole.pop("finish_reason") == plain["finish_reason"]
    told = {name: value for name, value in plain["message"].items() if value not in (None, "")}
    assert {name: value for name, value in whole.items() if value != ""} == told


def test_chunks_of_a_stream_have_one_name_and_one_end() -> None:
    chunks = said(RICH)

    assert {(it["id"], it["model"], it["object"]) for it in chunks} == {
        ("chatcmpl-msg_01", "claude-opus-5-5", "chat.completion.chunk")
    }
    assert chunks[0]["choices"] == [
        {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
    ]
    reasons = [it["choices"][0]["finish_reason"] for it in chunks]
    assert reasons[-1] == "tool_calls"
    assert set(reasons[:-1]) == {None}
    assert all("usage" not in it for it in chunks)


def test_a_signature_without_thoughts_is_kept_and_not_shown() -> None:
    chunks = said(message(SIGNED, TEXT))

    whole = folded(chunks)
    assert "reasoning_content" not in whole
    assert [it["block"] for it in whole["reasoning_details"]] == [SIGNED]


@pytest.mark.parametrize("is_asked_for", [True, False], ids=["asked for", "not asked for"])
def test_usage_is_one_last_chunk_for_who_asked(is_asked_for: bool) -> None:
    decoder = stream(stream_options={"include_usage": is_asked_for})

    chunks = shown(fed(decoder, sse(events_of(RICH))))

    counts = [it["usage"] for it in chunks if it.get("usage")]
    assert decoder.usage == Usage(2310, 2000, 50, 300)
    if is_asked_for:
        assert (chunks[-1]["choices"], len(counts)) == ([], 1)
        assert all("usage" in it for it in chunks)
        assert (counts[0]["prompt_tokens"], counts[0]["total_tokens"]) == (2310, 2360)
    else:
        assert counts == []
    assert {it["service_tier"] for it in chunks} == {"default"}


def test_counts_of_the_end_replace_those_of_the_beginning() -> None:
    events = events_of(message(TEXT, usage=COUNTS))
    events[-2]["usage"] = {"output_tokens": 70, "input_tokens": None}
    decoder = stream()

    fed(decoder, sse(events))

    assert decoder.usage == Usage(2310, 2000, 70, 300)


def test_a_stream_says_when_it_is_whole() -> None:
    decoder = stream()

    fed(decoder, sse(events_of(RICH)))

    assert (decoder.is_complete, decoder.is_done, decoder.continuation) == (True, True, None)
    assert [it.call_id for it in decoder.details][:3] == ["toolu_1"] * 3


def test_a_pause_is_gone_on_from_within_the_stream() -> None:
    exchange = translate(stream=True, web_search_options={})
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    found = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
    decoder = exchange.stream()

    chunks = fed(decoder, sse(events_of(message(TEXT, search, stop_reason="pause_turn"))))
    rest = decoder.continuation
    assert (decoder.is_complete, decoder.is_done) == (False, False)
    chunks += fed(decoder, sse(events_of(message(found, {"type": "text", "text": "!"}))))

    assert rest is not None
    assert json.loads(rest.body)["messages"][-1] == {"role": "assistant", "content": [TEXT, search]}
    assert (decoder.is_complete, decoder.continuation) == (True, None)
    whole = folded(shown(chunks))
    assert (whole["content"], whole["finish_reason"]) == (TEXT["text"] + "!", "stop")
    assert [it["choices"][0]["delta"].get("role") for it in shown(chunks)].count("assistant") == 1
    assert sorted(it["position"] for it in whole["reasoning_details"]) == [0, 1, 2, 3]
    assert decoder.usage == Usage(20, 0, 10)


def test_stop_sequences_of_white_space_are_cut_across_chunks() -> None:
    chunks = said(message({"type": "text", "text": "a\nb\n\nc"}), stop=["\n\n"])

    assert folded(chunks)["content"] == "a\nb"
    assert folded(chunks)["finish_reason"] == "stop"


def test_a_custom_tools_input_is_unwrapped_as_it_comes() -> None:
    block = {"type": "tool_use", "id": "t", "name": "shell", "input": {"input": 'echo "ü"'}}

    decoder = stream(tools=[{"type": "custom", "custom": {"name": "shell"}}])

    chunks = fed(decoder, sse(events_of(message(block, stop_reason="tool_use"))))

    # The SDK's chunks know calls of functions alone.
    assert folded(json.loads(chunk.body) for chunk in chunks)["tool_calls"] == [
        {"id": "t", "type": "custom", "custom": {"name": "shell", "input": 'echo "ü"'}}
    ]
