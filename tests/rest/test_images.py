"""Images by their addresses: fetched by the gateway for models that take bytes alone."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.core.provider_name import ProviderName
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.front_door import Account, Row, open_gateway
from tests.upstream.fetching import PNG, answering
from tests.upstream.servers import Exchange, Server, serve

OLD = "gemini-2.0-flash"
NEW = "gemini-3.8-flash"
DATA = base64.b64encode(PNG).decode()
PARAM = "messages[0].content[1].image_url.url"
INLINED = "messages[0].content[1].image_url=inlined"
LOST = "http://127.0.0.1:1/cat.png"

either_way = pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """Nothing here depends on the database."""
    return sqlite_settings.model_copy(update={"allow_private_media": True})


@pytest.fixture
async def images() -> AsyncIterator[Server]:
    """A server that gives the same image at every address."""
    async with serve(answering(PNG)) as server:
        yield server


async def add(
    account: Account, simulator: RunningSimulator, provider: ProviderName, **values: object
) -> None:
    base_url = simulator.base_url_of(provider)
    await account.add_provider(
        simulator, **({"provider": provider, "baseUrl": base_url, "label": provider} | values)
    )


def asking(url: str, model: str = OLD, **fields: object) -> Row:
    parts: list[Row] = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    return {"model": model, "messages": [{"role": "user", "content": parts}], **fields}


def refusal_of(answer: httpx.Response) -> tuple[int, str, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["type"], error["code"], error["param"]


@pytest.fixture
async def ollama(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> Row:
    """A provider key for a server by Ollama's name. No such name leads here, so the resolver is told."""
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo

    async def getaddrinfo(host: Any, *more: Any, **options: Any) -> Any:
        return await resolve("127.0.0.1" if host in {"ollama.com", b"ollama.com"} else host, *more, **options)

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    base_url = simulator.base_url.replace("127.0.0.1", "ollama.com")
    return {"provider": "CUSTOM", "baseUrl": base_url, "label": "ollama"}


@either_way
async def test_an_older_gemini_gets_the_image(
    account: Account, simulator: RunningSimulator, images: Server, stream: bool
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)

    answer = await account.complete(asking(f"{images.url}/cat.png", stream=stream))

    (sent,) = simulator.simulator.requests
    contents: Any = sent.body["contents"]
    row = await account.log()
    assert answer.status_code == 200, answer.text
    assert contents[0]["parts"] == [
        {"text": "What is this?"},
        {"inlineData": {"mimeType": "image/png", "data": DATA}},
    ]
    assert len(images.requests) == 1
    assert b"authorization" not in images.requests[0].head.lower()
    assert (row["statusCode"], row["notes"], len(row["attempts"])) == (200, [INLINED], 1)


@either_way
async def test_ollama_gets_the_image(
    account: Account, simulator: RunningSimulator, images: Server, ollama: Row, stream: bool
) -> None:
    await account.add_provider(simulator, **ollama)

    answer = await account.complete(asking(f"{images.url}/cat.png", "gpt-4o-mini", stream=stream))

    (sent,) = simulator.simulator.requests
    messages: Any = sent.body["messages"]
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-perpetuo-notes"] == INLINED
    assert messages[0]["content"][1]["image_url"] == {"url": f"data:image/png;base64,{DATA}"}


async def test_strict_requests_are_served_alike(
    account: Account, simulator: RunningSimulator, images: Server
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)

    answer = await account.complete(asking(images.url), **{"x-perpetuo-strict": "true"})

    assert (answer.status_code, answer.headers["x-perpetuo-notes"]) == (200, INLINED)


async def test_a_model_that_takes_addresses_gets_the_address(
    account: Account, simulator: RunningSimulator, images: Server
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)

    answer = await account.complete(asking(f"{images.url}/cat.png", NEW))

    contents: Any = simulator.simulator.requests[0].body["contents"]
    assert answer.status_code == 200
    assert contents[0]["parts"][1]["fileData"]["fileUri"] == f"{images.url}/cat.png"
    assert images.connections == 0


@either_way
async def test_an_image_is_fetched_once_whoever_answers(
    account: Account, simulator: RunningSimulator, images: Server, ollama: Row, stream: bool
) -> None:
    await add(account, simulator, ProviderName.GOOGLE, apiKey="AIza-0001;status=503")
    await account.add_provider(simulator, defaultModel="gpt-4o-mini", **ollama)
    body = asking(images.url, stream=stream)
    body["messages"][0]["content"].append(body["messages"][0]["content"][1])

    answer = await account.complete(body)

    row = await account.log()
    assert answer.status_code == 200, answer.text
    assert [attempt["label"] for attempt in row["attempts"]] == ["GOOGLE", "GOOGLE", "ollama"]
    assert row["notes"] == [INLINED, INLINED.replace("[1]", "[2]")]
    assert len(images.requests) == 1


@either_way
async def test_whoever_needs_a_lost_image_is_passed_by(
    account: Account, simulator: RunningSimulator, stream: bool
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)
    await add(account, simulator, ProviderName.OPENAI, defaultModel="gpt-4o-mini")

    answer = await account.complete(asking(LOST, stream=stream))

    messages: Any = simulator.simulator.requests[0].body["messages"]
    row = await account.log()
    assert answer.status_code == 200, answer.text
    assert messages[0]["content"][1] == {"type": "image_url", "image_url": {"url": LOST}}
    assert [attempt["label"] for attempt in row["attempts"]] == ["OPENAI"]
    assert row["notes"] == []


@either_way
async def test_a_lost_image_is_the_clients_business_where_nobody_is_left(
    account: Account, simulator: RunningSimulator, ollama: Row, stream: bool
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)
    await account.add_provider(simulator, defaultModel="gpt-4o-mini", **ollama)

    answer = await account.complete(asking(LOST, stream=stream))

    row = await account.log()
    assert refusal_of(answer) == (400, "invalid_request_error", "invalid_image_url", PARAM)
    assert answer.json()["error"]["message"] == (
        f"No provider can serve '{PARAM}' for the model '{OLD}'. "
        f"GOOGLE ({OLD}): '{PARAM}' cannot be fetched: its server cannot be reached, or breaks off; "
        f"ollama (gpt-4o-mini): '{PARAM}' cannot be fetched: its server cannot be reached, or breaks off."
    )
    assert (row["statusCode"], row["attempts"]) == (400, [])


async def test_a_lost_image_speaks_before_what_others_lack(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.COHERE, defaultModel="command-a-03-2025")
    await add(account, simulator, ProviderName.GOOGLE)

    answer = await account.complete(asking(LOST))

    assert refusal_of(answer) == (400, "invalid_request_error", "invalid_image_url", PARAM)


async def test_an_image_of_a_kind_that_the_model_does_not_see_is_refused(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)

    async with serve(answering(b"GIF89a" + bytes(20))) as server:
        answer = await account.complete(asking(server.url))

    assert refusal_of(answer) == (
        400,
        "invalid_request_error",
        "unsupported_value",
        PARAM.removesuffix(".image_url.url"),
    )
    assert "Google does not read image/gif" in answer.text


async def test_a_failed_fetch_rests_no_candidate(
    account: Account, simulator: RunningSimulator, images: Server
) -> None:
    await add(account, simulator, ProviderName.GOOGLE)

    lost = [await account.complete(asking(LOST)) for _ in range(6)]
    found = await account.complete(asking(images.url))

    assert [answer.status_code for answer in [*lost, found]] == [400] * 6 + [200]


async def test_a_private_address_is_refused_where_they_are_forbidden(
    sqlite_settings: Settings, images: Server
) -> None:
    guarded = sqlite_settings

    async with open_gateway(guarded) as gateway:
        account = await gateway.sign_up()
        key = {"workspaceId": account.workspace_id, "provider": "GOOGLE", "apiKey": "AIza-simulated-0001"}
        await account.graphql(
            "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }", input=key
        )
        answer = await account.complete(asking(images.url))

    assert refusal_of(answer) == (400, "invalid_request_error", "invalid_image_url", PARAM)
    assert "it is in a private network, and ALLOW_PRIVATE_MEDIA is off." in answer.text
    assert images.connections == 0


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"media_max_bytes": 10}, "the images are larger than 10 bytes (MEDIA_MAX_BYTES)"),
        ({"media_timeout_s": 0.2}, "it takes too long (MEDIA_TIMEOUT_S)"),
        ({"total_timeout_s": 0.2}, "it takes too long (MEDIA_TIMEOUT_S)"),
    ],
    ids=["size", "time", "all the time of the completion"],
)
async def test_a_limit_is_named(
    settings: Settings, simulator: RunningSimulator, limits: Row, reason: str
) -> None:
    async def stalling(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n\r\n" + PNG)
        await exchange.client_is_gone()

    async with open_gateway(settings.model_copy(update=limits)) as gateway, serve(stalling) as server:
        account = await gateway.sign_up()
        await add(account, simulator, ProviderName.GOOGLE)
        answer = await account.complete(asking(server.url))

    assert refusal_of(answer) == (400, "invalid_request_error", "invalid_image_url", PARAM)
    assert f"cannot be fetched: {reason}." in answer.text
    assert list(simulator.simulator.requests) == []


async def test_what_the_fetching_takes_is_gone_from_the_completions_time(
    settings: Settings, simulator: RunningSimulator
) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.5)
        await exchange.answer(PNG)

    limited = settings.model_copy(update={"total_timeout_s": 1})
    async with open_gateway(limited) as gateway, serve(slow) as server:
        account = await gateway.sign_up()
        await add(account, simulator, ProviderName.GOOGLE, apiKey="AIza-0001;delay=0.7")
        answer = await account.complete(asking(server.url))

    assert answer.status_code == 504
    assert answer.json()["error"]["code"] == "timeout"
