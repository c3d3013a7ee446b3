"""The Responses route through the running gateway: a client speaks chat, and loses no reasoning."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from openai.types.chat import ChatCompletionToolUnionParam

from app.settings import Settings
from app.simulator import Simulator, running
from tests.front_door import HELLO, Account, open_gateway

Json = dict[str, Any]

TOOL: ChatCompletionToolUnionParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CUSTOM: ChatCompletionToolUnionParam = {"type": "custom", "custom": {"name": "shell"}}
ASKED: Json = {"model": "gpt-5.5", "messages": [HELLO], "tools": [TOOL]}


@dataclass
class Provider:
    """An account on a gateway whose OPENAI key points to a simulator."""

    account: Account
    simulator: Simulator

    @property
    def asked(self) -> list[Json]:
        """The bodies that reached the Responses route."""
        return [it.body for it in self.simulator.requests if it.path == "/v1/responses"]


@asynccontextmanager
async def opened(settings: Settings, told: str = "") -> AsyncIterator[Provider]:
    """The provider, whose key tells the simulator what to do."""
    async with running() as simulator, open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey=f"sk-simulated-key-0001{told}")
        yield Provider(account, simulator.simulator)


async def test_a_tool_round_trip_keeps_the_reasoning_of_a_client_that_drops_it(settings: Settings) -> None:
    async with opened(settings, ";parallel=2") as provider:
        first = (await provider.account.complete(ASKED)).json()["choices"][0]
        calls = first["message"]["tool_calls"]
        turn = {"role": "assistant", "tool_calls": calls}
        results = [{"role": "tool", "tool_call_id": call["id"], "content": "21"} for call in calls]
        second = await provider.account.complete(ASKED | {"messages": [HELLO, turn, *results]})

    assert (first["finish_reason"], len(calls)) == ("tool_calls", 2)
    assert second.json()["choices"][0]["message"]["content"].startswith("The tool answered: 21")
    # The simulator refuses reasoning in which a single byte has changed.
    assert [it.get("type", it.get("role")) for it in provider.asked[1]["input"]] == [
        "user",
        "reasoning",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
    ]


@pytest.mark.parametrize("tool", [TOOL, CUSTOM], ids=["function", "custom"])
async def test_a_call_is_the_same_streamed_or_not(
    settings: Settings, tool: ChatCompletionToolUnionParam
) -> None:
    asked = ASKED | {"tools": [tool]}
    async with opened(settings) as provider:
        whole = (await provider.account.complete(asked)).json()["choices"][0]
        stream = await provider.account.openai().chat.completions.create(**asked, stream=True)
        choices = [chunk.choices[0] async for chunk in stream]

    (expected,) = whole["message"]["tool_calls"]
    kind, key = ("custom", "input") if tool == CUSTOM else ("function", "arguments")
    first, *rest = (it.delta.tool_calls[0].to_dict() for it in choices if it.delta.tool_calls)
    told: list[Json] = [it[kind] for it in (first, *rest)]  # type: ignore[misc]  # JSON
    assert (expected["type"], first["type"]) == (kind, kind)
    assert {"name": told[0]["name"], key: "".join(it[key] for it in told)} == expected[kind]
    assert (choices[-1].finish_reason, whole["finish_reason"]) == ("tool_calls", "tool_calls")


async def test_a_stream_is_counted_as_the_provider_counts_it(settings: Settings) -> None:
    async with opened(settings, ";cached=40") as provider:
        stream = await provider.account.openai().chat.completions.create(
            **ASKED | {"tool_choice": "none"}, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        row = await provider.account.log()

    usage = chunks[-1].usage
    assert usage is not None
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (row["inputTokens"], row["cachedInputTokens"]) == (usage.prompt_tokens, 40)
    assert row["outputTokens"] == usage.completion_tokens
    assert (row["statusCode"], row["tokensEstimated"]) == (200, False)


@pytest.mark.parametrize(
    ("told", "more", "reason"),
    [
        pytest.param("", {"max_completion_tokens": 20}, "length", id="limit"),
        pytest.param(";finish=content_filter;tokens=2", {}, "content_filter", id="filter"),
        pytest.param("", {"stop": "simulated"}, "stop", id="stop sequence, which the route lacks"),
    ],
)
async def test_an_answer_ends_for_its_reason(settings: Settings, told: str, more: Json, reason: str) -> None:
    async with opened(settings, told) as provider:
        answer = await provider.account.complete(ASKED | {"tool_choice": "none"} | more)

    choice = answer.json()["choices"][0]
    assert choice["finish_reason"] == reason
    assert "simulated" not in (choice["message"]["content"] or "")


async def test_a_refusal_stays_one(settings: Settings) -> None:
    async with opened(settings, ";refuse") as provider:
        answer = await provider.account.complete(ASKED)

    assert answer.json()["choices"][0]["message"]["refusal"] == "I'm sorry, but I can't help with that."


async def test_moderation_is_told_in_the_shape_of_chat(settings: Settings) -> None:
    asked = ASKED | {"tool_choice": "none", "moderation": {"model": "omni-moderation-latest"}}
    async with opened(settings) as provider:
        whole = await provider.account.openai().chat.completions.create(**asked)
        stream = await provider.account.openai().chat.completions.create(**asked, stream=True)
        chunks = [chunk async for chunk in stream]

    assert whole.moderation is not None
    assert whole.moderation.input.type == "moderation_results"
    assert [it.flagged for it in whole.moderation.input.results] == [False]
    (told,) = (chunk.moderation for chunk in chunks if chunk.moderation is not None)
    assert told.to_dict() == whole.moderation.to_dict()


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("told", [";finish=failed;code=server_error", ";status=500"], ids=["late", "at once"])
async def test_a_failure_is_the_next_ones_turn(settings: Settings, told: str, is_streamed: bool) -> None:
    async with running() as simulator, open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, label="ill", apiKey=f"sk-simulated-key-0001{told}", priority=1)
        await account.add_provider(simulator, label="well", apiKey="sk-simulated-key-0002", priority=2)
        answer = await account.complete(ASKED | {"stream": is_streamed})
        row = await account.log()

    assert answer.status_code == 200
    assert [it["label"] for it in row["attempts"]][-1] == "well"


async def test_a_refused_parameter_goes_by_its_name_in_chat(settings: Settings) -> None:
    async with opened(settings, ";refuses=reasoning.effort") as provider:
        answer = await provider.account.complete(ASKED | {"reasoning_effort": "low"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "reasoning_effort")
