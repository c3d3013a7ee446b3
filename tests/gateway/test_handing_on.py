"""A chunk that repeats the one before in all but its text goes on without waking who waits for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from app.chat.request import ChatRequest
from app.gateway.alarms import Alarms
from app.gateway.attempts import ProviderStream, open_stream
from app.gateway.known import Candidate
from app.providers.base import Chunk, Endpoint, Target
from app.providers.openai import OpenAIDialect
from app.upstream import Upstream
from tests.conftest import make_settings
from tests.gateway.builders import a_candidate
from tests.upstream.servers import Exchange, serve, until

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def event(text: str, **more: object) -> bytes:
    """An event of OpenAI's with this text."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None} | more
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: %b\n\n" % json.dumps(chunk).encode()


BEGIN = event("", delta={"role": "assistant", "content": ""}) + event("first")


def text_of(chunk: Chunk) -> str:
    """The text that a chunk shows."""
    delta = json.loads(chunk.body)["choices"][0]["delta"]
    return str(delta.get("content", ""))


@dataclass
class Reading:
    """A stream whose first chunk was read, with its reader and a taker that wait for more."""

    stream: ProviderStream
    provider: Exchange
    taken: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    refuses: bool = False

    async def say(self, piece: bytes) -> None:
        """The provider sends a piece, in one write."""
        await self.provider.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def take(self, chunk: Chunk) -> bool:
        """As whoever takes chunks at once."""
        if not self.refuses:
            self.taken.append(text_of(chunk))
        return not self.refuses

    def has_taken(self, count: int) -> bool:
        """Whether so many chunks were taken."""
        return len(self.taken) == count

    async def go_on(self) -> None:
        """Reads what is not taken, until the end."""
        while (chunks := await self.stream.read()) is not None:
            self.read += [text_of(chunk) for chunk in chunks]


@asynccontextmanager
async def reading(folder: Path, candidate: Candidate) -> AsyncIterator[Reading]:
    """A running stream that has brought its first chunk."""
    over = asyncio.Event()
    providers: list[Exchange] = []

    async def handler(exchange: Exchange) -> None:
        await exchange.write(HEAD + b"%x\r\n%b\r\n" % (len(BEGIN), BEGIN))
        providers.append(exchange)
        await over.wait()

    chat = ChatRequest.parse(b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}')
    upstream = Upstream(make_settings(folder))
    async with serve(handler) as server:
        target = Target("m", Endpoint(server.url, "secret"))
        stream = await open_stream(upstream, candidate, OpenAIDialect().translate(chat, target), Alarms(), 5)
        first = await stream.read()
        found = Reading(stream, providers[0], read=[text_of(chunk) for chunk in (first or ())[1:]])
        stream.hand_on(found.take)
        task = asyncio.create_task(found.go_on())
        yield found
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await stream.close()
        over.set()
    await upstream.close()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Reading]:
    async with reading(tmp_path, a_candidate()) as found:
        # The reader has gone to sleep before anything comes.
        await asyncio.sleep(0)
        yield found


async def test_what_repeats_the_one_before_is_taken(running: Reading) -> None:
    for count, text in enumerate(["one", "two", "three"], 1):
        await running.say(event(text))
        await until(partial(running.has_taken, count))

    assert (running.taken, running.read) == (["one", "two", "three"], ["first"])


async def test_what_is_refused_is_read(running: Reading) -> None:
    running.refuses = True
    await running.say(event("one"))
    await until(lambda: len(running.read) == 2)
    running.refuses = False
    await running.say(event("two"))
    await until(lambda: bool(running.taken))

    assert (running.taken, running.read) == (["two"], ["first", "one"])


async def test_nobody_takes_anything_any_more(running: Reading) -> None:
    running.stream.hand_on(None)
    await running.say(event("one"))
    await until(lambda: len(running.read) == 2)

    assert (running.taken, running.read) == ([], ["first", "one"])


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        (event("a") + event("b"), ["a", "b"]),
        (event("a", logprobs=None), ["a"]),
        (event("ä"), ["ä"]),
        (event('"'), ['"']),
        (event("a", finish_reason="stop"), ["a"]),
        (event("a").replace(b"\n", b"\r\n"), ["a"]),
        (b": ping\n\n" + event("a"), ["a"]),
        (b"event: message\n" + event("a"), ["a"]),
        (event("a").replace(b"data: ", b"data:"), ["a"]),
        (event("a").replace(b'"choices"', b'\ndata: "choices"'), ["a"]),
    ],
)
async def test_what_is_not_usual_is_read(running: Reading, piece: bytes, shown: list[str]) -> None:
    await running.say(piece)
    await until(lambda: len(running.read) > len(shown))

    assert (running.taken, running.read) == ([], ["first", *shown])


@pytest.mark.parametrize("size", [1, 7, 60])
async def test_what_comes_in_parts_is_read_in_its_place(running: Reading, size: int) -> None:
    whole = event("a")
    for at in range(0, len(whole), size):
        await running.say(whole[at : at + size])
    await until(lambda: len(running.read) == 2)
    await running.say(event("b"))
    await until(lambda: running.taken == ["b"])

    assert running.read == ["first", "a"]


async def test_the_end_is_the_readers(running: Reading) -> None:
    await running.say(event("", delta={}, finish_reason="stop"))
    await running.say(b"data: [DONE]\n\n")
    await until(lambda: running.stream.is_complete)

    assert running.taken == []
