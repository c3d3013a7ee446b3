"""The clients: wrk for plain completions, connections of our own for streams."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import cast

import msgspec

_SCRIPT = Path(__file__).with_name("post.lua")
_LAST_PIECE = b"0\r\n\r\n"
_CLOSE = b"connection: close\r\n"
_MESSAGES = [
    {
        "role": "system",
        "content": "You are a helpful assistant. Answer briefly, and say so where you do not know.",
    },
    {"role": "user", "content": "What does a gateway do for those who ask? " * 5},
]


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent, and what a chunk of its stream contains once."""

    path: str
    body: bytes
    mark: bytes = b""


def completion(model: str, *, is_stream: bool = False) -> Question:
    """A question in OpenAI's words, about 400 bytes."""
    mark = b'"content":" answer"'
    return Question("/v1/chat/completions", _body(model, is_stream=is_stream, more={}), mark)


def message(model: str, *, is_stream: bool = False) -> Question:
    """The same in Anthropic's."""
    more = {"max_tokens": 1024}
    return Question("/v1/messages", _body(model, is_stream=is_stream, more=more), b'"text":" answer"')


def _body(model: str, *, is_stream: bool, more: dict[str, int]) -> bytes:
    body = {"model": model, "messages": _MESSAGES, "temperature": 0.7, "stream": is_stream} | more
    return json.dumps(body, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Target:
    """Something that answers, and the process whose costs count; `prefix` goes before every path."""

    name: str
    pid: int
    port: int
    api_key: str = "sk-bench"
    prefix: str = ""
    # More headers to send: a name, its value, the next name.
    headers: tuple[str, ...] = ()


class Answered(msgspec.Struct, frozen=True):
    """What wrk has counted."""

    requests: int
    failed: int
    p50_us: float
    p99_us: float


async def ask_again_and_again(
    target: Target, question: Question, *, connections: int, seconds: float
) -> Answered:
    """Asks for so long on so many connections. Raises RuntimeError where one answer was no answer."""
    url = f"http://127.0.0.1:{target.port}{target.prefix}{question.path}"
    options = ("-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s")
    words = ("--", target.api_key, question.body.decode(), *target.headers)
    process = await asyncio.create_subprocess_exec(
        "wrk", *options, "-s", _SCRIPT, url, *words, stdout=PIPE, stderr=PIPE
    )
    try:
        said, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"wrk: {(said + complaint).decode()}")
    answered = msgspec.json.decode(said.splitlines()[-1], type=Answered)
    if answered.failed or not answered.requests:
        said = await _ask(target, question)
        raise RuntimeError(
            f"{target.name} failed {answered.failed} times in {answered.requests} requests; asked once more: "
            + said.decode(errors="replace")[:1000]
        )
    return answered


async def _ask(target: Target, question: Question) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    writer.write(request_bytes(target, question, _CLOSE))
    try:
        return await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()


class _Listener(asyncio.Protocol):
    """A connection that asks for a stream, counts its chunks and asks again."""

    _transport: asyncio.Transport

    def __init__(self, request: bytes, mark: bytes) -> None:
        self._request = request
        self._mark = mark
        self._rest = b""
        self._is_new = True
        self.chunks = 0
        self.complaint = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.complaint = self.complaint or "the connection was closed"

    def data_received(self, piece: bytes) -> None:
        if self._is_new and not piece.startswith(b"HTTP/1.1 200"):
            self.complaint = piece.decode(errors="replace")
        self._is_new = False
        # A mark may be cut in two.
        seen = self._rest + piece
        self.chunks += seen.count(self._mark)
        self._rest = seen[1 - len(self._mark) :]
        if seen.endswith(_LAST_PIECE):
            self._is_new, self._rest = True, b""
            self._transport.write(self._request)

    def close(self) -> None:
        self._transport.abort()


@dataclass(frozen=True, slots=True)
class Streams:
    """Open streams, each of them asked for anew when it ends."""

    _listeners: list[_Listener]

    def chunks(self) -> int:
        """How many have come so far. Raises RuntimeError where a stream failed."""
        complaints = [listener.complaint for listener in self._listeners if listener.complaint]
        if complaints:
            raise RuntimeError(f"{len(complaints)} streams failed, the first: {complaints[0][:500]}")
        return sum(listener.chunks for listener in self._listeners)


@asynccontextmanager
async def streaming(
    target: Target, question: Question, *, count: int, ramp_s: float
) -> AsyncIterator[Streams]:
    """So many streams at once, begun at random instants of `ramp_s`: their chunks shall not come in step."""
    request = request_bytes(target, question)
    loop, dice = asyncio.get_running_loop(), Random(1)
    listeners: list[_Listener] = []
    waits = sorted(dice.uniform(0, ramp_s) for _ in range(count))
    started = loop.time()
    try:
        for wait in waits:
            await asyncio.sleep(started + wait - loop.time())
            _, listener = await loop.create_connection(
                lambda: _Listener(request, question.mark), "127.0.0.1", target.port
            )
            listeners.append(listener)
        yield Streams(listeners)
    finally:
        for listener in listeners:
            listener.close()


async def ask_at_once(target: Target, question: Question, count: int) -> int:
    """How many of so many questions, asked at the same instant on a connection each, had their answer."""
    request = request_bytes(target, question, _CLOSE)
    pairs = [await asyncio.open_connection("127.0.0.1", target.port) for _ in range(count)]
    for _, writer in pairs:
        writer.write(request)
    answers = await asyncio.wait_for(asyncio.gather(*(reader.read() for reader, _ in pairs)), 60)
    for _, writer in pairs:
        writer.close()
    return sum(answer.startswith(b"HTTP/1.1 200") for answer in answers)


def request_bytes(target: Target, question: Question, more: bytes = b"") -> bytes:
    """The question as it goes over the wire."""
    head = (
        f"POST {target.prefix}{question.path} HTTP/1.1\r\nhost: 127.0.0.1:{target.port}\r\n"
        f"authorization: Bearer {target.api_key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(question.body)}\r\n"
    )
    pairs = zip(target.headers[::2], target.headers[1::2], strict=True)
    head += "".join(f"{name}: {value}\r\n" for name, value in pairs)
    return head.encode() + more + b"\r\n" + question.body
