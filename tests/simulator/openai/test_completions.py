"""The flawless provider, seen through the official SDK."""

import json

import httpx
import openai as sdk
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from app.simulator import RunningSimulator

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello, world"}]
REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."


class Room(BaseModel):
    name: str
    seats: int
    doors: list["Door"]


class Door(BaseModel):
    is_locked: bool
    leads_to: Room | None


async def test_answers_with_the_prompt_and_its_usage(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(model="gpt-4o-mini", messages=HELLO)

    assert completion.choices[0].message.content == REPLY
    assert completion.choices[0].finish_reason == "stop"
    assert completion.model == "gpt-4o-mini"
    assert completion.id.startswith("chatcmpl-")
    assert completion.usage is not None
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )


async def test_streams_the_same_text_with_usage_when_asked(openai: AsyncOpenAI) -> None:
    stream = await openai.chat.completions.create(
        model="gpt-4o-mini", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    assert text == REPLY
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len(chunks) - 3


async def test_frames_a_stream_as_openai_does(client: httpx.AsyncClient) -> None:
    body = {"model": "gpt-4o", "messages": HELLO, "stream": True, "stream_options": {"include_usage": True}}

    answer = await client.post("/chat/completions", json=body)

    events = answer.text.split("\n\n")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events[-2:] == ["data: [DONE]", ""]
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1]["usage"]["prompt_tokens_details"] == {"cached_tokens": 0, "audio_tokens": 0}


async def test_a_stream_holds_no_usage_unless_asked(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/chat/completions", json={"model": "gpt-4o", "messages": HELLO, "stream": True}
    )

    assert "usage" not in answer.text


async def test_several_choices_differ(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(model="gpt-4o-mini", messages=HELLO, n=3)

    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in completion.choices}) == 3


async def test_stops_at_the_token_limit(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(
        model="gpt-4o-mini", messages=HELLO, max_completion_tokens=3
    )

    assert completion.choices[0].message.content == "You said:"
    assert completion.choices[0].finish_reason == "length"


async def test_stops_before_a_stop_sequence(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(model="gpt-4o-mini", messages=HELLO, stop=["world"])

    assert completion.choices[0].message.content == "You said: Hello, "
    assert completion.choices[0].finish_reason == "stop"


async def test_gives_logprobs_for_each_token(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(model="gpt-4o-mini", messages=HELLO, logprobs=True)

    logprobs = completion.choices[0].logprobs
    assert logprobs is not None
    assert "".join(token.token for token in logprobs.content or []) == REPLY


async def test_mentions_the_images_it_was_sent(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(
        model="gpt-4o",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
                ],
            }
        ],
    )

    text = completion.choices[0].message.content or ""
    assert text.startswith("You said: What is this? and sent an image\n")


async def test_parses_into_a_schema_with_references(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.parse(model="gpt-4o", messages=HELLO, response_format=Room)

    room = completion.choices[0].message.parsed
    assert room is not None
    assert room.name == "sample name"
    assert room.doors[0].is_locked


async def test_answers_json_when_asked(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(
        model="gpt-4o", messages=HELLO, response_format={"type": "json_object"}
    )

    assert json.loads(completion.choices[0].message.content or "") == {
        "answer": "This is a simulated answer."
    }


async def test_lists_its_models(openai: AsyncOpenAI) -> None:
    models = await openai.models.list()

    assert "gpt-4o-mini" in [model.id for model in models.data]


async def test_an_unknown_model_is_not_found(openai: AsyncOpenAI) -> None:
    with pytest.raises(sdk.NotFoundError) as caught:
        await openai.chat.completions.create(model="unknown-model", messages=HELLO)

    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        pytest.param(b"{", "invalid_json", None, id="broken JSON"),
        pytest.param(b'{"messages": []}', "invalid_value", None, id="no model"),
        pytest.param(b'{"model": 1, "messages": []}', "invalid_value", "model", id="wrong type"),
        pytest.param(b'{"model": "m", "messages": [{}]}', "invalid_value", "messages[0]", id="no role"),
    ],
)
async def test_refuses_a_bad_body(
    client: httpx.AsyncClient, body: bytes, code: str, param: str | None
) -> None:
    answer = await client.post("/chat/completions", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("GET", "/v1/embeddings", 404, "unknown_url", id="another route"),
        pytest.param("GET", "/v1/chat/completions", 405, "method_not_allowed", id="another method"),
    ],
)
async def test_refuses_other_routes(
    client: httpx.AsyncClient, simulator: RunningSimulator, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, simulator.url + path)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


async def test_wants_a_key(simulator: RunningSimulator) -> None:
    async with httpx.AsyncClient(base_url=simulator.base_url, trust_env=False) as client:
        answer = await client.get("/models")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"


async def test_refuses_in_words(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(model="gpt-4o;refuse", messages=HELLO)
    async with openai.chat.completions.stream(model="gpt-4o;refuse", messages=HELLO) as stream:
        streamed = await stream.get_final_completion()

    assert completion.choices[0].finish_reason == streamed.choices[0].finish_reason == "stop"
    assert completion.choices[0].message.refusal == "I'm sorry, but I can't help with that."
    assert streamed.choices[0].message.refusal == completion.choices[0].message.refusal


async def test_counts_reasoning_and_cached_tokens(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(model="gpt-4o;think;cached=40", messages=HELLO)

    usage = completion.usage
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    assert usage.completion_tokens_details is not None
    assert (usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens) == (46, 40)
    assert (usage.completion_tokens, usage.completion_tokens_details.reasoning_tokens) == (39, 18)
