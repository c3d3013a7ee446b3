"""What goes wrong on demand, observed at the socket."""

import asyncio
import json
from time import monotonic

import httpx
import openai as sdk
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from app.simulator import RunningSimulator, running

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello, world"}]


def body(model: str = "gpt-4o", *, stream: bool = False) -> dict[str, object]:
    return {"model": model, "messages": HELLO, "stream": stream}


@pytest.mark.parametrize(
    ("model", "key", "header"),
    [
        pytest.param("gpt-4o;status=503", "sk-simulated", "", id="model"),
        pytest.param("gpt-4o", "sk-simulated;status=503", "", id="key"),
        pytest.param("gpt-4o", "sk-simulated", "status=503", id="header"),
        pytest.param("gpt-4o;status=503", "sk-simulated;status=500", "", id="model over key"),
        pytest.param("gpt-4o;status=500", "sk-simulated", "status=503", id="header over model"),
    ],
)
async def test_takes_directives_from(client: httpx.AsyncClient, model: str, key: str, header: str) -> None:
    headers = {"authorization": f"Bearer {key}", "x-simulate": header}

    answer = await client.post("/chat/completions", json=body(model), headers=headers)

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "server_is_overloaded"


@pytest.mark.parametrize("directive", ["statsu=500", "status=many", "hang=1", "cut"])
async def test_says_which_directive_makes_no_sense(client: httpx.AsyncClient, directive: str) -> None:
    answer = await client.post("/chat/completions", json=body(), headers={"x-simulate": directive})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_directive"


@pytest.mark.parametrize(
    ("directives", "expected", "code"),
    [
        pytest.param("status=400", sdk.BadRequestError, "invalid_value", id="400"),
        pytest.param(
            "status=400;code=context_length_exceeded",
            sdk.BadRequestError,
            "context_length_exceeded",
            id="too long",
        ),
        pytest.param("status=401", sdk.AuthenticationError, "invalid_api_key", id="401"),
        pytest.param(
            "status=403", sdk.PermissionDeniedError, "unsupported_country_region_territory", id="403"
        ),
        pytest.param("status=404", sdk.NotFoundError, "model_not_found", id="404"),
        pytest.param("status=429", sdk.RateLimitError, "rate_limit_exceeded", id="429"),
        pytest.param(
            "status=429;code=insufficient_quota", sdk.RateLimitError, "insufficient_quota", id="quota"
        ),
        pytest.param("status=500", sdk.InternalServerError, None, id="500"),
        pytest.param("status=529", sdk.InternalServerError, None, id="529"),
    ],
)
async def test_the_sdk_understands_its_errors(
    openai: AsyncOpenAI, directives: str, expected: type[sdk.APIStatusError], code: str | None
) -> None:
    with pytest.raises(expected) as caught:
        await openai.chat.completions.create(model=f"gpt-4o;{directives}", messages=HELLO)

    assert caught.value.code == code


async def test_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/chat/completions", json=body(), headers={"x-simulate": "status=429,retry_after=2"}
    )

    assert answer.headers["retry-after"] == "2"


async def test_faults_only_so_many_times(client: httpx.AsyncClient) -> None:
    statuses = [
        (await client.post("/chat/completions", json=body("gpt-4o;status=500;times=2"))).status_code
        for _ in range(3)
    ]

    assert statuses == [500, 500, 200]


async def test_an_aborted_hang_is_seen_as_aborted(
    client: httpx.AsyncClient, simulator: RunningSimulator
) -> None:
    call = asyncio.create_task(
        client.post("/chat/completions", json=body(), headers={"x-simulate": "hang"}, timeout=None)
    )
    (seen,) = await simulator.simulator.arrived(1)
    call.cancel()
    status = await asyncio.wait_for(seen.ended(), 1)

    assert status == "aborted"


async def test_stopping_does_not_wait_for_a_hanging_answer() -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
        headers = {"authorization": "Bearer sk-simulated", "x-simulate": "hang"}
        async with running() as simulator:
            call = asyncio.create_task(
                client.post(f"{simulator.base_url}/chat/completions", json=body(), headers=headers)
            )
            await simulator.simulator.arrived(1)

        with pytest.raises(httpx.TransportError):
            await call


async def test_resets_the_connection(client: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    with pytest.raises(httpx.ReadError):
        await client.post("/chat/completions", json=body(), headers={"x-simulate": "reset"})

    assert simulator.simulator.requests[-1].status == "reset"


@pytest.mark.parametrize("directives", ["delay=0.2", "first_token=0.2"])
async def test_answers_late(client: httpx.AsyncClient, directives: str) -> None:
    started = monotonic()
    answer = await client.post("/chat/completions", json=body(), headers={"x-simulate": directives})
    elapsed_s = monotonic() - started

    assert answer.status_code == 200
    assert elapsed_s >= 0.2


async def test_cuts_a_plain_answer(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/chat/completions", json=body(), headers={"x-simulate": "cut=1"})


async def test_breaks_a_plain_answer(client: httpx.AsyncClient) -> None:
    answer = await client.post("/chat/completions", json=body(), headers={"x-simulate": "malformed=1"})

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_answers_with_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.post("/chat/completions", json=body(), headers={"x-simulate": "html,status=502"})

    assert answer.status_code == 502
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<html>")


@pytest.mark.parametrize(
    ("directives", "stream", "status"),
    [
        pytest.param("empty", False, 200, id="plain"),
        pytest.param("empty", True, 200, id="stream"),
        pytest.param("empty,status=500", False, 500, id="error"),
    ],
)
async def test_answers_with_nothing(
    client: httpx.AsyncClient, directives: str, stream: bool, status: int
) -> None:
    answer = await client.post(
        "/chat/completions", json=body(stream=stream), headers={"x-simulate": directives}
    )

    assert answer.status_code == status
    assert answer.content == b""


async def test_answers_with_so_many_tokens_and_no_usage(client: httpx.AsyncClient) -> None:
    counted = await client.post("/chat/completions", json=body(), headers={"x-simulate": "tokens=50"})
    uncounted = await client.post("/chat/completions", json=body(), headers={"x-simulate": "no_usage"})

    assert counted.json()["usage"]["completion_tokens"] == 50
    assert "usage" not in uncounted.json()


async def test_remembers_what_it_was_asked_without_the_key(
    client: httpx.AsyncClient, simulator: RunningSimulator
) -> None:
    await client.post("/chat/completions", json=body())

    (seen,) = simulator.simulator.requests
    assert (seen.method, seen.path, seen.status) == ("POST", "/v1/chat/completions", "answered")
    assert seen.body == body()
    assert seen.headers["authorization"] == "Bearer sk-…-key"


async def test_serves_many_at_once_over_kept_connections(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(client.post("/chat/completions", json=body(stream=number % 2 == 0)) for number in range(200))
    )

    assert {answer.status_code for answer in answers} == {200}


async def test_what_is_not_http_ends_the_connection(simulator: RunningSimulator) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(simulator.url).port)
    writer.write(b"\x00\x01 nonsense\r\n\r\n")
    received = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert received == b""
