"""Streams that go wrong on demand, observed at the socket."""

import asyncio
import json
from time import monotonic

import httpx
import pytest

from app.simulator import RunningSimulator

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello, world"}], "stream": True}


def events(text: str) -> list[str]:
    return [event.removeprefix("data: ") for event in text.split("\n\n") if event]


async def read_stream(client: httpx.AsyncClient, directives: str) -> tuple[str, Exception | None]:
    """What came of a stream's body, and the error that it ended with."""
    text = ""
    headers = {"x-simulate": directives}
    async with client.stream("POST", "/chat/completions", json=BODY, headers=headers) as answer:
        try:
            async for piece in answer.aiter_text():
                text += piece
        except httpx.TransportError as error:
            return text, error
    return text, None


async def test_headers_come_before_a_late_first_token(client: httpx.AsyncClient) -> None:
    headers = {"x-simulate": "first_token=30"}

    async with client.stream("POST", "/chat/completions", json=BODY, headers=headers) as answer:
        status = answer.status_code

    assert status == 200


async def test_paces_its_chunks(client: httpx.AsyncClient) -> None:
    started = monotonic()
    text, error = await read_stream(client, "tokens=5,pace=0.03")
    elapsed_s = monotonic() - started

    assert error is None
    assert len(events(text)) == 8
    assert elapsed_s >= 7 * 0.03


async def test_cuts_a_stream(client: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    text, error = await read_stream(client, "cut=5")

    assert isinstance(error, httpx.RemoteProtocolError)
    assert len(events(text)) == 5
    assert simulator.simulator.requests[-1].status == "cut"


async def test_stalls_in_a_stream(client: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    client.timeout = httpx.Timeout(5, read=0.2)

    text, error = await read_stream(client, "stall=5")
    status = await asyncio.wait_for(simulator.simulator.requests[-1].ended(), 1)

    assert isinstance(error, httpx.ReadTimeout)
    assert len(events(text)) == 5
    assert status == "aborted"


async def test_ends_a_stream_early_but_cleanly(client: httpx.AsyncClient) -> None:
    text, error = await read_stream(client, "end=5")

    assert error is None
    assert len(events(text)) == 5
    assert 'finish_reason":"stop' not in text


async def test_breaks_one_event_and_goes_on(client: httpx.AsyncClient) -> None:
    text, error = await read_stream(client, "malformed=3")

    assert error is None
    with pytest.raises(json.JSONDecodeError):
        json.loads(events(text)[2])
    assert json.loads(events(text)[3])["object"] == "chat.completion.chunk"
    assert events(text)[-1] == "[DONE]"


async def test_reports_an_error_inside_a_stream(client: httpx.AsyncClient) -> None:
    text, error = await read_stream(client, "error_event=3")

    assert error is None
    assert len(events(text)) == 3
    assert json.loads(events(text)[2])["error"]["type"] == "server_error"


async def test_leaves_out_the_end_marker(client: httpx.AsyncClient) -> None:
    text, error = await read_stream(client, "no_done")

    assert error is None
    assert json.loads(events(text)[-1])["choices"][0]["finish_reason"] == "stop"
