"""A client that leaves as soon as it has its answer, while the provider keeps its connection open."""

import pytest

from tests.front_door import HELLO, Account
from tests.providers.recorded import RECORDINGS, Said
from tests.scripted import Scripted, ScriptedProvider
from tests.upstream.servers import Exchange, serve, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("provider", "recording", "choices"),
    [("CUSTOM", "openai", 1), ("ANTHROPIC", "anthropic", 4)],
    ids=["one choice", "a request for each choice"],
)
async def test_gives_back_every_connection_to_a_provider_that_does_not_hang_up(
    standing_account: Account, provider: str, recording: str, choices: int
) -> None:
    account = standing_account
    answer = Scripted([RECORDINGS[recording].of(Said("Hi")).stream()], "text/event-stream", is_endless=True)

    async def handler(exchange: Exchange) -> None:
        await answer.send(exchange)
        await exchange.client_is_gone()

    async with serve(handler) as server:
        await account.add_provider(
            ScriptedProvider(server), provider=provider, modelMap=[{"requested": recording, "target": "m"}]
        )

        body = {"model": recording, "messages": [HELLO], "stream": True, "n": choices}
        headers = {"authorization": f"Bearer {account.api_key}"}
        url = f"{account.url}/v1/chat/completions"
        async with account.http.stream("POST", url, json=body, headers=headers) as stream:
            finished = 0
            async for line in stream.aiter_lines():
                finished += '"finish_reason":"stop"' in line.replace(" ", "")
                if finished == choices:
                    break

        await until(lambda: server.open == 0)

    assert len(server.requests) == choices
