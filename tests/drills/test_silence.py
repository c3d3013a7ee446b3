"""Silence on either side: providers that only keep the line open, and clients that have gone."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import httpx
import pytest

from app.models import RequestLog
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.drills.faults import LIMITS, PATIENT, site
from tests.front_door import HELLO, Account, open_gateway, until
from tests.upstream.servers import Exchange, serve

LIMIT_S = LIMITS["stream_idle_timeout_s"]
# So long a provider goes on at most, lest a drill that fails never ends.
_FOR_EVER = 100

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
CHUNK = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[%b]}\n\n'
TOKEN = CHUNK % b'{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}'
EMPTY = CHUNK % b""
ANTHROPIC_TOKEN = (
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"1","type":"message",'
    b'"role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,'
    b'"usage":{"input_tokens":1,"output_tokens":1}}}\n\n'
    b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
    b'"content_block":{"type":"text","text":""}}\n\n'
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
    b'"delta":{"type":"text_delta","text":"Hi"}}\n\n'
)
COMMENT = b": processing\n\n"
PING = b'event: ping\ndata: {"type":"ping"}\n\n'


# The provider; what it says first; what it says again and again.
DRIPS: Mapping[str, tuple[str, bytes, bytes]] = {
    "comments-at-first": ("OPENAI", HEAD, COMMENT),
    "comments": ("OPENAI", HEAD + TOKEN, COMMENT),
    "chunks-without-a-choice": ("OPENAI", HEAD, EMPTY),
    "an-endless-line": ("OPENAI", HEAD + TOKEN, b" "),
    "pings-at-first": ("ANTHROPIC", HEAD, PING),
    "pings": ("ANTHROPIC", HEAD + ANTHROPIC_TOKEN, PING),
    "endless-headers": ("OPENAI", b"HTTP/1.1 200 OK\r\nx-slow: ", b"y"),
}
MODELS = {"OPENAI": "gpt-4o", "ANTHROPIC": "claude-opus-5-5"}


@pytest.mark.parametrize("is_assured", [False, True], ids=["stream", "assured"])
async def test_a_provider_that_only_keeps_the_line_open_is_silent(
    sqlite_settings: Settings, simulator: RunningSimulator, is_assured: bool
) -> None:
    async def drip(exchange: Exchange) -> None:
        name = json.loads(exchange.body)["messages"][0]["content"]
        _, first, again = DRIPS[name if isinstance(name, str) else name[0]["text"]]
        await exchange.write(first)
        for _ in range(_FOR_EVER):
            await asyncio.sleep(0.1)
            await exchange.write(again)

    limits = {**LIMITS, "stream_headers_after_s": 0.1, "keepalive_s": 0.1}
    async with open_gateway(sqlite_settings.model_copy(update=limits)) as gateway, serve(drip) as server:
        account = await gateway.sign_up()
        for provider in MODELS:
            await account.add_provider(simulator, provider=provider, baseUrl=server.url)

        async def ask(name: str, provider: str) -> tuple[httpx.Response, float]:
            started = time.monotonic()
            words = [{"role": "user", "content": name}]
            answer = await account.complete(
                {"model": MODELS[provider], "messages": words, "stream": True},
                **({"x-perpetuo-assured": "true"} if is_assured else {}),
            )
            return answer, time.monotonic() - started

        heard = await asyncio.gather(*(ask(name, provider) for name, (provider, _, __) in DRIPS.items()))

        rows = await account.logs(len(DRIPS))
    assert {(row["statusCode"], len(row["attempts"])) for row in rows} == {(504, 1)}
    for answer, took_s in heard:
        assert LIMIT_S - 0.05 <= took_s < _FOR_EVER * 0.1 / 2
        # Our own comments kept the client's line open meanwhile, and told it nothing.
        assert answer.text.count(": keep-alive\n\n") >= 2
        assert json.loads(answer.text.splitlines()[-2].removeprefix("data: "))["error"]["code"] == "timeout"
        assert "[DONE]" not in answer.text


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_a_provider_that_does_not_read_is_silent(
    sqlite_settings: Settings, simulator: RunningSimulator, stream: bool
) -> None:
    taken = asyncio.Event()

    async def ignore(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined] # what TCP transports have
        await taken.wait()
        writer.close()

    server = await asyncio.start_server(ignore, "127.0.0.1", 0, limit=1024)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    own = {"headerS": LIMIT_S, "answerS": LIMIT_S}
    async with server, open_gateway(sqlite_settings) as gateway:
        where = await site(gateway, simulator, 1, is_rescued=True, baseUrl=url, timeouts=own)
        started = time.monotonic()

        # More than the buffers in between take.
        long = {"role": "system", "content": "x" * 10_000_000}
        answer = await where.account.complete(
            {"model": "gpt-4o", "messages": [long, HELLO], "stream": stream}
        )

        took_s = time.monotonic() - started
        row = await where.account.log()
        taken.set()
    assert answer.status_code == 200
    assert [(attempt["label"], attempt["statusCode"]) for attempt in row["attempts"]] == [
        ("1", None),
        ("rescuer", 200),
    ]
    assert took_s < LIMIT_S + 8


async def _leave_when_asked(account: Account, body: object, seen: Callable[[], Awaitable[object]]) -> None:
    """Asks, and goes away once `seen` returns."""

    async def ask() -> None:
        headers = {"authorization": f"Bearer {account.api_key}"}
        async with httpx.AsyncClient(timeout=30) as http:
            await http.post(f"{account.url}/v1/chat/completions", json=body, headers=headers)

    asking = asyncio.create_task(ask())
    await seen()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def _leave_after(account: Account, body: object, text: str) -> None:
    """Asks, and goes away once the answer holds `text`."""
    headers = {"authorization": f"Bearer {account.api_key}"}
    async with (
        httpx.AsyncClient(timeout=30) as http,
        http.stream("POST", f"{account.url}/v1/chat/completions", json=body, headers=headers) as answer,
    ):
        async for piece in answer.aiter_text():
            if text in piece:
                return


async def test_a_client_that_leaves_takes_its_provider_along_at_every_stage(
    settings: Settings, simulator: RunningSimulator
) -> None:
    early = {"stream_headers_after_s": 0.1, "keepalive_s": 0.1}
    async with open_gateway(settings.model_copy(update=early)) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, provider="CUSTOM", label="1")

        def body(model: str, *, stream: bool) -> dict[str, object]:
            return {"model": model, "messages": [HELLO], "stream": stream}

        def seen(model: str) -> Callable[[], Awaitable[object]]:
            async def is_seen() -> bool:
                return any(request.body["model"] == model for request in simulator.simulator.requests)

            return lambda: until(is_seen)

        before = ["before plain;hang", "amid plain;first_token=30", "before headers;hang"]
        await asyncio.gather(
            *(
                _leave_when_asked(account, body(model, stream="plain" not in model), seen(model))
                for model in before
            ),
            _leave_after(account, body("before token;first_token=30", stream=True), ": keep-alive"),
            _leave_after(account, body("amid tokens;tokens=3000;pace=0.02", stream=True), "content"),
            _leave_after(account, body("amid silence;stall=4", stream=True), ": keep-alive"),
            _leave_after(account, body("waiting;status=429;retry_after=3", stream=True), ": keep-alive"),
            _leave_in_the_middle_of_the_request(account),
        )
        left_at = time.monotonic()
        ended = {
            str(request.body["model"]).partition(";")[0]: await request.ended()
            for request in simulator.simulator.requests
        }
        took_s = time.monotonic() - left_at

        async def are_there() -> bool:
            return await RequestLog.all().count() == 8

        await until(are_there)
        rows = await RequestLog.all()
    assert took_s < 2
    assert ended == {
        "before plain": "aborted",
        "amid plain": "aborted",
        "before headers": "aborted",
        "before token": "aborted",
        "amid tokens": "aborted",
        "amid silence": "aborted",
        # It had refused already; nobody asks it again.
        "waiting": "answered",
    }
    assert {row.status_code for row in rows} == {499}
    assert {row.requested_model: len(row.attempts) for row in rows if not row.requested_model} == {"": 0}
    assert {len(row.attempts) for row in rows if row.requested_model} == {1}


async def _leave_in_the_middle_of_the_request(account: Account) -> None:
    where = urlsplit(account.url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n"
        b"content-length: 1000\r\nauthorization: Bearer " + account.api_key.encode() + b'\r\n\r\n{"model":'
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()


# What a failure says of the provider key: its status and words, or nothing where the request was to blame.
BLAMED = {
    "status=401": 401,
    "status=403": 403,
    "status=429": 429,
    "status=429;code=insufficient_quota": 429,
    "status=500": 500,
    "reset": None,
    "hang": None,
    "html": None,
    "tokens=9;cut=5": 200,
    "tokens=9;error_event=5": 200,
}
NOT_BLAMED = ("status=400", "status=404", "status=409", "status=400;code=context_length_exceeded", "no_done")


async def test_the_provider_key_tells_its_last_error_where_it_is_to_blame(
    sqlite_settings: Settings, simulator: RunningSimulator
) -> None:
    async with open_gateway(sqlite_settings.model_copy(update=dict(LIMITS))) as gateway:
        account = await gateway.sign_up()
        faults = [*BLAMED, *NOT_BLAMED]
        for number, fault in enumerate(faults):
            # A busy machine must not make a provider silent that is not meant to be.
            own = {} if fault == "hang" else {"timeouts": dict(PATIENT)}
            await account.add_provider(simulator, label=f"key{number}", **own)

        await asyncio.gather(
            *(
                account.complete(
                    {"model": f"key{number}/gpt-4o;{fault}", "messages": [HELLO], "stream": True}
                )
                for number, fault in enumerate(faults)
            )
        )

        await account.logs(len(faults))
        data = await account.graphql(
            "query($id: ID!) { workspace(id: $id) { providerKeys {"
            " label lastAttemptAt lastError { at statusCode message } } } }",
            id=account.workspace_id,
        )
    keys = {key["label"]: key for key in data["workspace"]["providerKeys"]}
    errors = {fault: keys[f"key{number}"]["lastError"] for number, fault in enumerate(faults)}
    blamed = {fault: error for fault, error in errors.items() if error is not None}
    assert {fault: error["statusCode"] for fault, error in blamed.items()} == BLAMED
    assert all(error["message"] for error in blamed.values())
