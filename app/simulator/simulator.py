"""The simulated providers: what they answer, what they do wrong when told to, and what they have seen."""

import asyncio
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from app.core.clock import now
from app.core.ids import new_id
from app.core.secrets import hint
from app.simulator.api import Api, Plain, Refused, Stream
from app.simulator.apis import APIS
from app.simulator.connection import Request, Wire
from app.simulator.directives import BadDirective, Directives, listed_in, parse

# How an answer ended: whole; the client went away; or closed in mid-body or reset, as told.
Status = Literal["running", "answered", "aborted", "cut", "reset"]

_REMEMBERED = 10_000
_HTML = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"


@dataclass(slots=True)
class SeenRequest:
    """A request that reached the simulator.

    Header names are lower case; of a key only a hint is kept. `body` is the JSON object
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


class Simulator:
    """Every provider, each below its own prefix. What they do wrong is told by `directives.Directives`.

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
        api, request = _addressed(request)
        headers = {"server": "perpetuo-simulator", api.id_header: f"req_{seen.id.hex}"}
        try:
            told = self._directives(api, request)
            if told.reset:
                wire.reset()
                return "reset"
            if told.hang:
                await asyncio.Event().wait()
            await asyncio.sleep(told.delay)
            if told.html:
                return await _whole(wire, told.status, headers | {"content-type": "text/html"}, _HTML)
            if told.status >= 400:
                waits = {"retry-after": told.retry_after} if told.retry_after is not None else {}
                body = b"" if told.empty else api.error(told.status, told.code)
                return await _whole(wire, told.status, headers | waits | _JSON, body)
            reply = api.reply(request, told)
        except Refused as refusal:
            return await _whole(wire, refusal.status, headers | _JSON, refusal.body)
        if isinstance(reply, Plain):
            return await _plain(reply, told, headers, wire)
        return await self._stream(_faulty(api, reply, told), told, headers, wire)

    async def _stream(self, reply: Stream, told: Directives, headers: dict[str, str], wire: Wire) -> Status:
        await wire.start(
            told.status, headers | {"content-type": f"{reply.content_type}; charset=utf-8"}, None
        )
        await asyncio.sleep(told.first_token)
        pace_s = self._pace_s if told.pace is None else told.pace
        for sent, piece in enumerate(reply.pieces):
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

    def _directives(self, api: Api, request: Request) -> Directives:
        told = Directives()
        sources = (
            listed_in(api.secret(request) or ""),
            listed_in(api.model(request)),
            request.headers.get("x-simulate", ""),
        )
        for text in sources:
            try:
                more = parse(text, told)
            except BadDirective as error:
                raise Refused(400, api.error(400, "bad_directive", str(error))) from error
            self._uses[text] += 1
            if more.times is None or self._uses[text] <= more.times:
                told = more
        return told


_JSON = {"content-type": "application/json"}


def _addressed(request: Request) -> tuple[Api, Request]:
    """The provider that a request is for, and the request without that provider's prefix."""
    api = next(api for api in APIS if request.path.startswith(f"{api.prefix}/") or not api.prefix)
    return api, replace(request, path=request.path.removeprefix(api.prefix))


async def _whole(wire: Wire, status: int, headers: dict[str, str], body: bytes) -> Status:
    await wire.start(status, headers, len(body))
    await wire.send(body)
    return "answered"


async def _plain(reply: Plain, told: Directives, headers: dict[str, str], wire: Wire) -> Status:
    body = b"" if told.empty else _broken(reply.body) if told.malformed is not None else reply.body
    await wire.start(reply.status, headers | _JSON, len(body))
    await asyncio.sleep(told.first_token)
    if told.cut is None and told.stall is None:
        await wire.send(body)
        return "answered"
    await wire.send(body[: len(body) // 2])
    if told.cut is None:
        await asyncio.Event().wait()
    wire.cut()
    return "cut"


def _faulty(api: Api, reply: Stream, told: Directives) -> Stream:
    """The stream with the faults that change what is said."""
    return replace(reply, pieces=_pieces(api, reply, told))


def _pieces(api: Api, reply: Stream, told: Directives) -> Iterator[bytes]:
    if told.empty:
        return
    for number, piece in enumerate(reply.pieces, start=1):
        if number == told.error_event:
            yield reply.error_event or api.error_event(told.code)
            return
        yield _broken(piece) if number == told.malformed else piece
        if number == told.end:
            return
    if reply.closing and not told.no_done:
        yield reply.closing


def _broken(piece: bytes) -> bytes:
    """`piece` with half of its JSON missing."""
    framing, marker, said = piece.rpartition(b"data: ")
    whole = said.rstrip()
    return framing + marker + whole[: len(whole) // 2] + said[len(whole) :]


# A client says who it is in one of these.
_KEY_HEADERS = ("x-api-key", "x-goog-api-key")
_KEY_IN_URL = re.compile(r"(?<=[?&]key=)[^&]+")


def _seen(request: Request) -> SeenRequest:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    shown = {"authorization": f"{scheme} {hint(key)}"} if key else {}
    shown |= {name: hint(request.headers[name]) for name in _KEY_HEADERS if name in request.headers}
    path = _KEY_IN_URL.sub(lambda found: hint(found[0]), request.path)
    try:
        body = msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = {}
    return SeenRequest(request.method, path, {**request.headers, **shown}, body, request.body)
