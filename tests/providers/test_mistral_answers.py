import json
import re
from typing import Any

import pytest

from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import FailureKind, StreamFailure
from tests.providers.exchanging import HI, Row
from tests.providers.mistral_exchange import MISTRAL, USAGE, message, text, thinking


def call(**fields: Any) -> Row:
    return {"id": "abcdefghi", "function": {"name": "look_up", "arguments": '{"a": 1.50}'}, **fields}


TOLD = {"id": "abcdefghi", "type": "function", "function": {"name": "look_up", "arguments": '{"a": 1.50}'}}


@pytest.mark.parametrize(
    ("native", "told", "reason"),
    [
        pytest.param({"content": "Hello"}, {"content": "Hello"}, "stop", id="text"),
        pytest.param({"content": ""}, {"content": ""}, "stop", id="nothing"),
        pytest.param({"content": None, "tool_calls": None}, {"content": ""}, "stop", id="nulls"),
        pytest.param(
            {"content": [text("Hel"), text("lo")]}, {"content": "Hello"}, "stop", id="chunks are one text"
        ),
        pytest.param(
            {"content": "Hel", "finish_reason": "length"}, {"content": "Hel"}, "length", id="length"
        ),
        pytest.param(
            {"content": "Hel", "finish_reason": "model_length"},
            {"content": "Hel"},
            "length",
            id="model_length",
        ),
        pytest.param(
            {"content": "", "tool_calls": [call()], "finish_reason": "tool_calls"},
            {"content": None, "tool_calls": [TOLD]},
            "tool_calls",
            id="call",
        ),
        pytest.param(
            {"content": "Wait.", "tool_calls": [call(), call(id="bcdefghij")]},
            {"content": "Wait.", "tool_calls": [TOLD, {**TOLD, "id": "bcdefghij"}]},
            "tool_calls",
            id="text and two calls",
        ),
        pytest.param(
            {"tool_calls": [call()], "finish_reason": "length"},
            {"content": None, "tool_calls": [TOLD]},
            "length",
            id="length before calls",
        ),
        pytest.param({"content": "A", "finish_reason": "tool_calls"}, {"content": "A"}, "stop", id="no call"),
    ],
)
def test_reads_an_answer(native: Row, told: Row, reason: str) -> None:
    choice = MISTRAL.choice(message(**native))

    assert choice["message"] == {"role": "assistant", "refusal": None, **told}
    assert choice["finish_reason"] == reason


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "{}"),
        ("", "{}"),
        (None, "{}"),
        ({"a": {"b": [1]}, "c": "ü"}, '{"a":{"b":[1]},"c":"\\u00fc"}'),
        ("{broken", "{broken"),
    ],
    ids=["empty object", "empty text", "null", "object", "broken text"],
)
def test_arguments_are_always_a_text(arguments: object, told: str) -> None:
    native = call(function={"name": "look_up", "arguments": arguments})

    choice = MISTRAL.choice(message(tool_calls=[native]))

    assert choice["message"]["tool_calls"][0]["function"]["arguments"] == told


def test_numbers_in_an_object_of_arguments_stay_as_written() -> None:
    body = json.dumps(message(tool_calls=[call(function={"name": "f", "arguments": {"a": "#"}})]))

    answer = MISTRAL.decoded(body.replace('"#"', "12345678901234567890.10").encode())

    assert b'{\\"a\\":12345678901234567890.10}' in answer.body


@pytest.mark.parametrize("native_id", ["", "null", None])
def test_a_call_without_an_id_gets_one_that_everybody_takes(native_id: str | None) -> None:
    choice = MISTRAL.choice(message(tool_calls=[call(id=native_id)]))

    assert re.fullmatch(r"call_[0-9a-f]{24}", choice["message"]["tool_calls"][0]["id"])


def test_thoughts_are_reasoning_and_never_content() -> None:
    native = thinking("Hm.", closed=True, signature="s")

    told = MISTRAL.choice(message(content=[native, text("A")]))["message"]

    assert (told["content"], told["reasoning_content"]) == ("A", "Hm.")
    assert told["reasoning_details"] == [
        {"type": "mistral.thinking", "model": "m", "position": 0, "block": native}
    ]


def test_thoughts_keep_their_bytes_and_belong_to_the_call_after_them() -> None:
    body = json.dumps(message(content=["#"], tool_calls=[call()])).replace(
        '"#"', '{"type": "thinking", "thinking": [ {"type":"text","text":"\\u00fc"} ], "x": 1.0}'
    )

    answer = MISTRAL.decoded(body.encode())

    assert [(it.call_id, bytes(it.block)) for it in answer.details] == [
        ("abcdefghi", b'{"type": "thinking", "thinking": [ {"type":"text","text":"\\u00fc"} ], "x": 1.0}')
    ]


def test_an_answer_goes_back_as_it_came() -> None:
    first, second = thinking("Hm.", signature="s"), thinking("So", closed=True)
    native = {"content": [first, text("A"), second], "tool_calls": [call(type="function")]}

    told = MISTRAL.choice(message(**native))["message"]
    history = MISTRAL.messages(HI, told, {"role": "tool", "tool_call_id": "abcdefghi", "content": "1"})

    assert history[1] == {"role": "assistant", **native}


def test_a_custom_tools_call_is_unwrapped() -> None:
    native = call(function={"name": "sh", "arguments": '{"input": "ls\\n"}'})

    choice = MISTRAL.choice(
        message(tool_calls=[native]), tools=[{"type": "custom", "custom": {"name": "sh"}}]
    )

    assert choice["message"]["tool_calls"] == [
        {"id": "abcdefghi", "type": "custom", "custom": {"name": "sh", "input": "ls\n"}}
    ]


def test_functions_are_answered_as_functions() -> None:
    choice = MISTRAL.choice(message(tool_calls=[call()]), functions=[{"name": "look_up"}])

    assert choice["message"]["function_call"] == TOLD["function"]
    assert choice["finish_reason"] == "function_call"


def test_messages_of_a_turn_with_tools_of_mistrals_are_told_together() -> None:
    answer = message()
    answer["choices"][0] |= {"message": None, "messages": [{"content": "A"}, {"content": [text("B")]}]}

    assert MISTRAL.choice(answer)["message"]["content"] == "AB"


def test_what_has_no_shape_in_openais_answer_is_reported() -> None:
    reference = {"type": "reference", "reference_ids": [1]}

    answer = MISTRAL.answered(message(content=[text("A"), reference], finish_reason="odd"))

    assert answer.notes == ("content.reference=left_out", "finish_reason=odd")


def test_logprobs_are_told_without_the_tokenizers_ids() -> None:
    token = {"token": "A", "logprob": -0.5, "bytes": [65]}
    answer = message(content="A")
    answer["choices"][0]["logprobs"] = {
        "content": [{**token, "token_id": 5, "top_logprobs": [{**token, "token_id": 5}]}]
    }

    choice = MISTRAL.choice(answer, logprobs=True)

    assert choice["logprobs"] == {"content": [{**token, "top_logprobs": [token]}], "refusal": None}


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        pytest.param(USAGE, Usage(10, 0, 5), id="plain"),
        pytest.param({**USAGE, "prompt_tokens_details": {"cached_tokens": 4}}, Usage(10, 4, 5), id="cached"),
        pytest.param({**USAGE, "num_cached_tokens": 6}, Usage(10, 6, 5), id="cached, the other name"),
        pytest.param(
            {**USAGE, "completion_tokens_details": {"reasoning_tokens": 3}},
            Usage(10, 0, 5, reasoning_tokens=3),
            id="reasoning",
        ),
        pytest.param({"prompt_tokens": None, "completion_tokens": -1}, Usage(), id="odd"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_reads_usage(usage: Row | None, told: Usage | None) -> None:
    answer = MISTRAL.answered({**message(content="Hello"), "usage": usage})

    assert (answer.usage, answer.output_characters) == (told, 5)


def test_names_the_tier_as_openai_does() -> None:
    answer = MISTRAL.answered({**message(content="A"), "usage": {**USAGE, "service_tier": "standard"}})

    assert json.loads(answer.body)["service_tier"] == "default"


def test_several_choices_stay_apart() -> None:
    answer = message(content="A")
    answer["choices"].append({**answer["choices"][0], "index": 1, "message": {"content": "B"}})

    choices = json.loads(MISTRAL.answered(answer, n=2).body)["choices"]

    assert [(it["index"], it["message"]["content"]) for it in choices] == [(0, "A"), (1, "B")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b'{"choices":[]}',
        b'{"choices":[{"index":0}]}',
        b'{"choices":[{"message":{"content":5}}]}',
    ],
    ids=["empty", "HTML", "no choices", "empty choices", "no end", "odd content"],
)
def test_refuses_what_is_no_completion(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        MISTRAL.decoded(body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b'{"object":"error","message":"x","code":"3505"}', "overloaded", id="error"),
        pytest.param(json.dumps(message(finish_reason="error")).encode(), "server_error", id="gave up"),
    ],
)
def test_an_error_under_status_200_is_a_failure(body: bytes, kind: str) -> None:
    with pytest.raises(StreamFailure) as failure:
        MISTRAL.decoded(body)

    assert failure.value.failure.kind == FailureKind(kind)


def test_half_a_character_does_not_spoil_an_answer() -> None:
    body = json.dumps(message(content="cut #")).replace("#", "\\ud83d").encode()

    answer = MISTRAL.decoded(body)

    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "cut \ufffd"
