"""Cohere behind the gateway, as a client of OpenAI's sees it."""

import json
from typing import Any

import openai
import pytest

from app.core.provider_name import ProviderName
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account

THINKING = "command-a-reasoning-08-2025"
PLANNING = "command-a-03-2025"
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get-weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"$ref": "#/$defs/city"}},
            "required": ["city"],
            "$defs": {"city": {"type": "string"}},
        },
    },
}


async def add(account: Account, simulator: RunningSimulator, **values: object) -> None:
    defaults = {"provider": "COHERE", "baseUrl": simulator.base_url_of(ProviderName.COHERE)}
    await account.add_provider(simulator, **defaults | values)


async def test_answers(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    raw = await account.openai().chat.completions.with_raw_response.create(
        model=PLANNING, messages=[HELLO], temperature=1.8, user="ada", max_completion_tokens=50
    )

    row = await account.log()
    choice = raw.parse().choices[0]
    assert (choice.message.content or "").startswith("You said: Say hello")
    assert choice.finish_reason == "stop"
    assert raw.headers["x-perpetuo-notes"] == "temperature=left_out, user=ignored"
    assert (row["providerUsed"], row["statusCode"], row["tokensEstimated"]) == ("COHERE", 200, False)


async def test_streams(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    stream = await account.openai().chat.completions.create(
        model=THINKING,
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


@pytest.mark.parametrize("keeps_details", [True, False], ids=["kept by the client", "remembered"])
@pytest.mark.parametrize("model", [THINKING, PLANNING])
async def test_tools_go_round_with_what_was_thought(
    account: Account, simulator: RunningSimulator, model: str, keeps_details: bool
) -> None:
    await add(account, simulator)
    client = account.openai().chat.completions

    called = await client.create(model=f"{model};parallel=2", messages=[HELLO], tools=[WEATHER])
    message: Any = called.choices[0].message.model_dump(exclude_none=True)
    thought = message["reasoning_details"][0]["block"]
    if not keeps_details:
        message = {name: message[name] for name in ("role", "tool_calls")}
    results: Any = [
        {"role": "tool", "tool_call_id": call["id"], "content": "sunny"} for call in message["tool_calls"]
    ]
    answer = await client.create(model=model, messages=[HELLO, message, *results], tools=[WEATHER])

    sent: Any = simulator.simulator.requests[-1].body
    told = sent["messages"][1]
    assert [call["function"]["name"] for call in message["tool_calls"]] == ["get-weather", "get-weather"]
    assert (told["content"] if model == THINKING else told["tool_plan"]) == (
        [thought] if model == THINKING else thought
    )
    assert (answer.choices[0].message.content or "").startswith("The tool answered: sunny")


async def test_several_choices_are_several_requests(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    answer = await account.openai().chat.completions.create(model=PLANNING, messages=[HELLO], n=3)

    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len(simulator.simulator.requests) == 3


async def test_an_answer_keeps_to_a_schema(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)
    schema = WEATHER["function"]["parameters"]

    answer = await account.openai().chat.completions.create(
        model=PLANNING,
        messages=[HELLO],
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema}},
    )

    assert json.loads(answer.choices[0].message.content or "").keys() == {"city"}


async def test_a_quota_that_is_used_up_falls_over_at_once(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, apiKey="key-0001;status=429;code=insufficient_quota", label="first")
    await account.add_provider(simulator, label="second", defaultModel="gpt-4o")

    answer = await account.openai().chat.completions.create(model=PLANNING, messages=[HELLO])

    row = await account.log()
    assert answer.model == "gpt-4o"
    assert [(it["label"], it["statusCode"]) for it in row["attempts"]] == [("first", 429), ("second", 200)]


async def test_what_cannot_be_had_is_refused_by_name(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator)

    with pytest.raises(openai.BadRequestError) as caught:
        await account.openai().chat.completions.create(
            model=PLANNING, messages=[HELLO], tools=[WEATHER], parallel_tool_calls=False
        )

    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", "parallel_tool_calls")
    assert not simulator.simulator.requests
