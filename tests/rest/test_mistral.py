"""Mistral behind the gateway, as a client of OpenAI's sees it."""

import json
from typing import Any

import openai
import pytest

from app.core.provider_name import ProviderName
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account

LARGE = "mistral-large-4"
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


async def add(account: Account, simulator: RunningSimulator, **values: object) -> None:
    defaults = {"provider": "MISTRAL", "baseUrl": simulator.base_url_of(ProviderName.MISTRAL)}
    await account.add_provider(simulator, **defaults | values)


async def test_answers(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    raw = await account.openai().chat.completions.with_raw_response.create(
        model=LARGE, messages=[HELLO], temperature=1.8, user="ada", max_completion_tokens=50
    )

    row = await account.log()
    choice = raw.parse().choices[0]
    assert (choice.message.content or "").startswith("You said: Say hello")
    assert choice.finish_reason == "stop"
    assert raw.headers["x-perpetuo-notes"] == "temperature=left_out, user=ignored"
    assert (row["providerUsed"], row["statusCode"], row["tokensEstimated"]) == ("MISTRAL", 200, False)


async def test_streams(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    stream = await account.openai().chat.completions.create(
        model=LARGE,
        messages=[HELLO],
        stream=True,
        reasoning_effort="high",
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    deltas = [choice.delta.model_dump(exclude_unset=True) for chunk in chunks for choice in chunk.choices]
    usage = chunks[-1].usage
    assert "".join(it.get("content") or "" for it in deltas).startswith("You said: Say hello")
    assert "".join(it.get("reasoning_content") or "" for it in deltas).startswith("Messages so far: 1.")
    assert usage is not None
    assert (row["inputTokens"], row["outputTokens"]) == (usage.prompt_tokens, usage.completion_tokens)


@pytest.mark.parametrize("model", [LARGE, "codestral-latest"], ids=["arguments as text", "as an object"])
async def test_tools_go_round(account: Account, simulator: RunningSimulator, model: str) -> None:
    await add(account, simulator)
    client = account.openai().chat.completions

    called = await client.create(model=f"{model};parallel=2", messages=[HELLO], tools=[WEATHER])
    calls = called.choices[0].message.tool_calls or []
    results: Any = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in calls]
    message: Any = called.choices[0].message.model_dump(exclude_none=True)
    answer = await client.create(model=model, messages=[HELLO, message, *results], tools=[WEATHER])

    assert called.choices[0].finish_reason == "tool_calls"
    assert len({call.id for call in calls}) == 2
    assert (answer.choices[0].message.content or "").startswith("The tool answered: sunny")


async def test_calls_that_another_provider_made_are_answered(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator)
    call = {"id": "call_abcdefghijklmnop", "type": "function", "function": {"name": "f", "arguments": ""}}
    history: Any = [
        HELLO,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": "sunny"},
        HELLO,
    ]

    raw = await account.openai().chat.completions.with_raw_response.create(model=LARGE, messages=history)

    assert raw.headers["x-perpetuo-notes"] == "messages[3]=bridged"


@pytest.mark.parametrize("keeps_details", [True, False], ids=["kept by the client", "remembered"])
async def test_thoughts_come_back_signed(
    account: Account, simulator: RunningSimulator, keeps_details: bool
) -> None:
    await add(account, simulator)
    client = account.openai().chat.completions

    called = await client.create(model=LARGE, messages=[HELLO], tools=[WEATHER], reasoning_effort="high")
    message: Any = called.choices[0].message.model_dump(exclude_none=True)
    thought = message["reasoning_details"][0]["block"]
    if not keeps_details:
        message = {name: message[name] for name in ("role", "tool_calls")}
    result: Any = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "sunny"}
    await client.create(model=LARGE, messages=[HELLO, message, result], tools=[WEATHER])

    sent: Any = simulator.simulator.requests[-1].body
    assert thought["signature"]
    assert sent["messages"][1]["content"] == [thought]


async def test_an_answer_keeps_to_a_schema(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)
    schema = WEATHER["function"]["parameters"]

    answer = await account.openai().chat.completions.create(
        model=LARGE,
        messages=[HELLO],
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema}},
    )

    assert json.loads(answer.choices[0].message.content or "").keys() == {"city"}


async def test_a_failure_falls_over_to_another_provider(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, apiKey="key-0001;status=503;retry_after=9", label="first")
    await account.add_provider(simulator, label="second", defaultModel="gpt-4o")

    answer = await account.openai().chat.completions.create(model=LARGE, messages=[HELLO])

    row = await account.log()
    assert answer.model == "gpt-4o"
    assert {attempt["label"] for attempt in row["attempts"]} == {"first", "second"}


async def test_an_effort_that_the_model_refuses_is_told_by_name(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator)

    with pytest.raises(openai.BadRequestError) as caught:
        await account.openai().chat.completions.create(model=LARGE, messages=[HELLO], reasoning_effort="max")

    assert caught.value.param == "reasoning_effort"


async def test_what_cannot_be_had_is_refused_by_name(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    with pytest.raises(openai.BadRequestError) as caught:
        await account.openai().chat.completions.create(model=LARGE, messages=[HELLO], logit_bias={"5": 1})

    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", "logit_bias")
    assert not simulator.simulator.requests
