import json
from typing import Any

import pytest

from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import Answer, FailureKind, Paused, StreamFailure
from tests.providers.anthropic_exchange import OPUS, Row, completion, decoded, message, translate

TEXT = {"type": "text", "text": "Hello"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"city": "Ulm"}}


def answered(*content: Row, **fields: Any) -> Row:
    choice: Row = completion(decoded(message(*content, **fields)))["choices"][0]
    return choice


def test_a_message_becomes_a_completion() -> None:
    body = completion(decoded(message({"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"})))

    assert body["id"] == "chatcmpl-msg_01"
    assert body["object"] == "chat.completion"
    assert body["model"] == "claude-opus-5-5"
    assert body["created"] > 0
    choice = body["choices"][0]
    assert choice["index"] == 0
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == "Hello"
    assert "tool_calls" not in choice["message"]
    assert (choice["logprobs"], choice["finish_reason"]) == (None, "stop")


@pytest.mark.parametrize(
    ("content", "stop_reason", "finish_reason"),
    [
        pytest.param([TEXT], "end_turn", "stop", id="end"),
        pytest.param([TEXT], "stop_sequence", "stop", id="stop sequence"),
        pytest.param([TEXT], "max_tokens", "length", id="limit"),
        pytest.param([TEXT], "model_context_window_exceeded", "length", id="context"),
        pytest.param([TEXT, CALL], "tool_use", "tool_calls", id="call"),
        pytest.param([TEXT, CALL], "max_tokens", "length", id="limit after a call"),
        pytest.param([TEXT], "refusal", "content_filter", id="refusal"),
    ],
)
def test_the_end_is_told_in_openais_words(content: list[Row], stop_reason: str, finish_reason: str) -> None:
    assert answered(*content, stop_reason=stop_reason)["finish_reason"] == finish_reason


@pytest.mark.parametrize(("reason", "note"), [("tired", "tired"), (None, "missing")])
def test_an_unknown_end_is_reported(reason: str | None, note: str) -> None:
    answer = decoded(message(TEXT, stop_reason=reason))

    assert completion(answer)["choices"][0]["finish_reason"] == "stop"
    assert answer.notes == (f"finish_reason={note}",)


def test_an_answer_without_words_has_an_empty_text() -> None:
    assert answered()["message"]["content"] == ""


def test_a_refusal_says_why() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "Not this"}

    choice = answered(stop_reason="refusal", stop_details=details)

    assert choice["finish_reason"] == "content_filter"
    assert choice["message"]["refusal"] == "Not this"


def test_words_and_calls_come_together_and_reasoning_apart() -> None:
    thought = {"type": "thinking", "thinking": "Hm", "signature": "s"}

    choice = answered(thought, TEXT, CALL, {**CALL, "id": "toolu_2", "input": {}}, stop_reason="tool_use")

    told = choice["message"]
    assert (told["content"], told["reasoning_content"]) == ("Hello", "Hm")
    assert told["tool_calls"] == [
        {"id": "toolu_1", "type": "function", "function": {"name": "f", "arguments": '{"city":"Ulm"}'}},
        {"id": "toolu_2", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    ]


def test_arguments_keep_the_spelling_of_their_numbers() -> None:
    native = json.dumps(message({**CALL, "input": 0}, stop_reason="tool_use"))
    body = native.replace('"input": 0', '"input": { "a": 1.50, "b": 12345678901234567890, "c": "ü" }')

    answer = translate().decode(body.encode())

    assert isinstance(answer, Answer)
    (call,) = completion(answer)["choices"][0]["message"]["tool_calls"]
    assert call["function"]["arguments"] == '{"a":1.50,"b":12345678901234567890,"c":"ü"}'


def test_what_was_cached_counts_once() -> None:
    counts = {
        "input_tokens": 10,
        "cache_read_input_tokens": 2000,
        "cache_creation_input_tokens": 300,
        "output_tokens": 50,
        "output_tokens_details": {"thinking_tokens": 20},
        "service_tier": "standard",
    }

    answer = decoded(message(TEXT, usage=counts))

    body = completion(answer)
    assert answer.usage == Usage(2310, 2000, 50, 300, 20)
    assert body["service_tier"] == "default"
    assert body["usage"] == {
        "prompt_tokens": 2310,
        "completion_tokens": 50,
        "total_tokens": 2360,
        "prompt_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 300},
        "completion_tokens_details": {"reasoning_tokens": 20},
    }


def test_no_usage_is_not_usage_of_zero() -> None:
    native = message(TEXT)
    del native["usage"]

    answer = decoded(native)

    assert answer.usage is None
    assert answer.output_characters == 5
    assert "usage" not in completion(answer)


def test_metadata_goes_back_to_the_client() -> None:
    exchange = translate(metadata={"a": "b"})

    assert completion(decoded(message(TEXT), exchange))["metadata"] == {"a": "b"}
    assert exchange.notes == ("metadata=echoed",)


def cited(url: str, title: str | None = "T") -> Row:
    return {
        "type": "web_search_result_location",
        "url": url,
        "title": title,
        "cited_text": "c",
        "encrypted_index": "e",
    }


def test_citations_of_the_web_span_their_text() -> None:
    elsewhere = {"type": "char_location", "cited_text": "c", "document_index": 0}
    second = {
        "type": "text",
        "text": "zwei 😀",
        "citations": [cited("https://h/1"), cited("https://h/2", None)],
    }

    told = answered({"type": "text", "text": "é ", "citations": [elsewhere]}, second)["message"]

    assert told["content"] == "é zwei 😀"
    assert told["annotations"] == [
        {
            "type": "url_citation",
            "url_citation": {"start_index": 2, "end_index": 8, "title": title, "url": url},
        }
        for url, title in [("https://h/1", "T"), ("https://h/2", "https://h/2")]
    ]


SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}


def test_tools_of_the_servers_are_no_calls_of_the_clients() -> None:
    told = answered(TEXT, SEARCH, FOUND, {"type": "text", "text": "!"})

    assert told["finish_reason"] == "stop"
    assert told["message"]["content"] == "Hello!"
    assert "tool_calls" not in told["message"]
    assert [(it["type"], it["position"]) for it in told["message"]["reasoning_details"]] == [
        ("anthropic.server_tool_use", 1),
        ("anthropic.web_search_tool_result", 2),
        ("anthropic.text", 0),
        ("anthropic.text", 3),
    ]


def test_a_pause_is_gone_on_from_and_the_client_sees_one_answer() -> None:
    exchange = translate(web_search_options={})

    paused = exchange.decode(json.dumps(message(TEXT, SEARCH, stop_reason="pause_turn")).encode())
    assert isinstance(paused, Paused)
    answer = paused.decode(json.dumps(message(FOUND, {"type": "text", "text": "!"})).encode())
    assert isinstance(answer, Answer)

    rest = paused.request
    asked, again = json.loads(exchange.request.body), json.loads(rest.body)
    assert (rest.url, rest.headers) == (exchange.request.url, exchange.request.headers)
    assert again == {
        **asked,
        "messages": [*asked["messages"], {"role": "assistant", "content": [TEXT, SEARCH]}],
    }
    told = completion(answer)["choices"][0]["message"]
    assert told["content"] == "Hello!"
    assert [it["position"] for it in told["reasoning_details"]] == [1, 2, 0, 3]
    assert answer.usage == Usage(20, 0, 10)


def test_pauses_have_an_end_and_it_is_reported() -> None:
    paused = json.dumps(message(TEXT, stop_reason="pause_turn")).encode()

    answer, pauses = translate(web_search_options={}).decode(paused), 0
    while isinstance(answer, Paused):
        answer, pauses = answer.decode(paused), pauses + 1

    assert (pauses, answer.notes) == (8, ("finish_reason=pause_turn",))


def test_answers_that_pause_at_once_are_kept_apart() -> None:
    exchange = translate(web_search_options={}, n=2, stop=["\n\n"])
    paused = [
        exchange.decode(json.dumps(message({**TEXT, "text": it}, stop_reason="pause_turn")).encode())
        for it in ("a", "b")
    ]

    told = []
    for it in paused:
        assert isinstance(it, Paused)
        answer = it.decode(json.dumps(message({**TEXT, "text": "!\n\nmore"})).encode())
        assert isinstance(answer, Answer)
        told.append(completion(answer)["choices"][0]["message"]["content"])

    assert told == ["a!", "b!"]


def test_stop_sequences_of_white_space_are_cut_here() -> None:
    exchange = translate(stop=["\n\n", "END"])

    choice = completion(decoded(message({"type": "text", "text": "a\nb\n\nc"}), exchange))["choices"][0]

    assert (choice["message"]["content"], choice["finish_reason"]) == ("a\nb", "stop")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="HTML"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'{"id":"m"}', id="no content"),
        pytest.param(b'{"content":[{"text":"x"}]}', id="block without a type"),
        pytest.param(b'{"content":"x"}', id="content of another kind"),
        pytest.param(b'{"content":[{"type":"text","text":"\xff"}]}', id="no UTF-8"),
    ],
)
def test_what_is_no_message_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        translate().decode(body)


def test_an_error_under_status_200_is_an_error() -> None:
    body = b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'

    with pytest.raises(StreamFailure) as error:
        translate().decode(body)

    assert error.value.failure.kind is FailureKind.OVERLOADED


def test_half_a_character_does_not_break_an_answer() -> None:
    body = json.dumps(message(TEXT)).replace("Hello", "a\\ud83d").encode()

    answer = translate(OPUS).decode(body)

    assert isinstance(answer, Answer)
    assert completion(answer)["choices"][0]["message"]["content"] == "a\ufffd"
