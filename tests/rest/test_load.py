"""Many at once: nothing is lost, nothing counts twice, nothing is locked."""

import asyncio
import random

import httpx
import openai
import pytest

from app.models import RequestLog, UsageCounter, UsageDaily
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, Gateway, open_gateway, until

COMPLETIONS = 1000
AT_ONCE = 64


async def test_counters_equal_the_rows_after_a_mixed_load(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator)
    chance, gate = random.Random(7), asyncio.Semaphore(AT_ONCE)
    models = [
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4o;status=400",
        "gpt-4o;status=500;times=1",
        "gpt-4o;cut=3",
        "none",
    ]

    async def ask() -> None:
        model, stream = chance.choice(models), chance.random() < 0.3
        async with gate:
            await account.complete({"model": model, "messages": [HELLO], "stream": stream})

    await asyncio.gather(*(ask() for _ in range(COMPLETIONS)))

    async def are_stored() -> bool:
        return await RequestLog.all().count() == COMPLETIONS

    await until(are_stored, timeout_s=30)
    rows = await RequestLog.all()
    counter = await UsageCounter.get(workspace_id=account.workspace_id)
    daily = await UsageDaily.filter(workspace_id=account.workspace_id)
    for name in ("input_tokens", "cached_input_tokens", "output_tokens"):
        total = sum(getattr(row, name) for row in rows)
        assert getattr(counter, name) == total
        assert sum(getattr(row, name) for row in daily) == total
    failed = sum(row.status_code >= 400 and row.status_code != 499 for row in rows)
    assert {row.status_code for row in rows} == {200, 400, 404, 502}
    assert (counter.requests, counter.failed_requests) == (COMPLETIONS, failed)
    assert sum(row.requests for row in daily) == COMPLETIONS
    assert sum(row.failed_requests for row in daily) == failed


async def test_sign_ups_key_changes_and_completions_at_once(
    sqlite_settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(sqlite_settings) as gateway:
        account = await gateway.sign_up()
        key_id = await account.add_provider(simulator)

        await asyncio.gather(
            *(_sign_up(gateway, number) for number in range(20)),
            *(_change(account, key_id, number) for number in range(40)),
            *(_complete(account) for _ in range(200)),
        )

        rows = await account.logs(200)
    assert {row["statusCode"] for row in rows} == {200}


async def test_an_outage_of_connections_of_our_own_is_503_and_no_failure_of_the_provider(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(settings.model_copy(update={"max_upstream_connections": 1})) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, apiKey="sk-sim;hang")
        slow = asyncio.create_task(_complete(account))
        await simulator.simulator.arrived()

        with pytest.raises(openai.InternalServerError) as refused:
            await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])
        slow.cancel()

        rows = await account.logs(2)
        data = await account.graphql(
            "query($id: ID!) { workspace(id: $id) { providerKeys { lastError { message } } } }",
            id=account.workspace_id,
        )
    assert refused.value.status_code == 503
    assert refused.value.code == "overloaded"
    assert {row["statusCode"] for row in rows} == {499, 503}
    assert data["workspace"]["providerKeys"][0]["lastError"] is None


async def _sign_up(gateway: Gateway, number: int) -> None:
    values = {"email": f"user{number}@example.com", "password": "correct horse", "name": "U"}
    query = "mutation($input: SignupInput!) { signup(input: $input) { token } }"
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.post(
            f"{gateway.url}/graphql", json={"query": query, "variables": {"input": values}}
        )
    assert "errors" not in answer.json(), answer.text


async def _change(account: Account, key_id: str, number: int) -> None:
    await account.graphql(
        "mutation($input: UpdateProviderKeyInput!) { updateProviderKey(input: $input) { id } }",
        input={"id": key_id, "label": f"label {number}"},
    )


async def _complete(account: Account) -> None:
    answer = await account.complete({"model": "gpt-4o", "messages": [HELLO]})
    assert answer.status_code == 200, answer.text
