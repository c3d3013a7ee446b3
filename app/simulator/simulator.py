"""The simulated provider: what it answers, what it does wrong when told to, and what it has seen."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from app.core.clock import now
from app.core.ids import new_id
from app.core.secrets import hint
from app.simulator import openai
from app.simulator.chat import ChatBody, answer
from app.simulator.connection import Request, Wire
from app.simulator.directives import BadDirective, Directives, listed_in, parse

# How an answer ended: whole; the client went away; or closed in mid-body or reset, as told.
Status = Literal["running", "answered", "aborted", "cut", "reset"]

_REMEMBERED = 10_000
_HTML = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"
_BROKEN = b'{"id":"chatcmpl-broken","choices":[{"index":'


@dataclass(slots=True)
class SeenRequest:
    """A request that reached the simulator.

    Header names are lower case; of the bearer key only a hint is kept. `body` is the JSON object
    that was sent, empty where there was none; `raw` are its bytes.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, object]
    raw: bytes
    id: UUID = field(default_factory=new_id)
    started_at: datetime = field(default_factory=now)
    status: Status = "running"
    _has_ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def ended(self) -> Status:
        """How the answer ended, as soon as it has."""
        await self._has_ended.wait()
        return self.status

    def end(self, status: Status) -> None:
        """Says how the answer ended."""
        self.status = status
        self._has_ended.set()


class _Refused(Exception):
    """The request is answered with an error of the provider's."""

    def __init__(self, status: int, code: str | None, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = openai.error(status, code, message, param)


class Simulator:
    """An OpenAI-compatible provider. What it shall do wrong is told by `directives.Directives`.

    `pace_s` is the time between a stream's chunks where nothing else is told. `requests` are the last
    `remembered` ones.
    """

    def __init__(self, *, pace_s: float = 0, remembered: int = _REMEMBERED) -> None:
        self.requests: deque[SeenRequest] = deque(maxlen=remembered)
        self._pace_s = pace_s
        self._uses: Counter[str] = Counter()
        self._arrival = asyncio.Condition()

    async def arrived(self, count: int = 1) -> list[SeenRequest]:
        """The requests seen so far, as soon as there are `count` of them."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)
        return list(self.requests)

    async def answer(self, request: Request, wire: Wire) -> None:
        """Answers one request, and remembers it."""
        seen = _seen(request)
        self.requests.append(seen)
        async with self._arrival:
            self._arrival.notify_all()
        try:
            seen.end(await self._answer(request, seen, wire))
        except asyncio.CancelledError:
            seen.end("aborted")
            raise

    async def _answer(self, request: Request, seen: SeenRequest, wire: Wire) -> Status:
        headers = {"server": "perpetuo-simulator", "x-request-id": f"req_{seen.id.hex}"}
        try:
            told = self._directives(request, seen)
            if told.reset:
                wire.reset()
                return "reset"
            if told.hang:
                await asyncio.Event().wait()
            await asyncio.sleep(told.delay)
            if told.html:
                return await _whole(wire, told.status, headers | {"content-type": "text/html"}, _HTML)
            return await self._route(request, told, headers, wire)
        except _Refused as refusal:
            return await _whole(wire, refusal.status, headers | _JSON, json.dumps(refusal.body).encode())

    async def _route(self, request: Request, told: Directives, headers: dict[str, str], wire: Wire) -> Status:
        path = request.path.partition("?")[0]
        _check_key(request)
        if told.status >= 400:
            waits = {"retry-after": told.retry_after} if told.retry_after is not None else {}
            body = b"" if told.empty else json.dumps(openai.error(told.status, told.code)).encode()
            return await _whole(wire, told.status, headers | waits | _JSON, body)
        if (request.method, path) == ("GET", "/v1/models"):
            return await _whole(wire, told.status, headers | _JSON, json.dumps(openai.models()).encode())
        if path != "/v1/chat/completions":
            raise _Refused(404, "unknown_url", f"Unknown request URL: {request.method} {path}.")
        if request.method != "POST":
            raise _Refused(405, "method_not_allowed", f"Not allowed to {request.method} on {path}.")
        completion = _completion(request.body, told)
        if completion.chat.stream:
            return await self._stream(completion, told, headers, wire)
        return await _plain(completion, told, headers, wire)

    async def _stream(
        self, completion: openai.Completion, told: Directives, headers: dict[str, str], wire: Wire
    ) -> Status:
        await wire.start(told.status, headers | {"content-type": "text/event-stream; charset=utf-8"}, None)
        await asyncio.sleep(told.first_token)
        pace_s = self._pace_s if told.pace is None else told.pace
        for sent, piece in enumerate(_events(completion, told)):
            if sent and pace_s:
                await asyncio.sleep(pace_s)
            if sent == told.cut:
                wire.cut()
                return "cut"
            if sent == told.stall:
                await asyncio.Event().wait()
            await wire.send(piece)
        await wire.finish()
        return "answered"

    def _directives(self, request: Request, seen: SeenRequest) -> Directives:
        told = Directives()
        model = seen.body.get("model")
        sources = (
            listed_in(request.headers.get("authorization", "")),
            listed_in(model if isinstance(model, str) else ""),
            request.headers.get("x-simulate", ""),
        )
        for text in sources:
            try:
                more = parse(text, told)
            except BadDirective as error:
                raise _Refused(400, "bad_directive", str(error)) from error
            self._uses[text] += 1
            if more.times is None or self._uses[text] <= more.times:
                told = more
        return told


_JSON = {"content-type": "application/json"}


async def _whole(wire: Wire, status: int, headers: dict[str, str], body: bytes) -> Status:
    await wire.start(status, headers, len(body))
    await wire.send(body)
    return "answered"


async def _plain(
    completion: openai.Completion, told: Directives, headers: dict[str, str], wire: Wire
) -> Status:
    body = json.dumps(openai.plain(completion), ensure_ascii=False).encode()
    body = b"" if told.empty else _BROKEN if told.malformed is not None else body
    await wire.start(told.status, headers | _JSON, len(body))
    await asyncio.sleep(told.first_token)
    if told.cut is None and told.stall is None:
        await wire.send(body)
        return "answered"
    await wire.send(body[: len(body) // 2])
    if told.cut is None:
        await asyncio.Event().wait()
    wire.cut()
    return "cut"


def _events(completion: openai.Completion, told: Directives) -> Iterator[bytes]:
    """The pieces of a stream's body, with the faults that change what is said."""
    if told.empty:
        return
    for number, chunk in enumerate(openai.stream(completion), start=1):
        if number == told.error_event:
            yield openai.event(openai.error(500, told.code))
            return
        yield b"data: " + _BROKEN + b"\n\n" if number == told.malformed else openai.event(chunk)
        if number == told.end:
            return
    if not told.no_done:
        yield b"data: [DONE]\n\n"


def _completion(body: bytes, told: Directives) -> openai.Completion:
    try:
        chat = msgspec.json.decode(body, type=ChatBody)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        raise _Refused(400, "invalid_value", message, path.rstrip("`") or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Refused(400, "invalid_json", "We could not parse the JSON body of your request.") from error
    if chat.model.startswith("unknown-"):
        raise _Refused(404, "model_not_found", f"The model `{chat.model}` does not exist.")
    choices = answer(chat, told.tokens)
    return openai.Completion(
        f"chatcmpl-{new_id().hex}", int(time.time()), chat, choices, has_usage=not told.no_usage
    )


def _check_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _Refused(401, "invalid_api_key", "You didn't provide an API key.")


def _seen(request: Request) -> SeenRequest:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    shown = {"authorization": f"{scheme} {hint(key)}"} if key else {}
    try:
        body = msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = {}
    return SeenRequest(request.method, request.path, {**request.headers, **shown}, body, request.body)
