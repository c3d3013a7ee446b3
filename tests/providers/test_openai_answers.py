import json
from typing import Any

import pytest

from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import Answer, FailureKind, StreamFailure
from app.providers.openai.answers import read_answer
from app.providers.openai.habits import Habits

MESSAGE = {"role": "assistant", "content": "Hello"}


def answer(**fields: Any) -> bytes:
    return json.dumps(
        {
            "id": "x",
            "object": "chat.completion",
            "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}],
            **fields,
        }
    ).encode()


def encoded(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


HABITS = Habits()
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@pytest.mark.parametrize(
    ("fields", "usage"),
    [
        pytest.param({"usage": USAGE}, Usage(10, 0, 5), id="OpenAI"),
        pytest.param(
            {"usage": {**USAGE, "prompt_tokens_details": {"cached_tokens": 4}}}, Usage(10, 4, 5), id="cached"
        ),
        pytest.param({"usage": {**USAGE, "prompt_cache_hit_tokens": 6}}, Usage(10, 6, 5), id="DeepSeek"),
        pytest.param({"x_groq": {"usage": USAGE}}, Usage(10, 0, 5), id="Groq"),
        pytest.param(
            {"usage": {"prompt_tokens": 9.0, "completion_tokens": 2.7}}, Usage(9, 0, 2), id="floats"
        ),
        pytest.param(
            {"usage": {"prompt_tokens": -9, "completion_tokens": None}}, Usage(0, 0, 0), id="negative, null"
        ),
        pytest.param(
            {"usage": {"prompt_tokens": 10**400, "completion_tokens": "5"}},
            Usage(10**12, 0, 0),
            id="huge, string",
        ),
        pytest.param(
            {"usage": {**USAGE, "prompt_tokens_details": {"cached_tokens": 99}}},
            Usage(10, 10, 5),
            id="more cached than there are",
        ),
        pytest.param({"usage": {**USAGE, "prompt_tokens_details": 5}}, Usage(10, 0, 5), id="odd details"),
        pytest.param(
            {
                "usage": {
                    **USAGE,
                    "prompt_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 7},
                    "completion_tokens_details": {"reasoning_tokens": 3},
                }
            },
            Usage(10, 2, 5, 7, 3),
            id="written to the cache, and reasoning",
        ),
        pytest.param(
            {"usage": {**USAGE, "total_tokens": 22, "completion_tokens_details": {"reasoning_tokens": 7}}},
            Usage(10, 0, 12, 0, 7),
            id="xAI counts reasoning beside the rest",
        ),
        pytest.param({}, None, id="absent"),
        pytest.param({"usage": None}, None, id="null"),
        pytest.param({"usage": {}}, None, id="empty"),
        pytest.param({"usage": "many"}, None, id="text"),
    ],
)
def test_reads_the_usage_of_a_plain_answer(fields: dict[str, Any], usage: Usage | None) -> None:
    body = answer(**fields)

    decoded = read_answer(body, HABITS)

    assert decoded == Answer(body, usage, 0 if usage else 5)


def test_measures_an_answer_without_usage() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    messages = [
        {"content": "äö", "reasoning_content": "abc", "reasoning": "abc", "refusal": "no"},
        {"content": None, "tool_calls": [call, call]},
        {"content": [{"type": "text"}], "function_call": {"arguments": "{}"}},
        None,
    ]
    body = encoded({"choices": [{"message": message} for message in messages]})

    assert read_answer(body, HABITS).output_characters == 7 + 14 + 2


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="HTML"),
        pytest.param(b"{}", id="no choices"),
        pytest.param(b'{"choices":null}', id="null choices"),
        pytest.param(b'{"choices":[]}', id="empty choices"),
        pytest.param(b'{"choices":["x"]}', id="text choice"),
        pytest.param(b'{"choices":[{"message":{"content":"x"}}]', id="cut"),
        pytest.param(b'{"choices":[{"message":{"content":"\xff"}}]}', id="no UTF-8"),
        pytest.param(b'{"choices":' + b"[" * 100_000, id="bomb"),
        pytest.param(b'[{"choices":[]}]', id="list"),
    ],
)
def test_refuses_what_is_no_completion(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read_answer(body, HABITS)


def test_an_answer_with_half_a_character_is_whole() -> None:
    body = answer().replace(b'"Hello"', b'"cut \\ud83d"')

    assert read_answer(body, HABITS) == Answer(body, None, 5)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b'{"error":{"message":"slow","code":429}}', FailureKind.RATE_LIMITED, id="numeric code"),
        pytest.param(b'{"error":{"code":"insufficient_quota"}}', FailureKind.QUOTA_EXHAUSTED, id="code"),
        pytest.param(b'{"error":"boom","choices":[]}', FailureKind.SERVER_ERROR, id="text"),
        pytest.param(b'{"object":"error","message":"x","code":400}', FailureKind.BAD_REQUEST, id="object"),
        pytest.param(
            b'{"choices":[{"finish_reason":"insufficient_system_resource"}]}',
            FailureKind.OVERLOADED,
            id="DeepSeek gave up",
        ),
        pytest.param(b'{"choices":[{"finish_reason":"abort"}]}', FailureKind.SERVER_ERROR, id="vLLM gave up"),
    ],
)
def test_an_error_under_status_200_is_a_failure(body: bytes, kind: FailureKind) -> None:
    with pytest.raises(StreamFailure) as failure:
        read_answer(body, HABITS)

    assert failure.value.failure.kind == kind


@pytest.mark.parametrize("error", [None, False, "", {}])
def test_an_empty_error_is_none(error: object) -> None:
    body = answer(error=error)

    assert read_answer(body, HABITS).body == body
