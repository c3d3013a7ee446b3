"""The route with the official OpenAI client: what works, end to end."""

import asyncio
import json

import openai
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel

from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account

PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


class City(BaseModel):
    name: str
    inhabitants: int


async def test_answers_a_plain_completion_and_logs_it(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)

    raw = await account.openai().chat.completions.with_raw_response.create(
        model="gpt-4o-mini", messages=[HELLO]
    )

    completion, row = raw.parse(), await account.log()
    assert completion.choices[0].finish_reason == "stop"
    assert completion.choices[0].message.content
    assert completion.usage is not None
    assert raw.headers["x-request-id"] == row["id"]
    assert raw.headers["x-perpetuo-provider"] == "OPENAI"
    assert raw.headers["x-perpetuo-model"] == "gpt-4o-mini"
    assert raw.headers["x-perpetuo-attempts"] == "1"
    assert (row["statusCode"], row["providerUsed"], row["model"]) == (200, "OPENAI", "gpt-4o-mini")
    assert row["inputTokens"] == completion.usage.prompt_tokens
    assert row["outputTokens"] == completion.usage.completion_tokens
    assert row["tokensEstimated"] is False


async def test_streams_a_completion_and_logs_it(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)

    stream = await account.openai().chat.completions.create(
        model="gpt-4o-mini", messages=[HELLO], stream=True
    )
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)
    assert (row["stream"], row["statusCode"], row["tokensEstimated"]) == (True, 200, False)
    assert row["outputTokens"] != 0
    assert isinstance(row["timeToFirstTokenMs"], int)


async def test_shows_usage_of_a_stream_only_to_who_asked(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator)

    stream = await account.openai().chat.completions.create(
        model="gpt-4o-mini", messages=[HELLO], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == row["outputTokens"]
    assert all(chunk.usage is None for chunk in chunks[:-1])


async def test_forwards_the_clients_bytes_untouched(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)
    body = (
        b'{"model": "gpt-4o-mini",\n "messages": [{"role":"user","content":"Hi"}], "brand_new": {"a": 1.0}}'
    )

    answer = await account.http.post(
        f"{account.url}/v1/chat/completions",
        content=body,
        headers={"authorization": f"Bearer {account.api_key}", "content-type": "application/json"},
    )

    assert answer.status_code == 200
    assert simulator.simulator.requests[0].raw == body


async def test_carries_a_tool_call_there_and_back(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)
    client = account.openai()

    question: ChatCompletionMessageParam = {"role": "user", "content": "Weather in Lisbon?"}
    first = await client.chat.completions.create(model="gpt-4o", messages=[question], tools=[WEATHER])
    (call,) = first.choices[0].message.tool_calls or []
    assert call.type == "function"
    asked: ChatCompletionMessageParam = {
        "role": "assistant",
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.function.name, "arguments": call.function.arguments},
            }
        ],
    }
    second = await client.chat.completions.create(
        model="gpt-4o",
        messages=[question, asked, {"role": "tool", "tool_call_id": call.id, "content": "23 degrees"}],
        tools=[WEATHER],
    )

    assert first.choices[0].finish_reason == "tool_calls"
    assert json.loads(call.function.arguments).keys() == {"city"}
    assert "23 degrees" in (second.choices[0].message.content or "")


async def test_streams_a_tool_call(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)

    async with account.openai().chat.completions.stream(
        model="gpt-4o", messages=[{"role": "user", "content": "Weather in Lisbon?"}], tools=[WEATHER]
    ) as stream:
        completion = await stream.get_final_completion()

    (call,) = completion.choices[0].message.tool_calls or []
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments).keys() == {"city"}


async def test_parses_structured_output(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)

    completion = await account.openai().chat.completions.parse(
        model="gpt-4o", messages=[{"role": "user", "content": "A city"}], response_format=City
    )

    assert isinstance(completion.choices[0].message.parsed, City)


async def test_takes_an_image(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)
    message: ChatCompletionMessageParam = {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": PIXEL}},
        ],
    }

    completion = await account.openai().chat.completions.create(model="gpt-4o", messages=[message])

    assert "image" in (completion.choices[0].message.content or "")


async def test_gives_several_choices_and_logprobs(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)

    completion = await account.openai().chat.completions.create(
        model="gpt-4o", messages=[HELLO], n=3, logprobs=True, top_logprobs=2
    )

    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    assert all(choice.logprobs for choice in completion.choices)


async def test_estimates_usage_that_was_not_reported(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;no_usage")

    await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    assert row["tokensEstimated"] is True
    assert row["outputTokens"] != 0


async def test_works_with_the_synchronous_client(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator)

    def ask() -> str | None:
        with openai.OpenAI(base_url=f"{account.url}/v1", api_key=account.api_key, max_retries=0) as client:
            completion = client.chat.completions.create(model="gpt-4o-mini", messages=[HELLO])
            chunks = client.chat.completions.create(model="gpt-4o-mini", messages=[HELLO], stream=True)
            assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
            return completion.choices[0].message.content

    content = await asyncio.to_thread(ask)

    assert content


async def test_takes_any_model_at_a_server_of_ones_own(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator, provider="CUSTOM", label="my-box")

    raw = await account.openai().chat.completions.with_raw_response.create(
        model="meta-llama/Llama-3.3", messages=[HELLO]
    )

    assert raw.headers["x-perpetuo-provider"] == "CUSTOM"
    assert simulator.simulator.requests[0].body["model"] == "meta-llama/Llama-3.3"
