"""What the client sees when a provider fails: a whole answer, or a clear error within a bound."""

import asyncio
import time

import httpx
import openai
import pytest

from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests.front_door import HELLO, Account, open_gateway


async def test_answers_from_the_second_provider_when_the_first_fails(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=500", label="first")
    await account.add_provider(simulator, label="second")

    raw = await account.openai().chat.completions.with_raw_response.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    # The first one was tried twice.
    assert raw.headers["x-perpetuo-attempts"] == "3"
    assert [(attempt["label"], attempt["statusCode"]) for attempt in row["attempts"]] == [
        ("first", 500),
        ("first", 500),
        ("second", 200),
    ]
    assert row["statusCode"] == 200


async def test_passes_a_rate_limit_on_with_its_retry_after(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=429;retry_after=17")

    with pytest.raises(openai.RateLimitError) as caught:
        await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    assert caught.value.response.headers["retry-after"] == "17"
    assert caught.value.response.headers["x-request-id"] == row["id"]
    assert row["statusCode"] == 429
    assert len(row["attempts"]) == 1


async def test_waits_a_short_retry_after_and_tries_again(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=429;retry_after=1;times=1")
    started = time.monotonic()

    await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    assert time.monotonic() - started >= 1
    assert [attempt["statusCode"] for attempt in row["attempts"]] == [429, 200]


async def test_a_wait_that_does_not_fit_into_the_time_left_goes_to_the_next_provider(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(settings.model_copy(update={"total_timeout_s": 1.5})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;status=429;retry_after=2", label="first")
        await account.add_provider(simulator, label="second")
        started = time.monotonic()

        await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

        row = await account.log()
    assert time.monotonic() - started < 1.5
    assert [(attempt["label"], attempt["statusCode"]) for attempt in row["attempts"]] == [
        ("first", 429),
        ("second", 200),
    ]


async def test_a_retry_after_is_never_waited_for_beyond_the_deadline(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(settings.model_copy(update={"total_timeout_s": 1.5})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;status=429;retry_after=2")
        started = time.monotonic()

        answer = await account.complete({"model": "gpt-4o", "messages": [HELLO]})

        row = await account.log()
    assert time.monotonic() - started < 1.5
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert len(row["attempts"]) == 1


async def test_exhausted_quota_goes_to_the_next_provider_at_once(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=429;code=insufficient_quota", label="first")
    await account.add_provider(simulator, label="second")

    await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    assert [attempt["label"] for attempt in row["attempts"]] == ["first", "second"]


async def test_a_shortage_of_connections_to_one_provider_is_none_to_the_next(
    sqlite_settings: Settings, simulator: RunningSimulator
) -> None:
    body = {"model": "gpt-4o", "messages": [HELLO]}
    async with (
        running() as hanging,
        open_gateway(sqlite_settings.model_copy(update={"max_upstream_connections": 1})) as gateway,
    ):
        account = await gateway.sign_up()
        await account.add_provider(hanging, apiKey="sk-sim;hang", label="first")
        await account.add_provider(simulator, label="second")
        occupying = asyncio.create_task(account.complete(body))
        await hanging.simulator.arrived()

        answer = await account.complete(body)

        row = await account.log()
        keys = await account.graphql(
            "query($id: ID!) { workspace(id: $id) { providerKeys { lastError { at } } } }",
            id=account.workspace_id,
        )
        occupying.cancel()
    assert answer.status_code == 200
    assert [(attempt["label"], attempt["statusCode"]) for attempt in row["attempts"]] == [
        ("first", None),
        ("second", 200),
    ]
    # The provider is not to blame.
    assert keys["workspace"]["providerKeys"] == [{"lastError": None}] * 2


async def test_when_all_fail_the_client_gets_one_clear_error(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=500", label="first")
    await account.add_provider(simulator, apiKey="sk-sim;status=503;retry_after=9", label="second")

    with pytest.raises(openai.InternalServerError) as caught:
        await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    error = caught.value.response.json()["error"]
    assert caught.value.status_code == 503
    assert caught.value.response.headers["retry-after"] == "9"
    assert error["type"] == "server_error"
    assert error["code"] == "overloaded"
    assert [attempt["provider"] for attempt in error["attempts"]] == ["first", "first", "second"]


async def test_a_refused_provider_key_never_reaches_the_client_as_401(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim-secret-0042;status=401", label="first")

    with pytest.raises(openai.InternalServerError) as caught:
        await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    await account.log()
    data = await account.graphql(
        "query($id: ID!) { workspace(id: $id) {"
        " providerKeys { lastAttemptAt lastError { at statusCode } } } }",
        id=account.workspace_id,
    )
    key = data["workspace"]["providerKeys"][0]
    assert caught.value.status_code == 502
    assert caught.value.response.json()["error"]["code"] == "invalid_provider_key"
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert "sk-sim-secret-0042" not in caught.value.response.text
    assert key["lastError"] == {"at": key["lastAttemptAt"], "statusCode": 401}


async def test_a_bad_request_goes_back_to_the_client_at_once(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=400", label="first")
    await account.add_provider(simulator, label="second")

    with pytest.raises(openai.BadRequestError):
        await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    assert (row["statusCode"], len(row["attempts"])) == (400, 1)


@pytest.mark.parametrize("directive", ["hang", "first_token=30"])
async def test_a_silent_provider_costs_no_more_than_its_limit(
    settings: Settings, simulator: RunningSimulator, directive: str
) -> None:
    async with open_gateway(settings.model_copy(update={"first_token_timeout_s": 0.3})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey=f"sk-sim;{directive}", label="first")
        await account.add_provider(simulator, label="second")
        started = time.monotonic()

        stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)
        chunks = [chunk async for chunk in stream]

        row = await account.log()
    assert 0.3 <= time.monotonic() - started < 3
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert [attempt["label"] for attempt in row["attempts"]] == ["first", "second"]


async def test_a_failing_candidate_is_rested(settings: Settings, simulator: RunningSimulator) -> None:
    async with open_gateway(settings.model_copy(update={"breaker_failures": 2})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;status=500", label="first")
        await account.add_provider(simulator, label="second")
        for _ in range(2):
            await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

        newest, oldest = await account.logs(2)

    assert [attempt["label"] for attempt in oldest["attempts"]] == ["first", "first", "second"]
    assert [attempt["label"] for attempt in newest["attempts"]] == ["second"]


async def test_a_candidate_whose_streams_keep_breaking_is_rested(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(settings.model_copy(update={"breaker_failures": 2})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;cut=5", label="first")
        await account.add_provider(simulator, label="second")
        for _ in range(3):
            await account.complete({"model": "gpt-4o", "messages": [HELLO], "stream": True})

        rows = await account.logs(3)

    assert [[attempt["label"] for attempt in row["attempts"]] for row in rows] == [
        ["second"],
        ["first"],
        ["first"],
    ]


async def test_a_stream_that_broke_is_the_last_error_of_its_provider_key(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;cut=5;pace=0.1")

    await account.complete({"model": "gpt-4o", "messages": [HELLO], "stream": True})

    row = await account.log()
    query = "query($id: ID!) { workspace(id: $id) { providerKeys { lastError { message } } } }"
    (key,) = (await account.graphql(query, id=account.workspace_id))["workspace"]["providerKeys"]
    (attempt,) = row["attempts"]
    assert key["lastError"] == {"message": attempt["errorMessage"]}
    # Until it broke, and not only until its first token.
    assert attempt["durationMs"] >= 300


async def test_a_client_that_leaves_while_we_wait_ends_the_completion(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;status=429;retry_after=3")
    asking = asyncio.create_task(account.complete({"model": "gpt-4o", "messages": [HELLO]}))
    seen = await simulator.simulator.arrived()
    await seen[0].ended()
    started = time.monotonic()

    asking.cancel()

    row = await account.log()
    assert time.monotonic() - started < 2
    assert (row["statusCode"], len(row["attempts"])) == (499, 1)
    assert len(simulator.simulator.requests) == 1


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_a_client_that_leaves_cancels_the_provider(
    account: Account, simulator: RunningSimulator, stream: bool
) -> None:
    directive = "pace=0.05;tokens=2000" if stream else "hang"
    await account.add_provider(simulator, apiKey=f"sk-sim;{directive}")

    async def ask() -> None:
        body = {"model": "gpt-4o", "messages": [HELLO], "stream": stream}
        headers = {"authorization": f"Bearer {account.api_key}"}
        async with httpx.AsyncClient() as http:
            await http.post(f"{account.url}/v1/chat/completions", json=body, headers=headers)

    asking = asyncio.create_task(ask())
    seen = await simulator.simulator.arrived()
    asking.cancel()
    started = time.monotonic()
    status = await seen[0].ended()

    row = await account.log()
    assert status == "aborted"
    assert time.monotonic() - started < 1
    assert row["statusCode"] == 499
    assert len(row["attempts"]) == 1
