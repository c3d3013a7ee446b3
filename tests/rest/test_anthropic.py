"""Anthropic behind the gateway: the simulated API is as strict as the real one."""

import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolUnionParam
from pydantic import BaseModel

from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account

OPUS = "claude-opus-5-5"
KEY = "sk-ant-simulated-0001"

WEATHER: ChatCompletionToolUnionParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
QUESTION: ChatCompletionMessageParam = {"role": "user", "content": "Weather in Lisbon and Porto?"}


class City(BaseModel):
    name: str
    is_capital: bool


async def add_anthropic(account: Account, simulator: RunningSimulator, directives: str = "") -> str:
    base_url = simulator.base_url.removesuffix("/v1") + "/anthropic"
    return await account.add_provider(
        simulator, provider="ANTHROPIC", apiKey=KEY + directives, baseUrl=base_url
    )


async def test_answers_a_plain_completion_and_logs_it(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    raw = await account.openai().chat.completions.with_raw_response.create(model=OPUS, messages=[HELLO])

    completion, row = raw.parse(), await account.log()
    assert completion.choices[0].finish_reason == "stop"
    assert completion.choices[0].message.content
    assert completion.usage is not None
    assert raw.headers["x-perpetuo-provider"] == "ANTHROPIC"
    assert (row["statusCode"], row["providerUsed"], row["model"]) == (200, "ANTHROPIC", OPUS)
    assert row["inputTokens"] == completion.usage.prompt_tokens
    assert row["outputTokens"] == completion.usage.completion_tokens
    assert simulator.simulator.requests[0].headers["anthropic-version"] == "2026-10-21"


async def test_streams_a_completion_and_its_usage(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    stream = await account.openai().chat.completions.create(
        model=OPUS, messages=[HELLO], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == row["outputTokens"]
    assert (row["stream"], row["statusCode"], row["tokensEstimated"]) == (True, 200, False)


async def test_reports_what_was_left_out(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    raw = await account.openai().chat.completions.with_raw_response.create(
        model=OPUS, messages=[HELLO], temperature=0.2, seed=7
    )

    assert raw.headers["x-perpetuo-notes"] == "seed=left_out, temperature=left_out"


async def test_sends_sampling_where_the_model_takes_it(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    await account.openai().chat.completions.create(
        model="claude-haiku-4-5", messages=[HELLO], temperature=0.2, top_p=0.9
    )

    (seen,) = simulator.simulator.requests
    assert seen.headers["anthropic-version"] == "2023-06-01"
    assert (seen.body["temperature"], "top_p" in seen.body) == (0.2, False)


async def test_refuses_by_name_what_cannot_be_had(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    with pytest.raises(openai.BadRequestError) as error:
        await account.openai().chat.completions.create(model=OPUS, messages=[HELLO], logprobs=True)

    assert (error.value.code, error.value.param) == ("unsupported_parameter", "logprobs")
    assert not simulator.simulator.requests


async def ask(account: Account, messages: list[Any], **fields: Any) -> dict[str, Any]:
    """The message of a plain answer, as a client gets it that keeps every field."""
    answer = await account.complete({"model": OPUS, "messages": messages, "tools": [WEATHER], **fields})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.json()["choices"][0]["message"]
    return message


def results(message: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"role": "tool", "tool_call_id": call["id"], "content": f"{number} degrees"}
        for number, call in enumerate(message["tool_calls"])
    ]


@pytest.mark.parametrize("keeps_details", [True, False], ids=["details kept", "details dropped"])
async def test_carries_parallel_calls_and_bound_reasoning_there_and_back(
    account: Account, simulator: RunningSimulator, keeps_details: bool
) -> None:
    await add_anthropic(account, simulator, ";think;parallel=2")

    first = await ask(account, [QUESTION], reasoning_effort="low")
    calls = first["tool_calls"]
    if not keeps_details:
        first = {"role": "assistant", "content": first["content"], "tool_calls": calls}
    second = await ask(account, [QUESTION, first, *results(first)], reasoning_effort="low")

    assert [json.loads(call["function"]["arguments"]).keys() for call in calls] == [{"city"}, {"city"}]
    assert second["content"]
    answered, asked = simulator.simulator.requests[1].body["messages"], ["thinking", "tool_use", "tool_use"]
    assert isinstance(answered, list)
    assert [block["type"] for block in answered[1]["content"]] == asked
    assert [block["type"] for block in answered[2]["content"]] == ["tool_result", "tool_result"]


async def test_streams_reasoning_and_calls(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator, ";think;parallel=2")

    stream = await account.openai().chat.completions.create(
        model=OPUS, messages=[QUESTION], tools=[WEATHER], reasoning_effort="low", stream=True
    )
    chunks = [chunk.choices[0] async for chunk in stream]

    thoughts = [(choice.delta.model_extra or {}).get("reasoning_content", "") for choice in chunks]
    calls = [call for choice in chunks for call in choice.delta.tool_calls or []]
    assert "".join(thoughts)
    assert [call.index for call in calls if call.id] == [0, 1]
    assert chunks[-1].finish_reason == "tool_calls"


async def test_parses_structured_output(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    completion = await account.openai().chat.completions.parse(
        model=OPUS, messages=[{"role": "user", "content": "A city"}], response_format=City
    )

    assert isinstance(completion.choices[0].message.parsed, City)


async def test_gives_several_choices(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator)

    completion = await account.openai().chat.completions.create(model=OPUS, messages=[HELLO], n=3)

    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    assert len(simulator.simulator.requests) == 3


async def test_tells_a_refusal(account: Account, simulator: RunningSimulator) -> None:
    await add_anthropic(account, simulator, ";refuse")

    completion = await account.openai().chat.completions.create(model=OPUS, messages=[HELLO])

    assert completion.choices[0].finish_reason == "content_filter"
    assert completion.choices[0].message.refusal


@pytest.mark.parametrize(
    "directives",
    [
        pytest.param(";status=529", id="overloaded"),
        pytest.param(";status=400;code=insufficient_quota", id="no credit"),
        pytest.param(";status=401", id="key refused"),
        pytest.param(";error_event=1", id="error inside a stream"),
    ],
)
async def test_falls_back_to_another_provider(
    account: Account, simulator: RunningSimulator, directives: str
) -> None:
    await add_anthropic(account, simulator, directives)
    await account.add_provider(simulator, defaultModel="gpt-4o-mini")

    stream = await account.openai().chat.completions.create(
        model=OPUS, messages=[HELLO], max_tokens=50, stream=True
    )
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert chunks[-1].choices[0].finish_reason is not None
    assert (row["statusCode"], row["providerUsed"]) == (200, "OPENAI")
    assert row["attempts"][0]["provider"] == "ANTHROPIC"


async def test_is_passed_by_where_another_provider_can_serve(
    account: Account, simulator: RunningSimulator
) -> None:
    await add_anthropic(account, simulator)
    await account.add_provider(simulator, defaultModel="gpt-4o-mini")

    completion = await account.openai().chat.completions.create(
        model=OPUS, messages=[HELLO], response_format={"type": "json_object"}
    )

    row = await account.log()
    assert completion.choices[0].message.content
    assert (row["providerUsed"], len(row["attempts"])) == ("OPENAI", 1)


async def test_an_error_in_a_running_stream_ends_it_as_a_failure(
    account: Account, simulator: RunningSimulator
) -> None:
    await add_anthropic(account, simulator, ";error_event=5")

    stream = await account.openai().chat.completions.create(model=OPUS, messages=[HELLO], stream=True)
    with pytest.raises(openai.APIError) as error:
        _ = [chunk async for chunk in stream]

    assert error.value.code == "overloaded"
    assert (await account.log())["statusCode"] == 503


@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "stream"])
async def test_goes_on_where_a_search_paused(
    account: Account, simulator: RunningSimulator, is_stream: bool
) -> None:
    await add_anthropic(account, simulator, ";finish=pause_turn;times=1")
    client = account.openai()

    if is_stream:
        stream = await client.chat.completions.create(
            model=OPUS, messages=[HELLO], web_search_options={}, stream=True
        )
        content = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    else:
        completion = await client.chat.completions.create(model=OPUS, messages=[HELLO], web_search_options={})
        content = completion.choices[0].message.content or ""

    assert content
    assert len(simulator.simulator.requests) == 2
    assert (await account.log())["statusCode"] == 200


async def test_each_of_several_choices_goes_on_where_its_search_paused(
    account: Account, simulator: RunningSimulator
) -> None:
    await add_anthropic(account, simulator, ";finish=pause_turn;times=2")

    completion = await account.openai().chat.completions.create(
        model=OPUS, messages=[HELLO], web_search_options={}, n=2
    )

    assert [choice.finish_reason for choice in completion.choices] == ["stop", "stop"]
    assert len(simulator.simulator.requests) == 4
    assert (await account.log())["notes"] == ["web_search_options=tool"]
