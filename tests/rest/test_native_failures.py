"""Failures in the providers' own words: who is asked next, and what the client hears."""

import json

import openai
import pytest

from tests.front_door import HELLO, Account, Row, until
from tests.providers.anthropic_exchange import message
from tests.scripted import Scripted, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
START = {"type": "message_start", "message": message(stop_reason=None)}
TEXT = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Hel"}}
KEY_INVALID = {
    "error": {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
        ],
    }
}
BLOCKED = {
    "promptFeedback": {"blockReason": "SAFETY"},
    "usageMetadata": {"promptTokenCount": 7, "totalTokenCount": 7},
}
GROQ_TOO_LARGE = {
    "error": {
        "message": (
            "Request too large for model `m` in organization `o` service tier `on_demand` on tokens per "
            "minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again."
        ),
        "type": "tokens",
        "code": "rate_limit_exceeded",
    }
}
COMPLETION = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
ANSWER = Scripted([json.dumps(COMPLETION).encode()])
CHUNKS = [
    {
        **COMPLETION,
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    for delta, finish in (({"role": "assistant", "content": "Hello"}, None), ({}, "stop"))
]
STREAM = Scripted([b"data: %b\n\n" % json.dumps(it).encode() for it in CHUNKS], "text/event-stream")


def events(*given: Row) -> Scripted:
    """A stream of Anthropic's."""
    texts = [f"event: {it['type']}\ndata: {json.dumps(it)}\n\n" for it in given]
    return Scripted([text.encode() for text in texts], "text/event-stream")


def failing(status: int, error: object, *headers: str) -> Scripted:
    """A refusal."""
    return Scripted([json.dumps(error).encode()], status=status, headers=headers)


CLAUDE = {"provider": "ANTHROPIC", "target": "claude-opus-5-5"}
GPT = {"provider": "OPENAI", "target": "gpt-4o"}
GEMINI = {"provider": "GOOGLE", "target": "gemini-3-flash"}


async def test_a_stream_that_is_overloaded_before_its_text_falls_over(standing_account: Account) -> None:
    async with (
        scripted(standing_account, "early", events(OVERLOADED), **CLAUDE) as first,
        scripted(standing_account, "early", STREAM) as second,
    ):
        stream = await standing_account.openai().chat.completions.create(
            model="early", messages=[HELLO], stream=True
        )
        chunks = [chunk async for chunk in stream]

    assert [chunk.choices[0].delta.content for chunk in chunks] == ["Hello", None]
    assert (first.tries, second.tries) == (2, 1)


async def test_a_stream_that_is_overloaded_before_its_text_is_503_where_nobody_is_left(
    standing_account: Account,
) -> None:
    async with scripted(standing_account, "alone", events(START, OVERLOADED), **CLAUDE):
        with pytest.raises(openai.InternalServerError) as caught:
            await standing_account.openai().chat.completions.create(
                model="alone", messages=[HELLO], stream=True
            )

    assert (caught.value.status_code, caught.value.code) == (503, "overloaded")


async def test_a_stream_that_is_overloaded_after_its_text_ends_with_an_error_and_nothing_else(
    standing_account: Account,
) -> None:
    async with (
        scripted(standing_account, "late", events(START, TEXT, OVERLOADED), **CLAUDE) as first,
        scripted(standing_account, "late", STREAM) as second,
    ):
        answer = await standing_account.complete({"model": "late", "messages": [HELLO], "stream": True})

    data = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    error = json.loads(data[-1])["error"]
    assert [json.loads(it)["choices"][0]["delta"]["content"] for it in data[:-1]] == ["", "Hel"]
    assert (error["code"], error["type"]) == ("overloaded", "server_error")
    assert (first.tries, second.tries) == (1, 0)


async def test_a_prompt_that_google_blocks_is_answered_at_once(standing_account: Account) -> None:
    async with (
        scripted(standing_account, "blocked", failing(200, BLOCKED), **GEMINI) as first,
        scripted(standing_account, "blocked", ANSWER) as second,
    ):
        answer = await standing_account.openai().chat.completions.create(model="blocked", messages=[HELLO])

    assert answer.choices[0].finish_reason == "content_filter"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (7, 0)
    assert (first.tries, second.tries) == (1, 0)


async def test_a_key_that_google_calls_a_bad_request_is_marked_and_passed_by(
    standing_account: Account,
) -> None:
    async with (
        scripted(standing_account, "bad-key", failing(400, KEY_INVALID), **GEMINI) as first,
        scripted(standing_account, "bad-key", ANSWER) as second,
    ):
        answer = await standing_account.openai().chat.completions.create(model="bad-key", messages=[HELLO])

        await until(lambda: last_status(standing_account, first.key_id))
        status = await last_status(standing_account, first.key_id)

    assert answer.choices[0].message.content == "Hello"
    assert (first.tries, second.tries, status) == (1, 1, 400)


async def last_status(account: Account, key_id: str) -> int | None:
    """How the provider refused the latest attempt with a key."""
    query = "query($id: ID!) { workspace(id: $id) { providerKeys { id lastError { statusCode } } } }"
    keys = (await account.graphql(query, id=account.workspace_id))["workspace"]["providerKeys"]
    [error] = [key["lastError"] for key in keys if key["id"] == key_id]
    return error and int(error["statusCode"])


async def test_a_key_that_google_calls_a_bad_request_is_no_fault_of_the_client(
    standing_account: Account,
) -> None:
    async with scripted(standing_account, "no-key", failing(400, KEY_INVALID), **GEMINI):
        with pytest.raises(openai.InternalServerError) as caught:
            await standing_account.openai().chat.completions.create(model="no-key", messages=[HELLO])

    assert (caught.value.status_code, caught.value.code) == (502, "invalid_provider_key")


async def test_a_wait_without_end_is_passed_on_as_a_year(standing_account: Account) -> None:
    error = {
        "code": 429,
        "message": "Slow down.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "RetryInfo", "retryDelay": "9" * 400 + "s"}],
    }
    async with scripted(standing_account, "never", failing(429, {"error": error}), **GEMINI):
        answer = await standing_account.complete({"model": "never", "messages": [HELLO]})

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert answer.headers["retry-after"] == str(365 * 24 * 3600)
    assert answer.headers["x-request-id"]


TRIES = [
    pytest.param(
        failing(429, {"error": {"message": "No.", "code": "insufficient_quota"}}, "Retry-After: 1"),
        (1, 1),
        id="a quota that is used up",
    ),
    pytest.param(
        failing(429, {"error": {"message": "No.", "code": "slow_down"}}, "Retry-After-Ms: 10"),
        (2, 0),
        id="too fast for a moment",
    ),
    pytest.param(
        failing(429, {"error": {"message": "No.", "code": "slow_down"}}, "X-Should-Retry: true"),
        (2, 0),
        id="too fast, and by its own word worth another try",
    ),
    pytest.param(
        failing(429, GROQ_TOO_LARGE, "Retry-After: 1"),
        (1, 1),
        id="a prompt that is larger than what a minute holds",
    ),
]


@pytest.mark.parametrize(("refusal", "tries"), TRIES)
async def test_a_429_is_waited_for_only_where_that_helps(
    standing_account: Account, refusal: Scripted, tries: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    model = request.node.callspec.id
    async with (
        scripted(standing_account, model, refusal, ANSWER, **GPT) as first,
        scripted(standing_account, model, ANSWER) as second,
    ):
        answer = await standing_account.openai().chat.completions.create(model=model, messages=[HELLO])

    assert answer.choices[0].message.content == "Hello"
    assert (first.tries, second.tries) == tries
