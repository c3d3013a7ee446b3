"""Streams that wait, break or end oddly: a truncated answer never looks complete."""

import json

import httpx
import openai
import pytest

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, open_gateway


async def test_falls_back_inside_a_stream_before_the_first_token(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;cut=1", label="first")
    await account.add_provider(simulator, label="second")

    stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert [chunk.choices[0].delta.role for chunk in chunks].count("assistant") == 1
    assert row["attempts"][-1]["label"] == "second"


@pytest.mark.parametrize("directive", ["cut=5", "end=5", "stall=5", "error_event=5"])
async def test_a_broken_stream_never_looks_complete(
    settings: Settings, simulator: RunningSimulator, directive: str
) -> None:
    async with open_gateway(settings.model_copy(update={"stream_idle_timeout_s": 0.2})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey=f"sk-sim;{directive}")

        answer = await _raw_stream(account)

        row = await account.log()
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert answer.status_code == 200
    assert "[DONE]" not in answer.text
    assert '"finish_reason":"' not in answer.text.replace(" ", "")
    assert json.loads(events[-1])["error"].keys() >= {"message", "type", "param", "code"}
    assert row["statusCode"] in {502, 503, 504}
    assert row["attempts"][-1]["errorMessage"]
    assert row["tokensEstimated"] is True


async def test_the_official_client_raises_on_a_broken_stream(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;cut=5")

    stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)

    with pytest.raises(openai.APIError):
        _ = [chunk async for chunk in stream]


async def test_an_assured_stream_falls_over_unseen(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;cut=5", label="first")
    await account.add_provider(simulator, label="second")

    stream = await account.openai().chat.completions.create(
        model="gpt-4o", messages=[HELLO], stream=True, extra_headers={"x-perpetuo-assured": "true"}
    )
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert (row["statusCode"], row["attempts"][-1]["label"]) == (200, "second")


async def test_an_assured_stream_does_not_wait_for_a_provider_that_forgets_to_hang_up(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(settings.model_copy(update={"stream_idle_timeout_s": 0.3})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;tokens=1;stall=3")

        answer = await account.complete(
            {"model": "gpt-4o", "messages": [HELLO], "stream": True}, **{"x-perpetuo-assured": "true"}
        )

        row = await account.log()
    assert answer.text.endswith("data: [DONE]\n\n")
    assert (row["statusCode"], len(row["attempts"])) == (200, 1)


async def test_an_assured_stream_has_the_whole_completions_deadline(
    settings: Settings, simulator: RunningSimulator
) -> None:
    limits = {"total_timeout_s": 0.6, "retry_attempts": 0}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;tokens=200;pace=0.05")

        answer = await account.complete(
            {"model": "gpt-4o", "messages": [HELLO], "stream": True}, **{"x-perpetuo-assured": "true"}
        )

    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "timeout")


async def test_a_long_silence_inside_a_stream_is_filled_with_comments_and_still_has_its_limit(
    settings: Settings, simulator: RunningSimulator
) -> None:
    limits = {"stream_idle_timeout_s": 0.5, "keepalive_s": 0.1}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;stall=3")

        answer = await _raw_stream(account)

    parts = answer.text.split("\n\n")
    assert parts.count(": keep-alive") >= 3
    assert '"code":"timeout"' in parts[-2]


async def test_a_stream_without_done_is_whole_after_its_finish_reason(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;no_done")

    answer = await _raw_stream(account)

    row = await account.log()
    assert answer.text.endswith("data: [DONE]\n\n")
    assert row["statusCode"] == 200


async def test_a_malformed_event_is_skipped(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;malformed=3")

    stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert row["statusCode"] == 200


async def test_a_waiting_stream_gets_its_headers_and_comments(
    settings: Settings, simulator: RunningSimulator
) -> None:
    limits = {"stream_headers_after_s": 0.1, "keepalive_s": 0.1}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;first_token=0.5")

        answer = await _raw_stream(account)

    assert answer.text.startswith(": keep-alive\n\n")
    assert answer.text.endswith("data: [DONE]\n\n")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_a_failure_after_the_headers_becomes_an_error_event(
    settings: Settings, simulator: RunningSimulator
) -> None:
    limits = {"stream_headers_after_s": 0.1, "retry_attempts": 0}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;status=500;delay=0.5")

        answer = await _raw_stream(account)

        row = await account.log()
    assert answer.status_code == 200
    assert (
        json.loads(answer.text.splitlines()[-2].removeprefix("data: "))["error"]["code"] == "upstream_error"
    )
    assert "[DONE]" not in answer.text
    assert row["statusCode"] == 502


async def _raw_stream(account: Account) -> httpx.Response:
    return await account.http.post(
        f"{account.url}/v1/chat/completions",
        json={"model": "gpt-4o", "messages": [HELLO], "stream": True},
        headers={"authorization": f"Bearer {account.api_key}"},
    )
