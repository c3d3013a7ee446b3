"""The client of one completion, as ASGI shows it: reading its body, noticing that it left, answering it."""

import asyncio
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from types import TracebackType
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from app.errors import BodyTooLarge, ClientGone, InvalidValue, UnsupportedContentType
from app.gateway.alarms import Alarm, Alarms

# How often a turned-off limit is looked at again: the other one may hold by then.
_TURNED_OFF_S = 1.0
# When a client begins to be watched for its leaving.
_WATCHED_AFTER_S = 0.02

Headers = list[tuple[bytes, bytes]]
SentHeaders = Mapping[bytes, bytes]

_JSON = b"application/json"
_NOTHING: Final = object()

_EVENT_STREAM: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    # Told to nginx and its kin: hand every token on as it comes.
    (b"x-accel-buffering", b"no"),
]


def sent_headers(scope: Scope) -> SentHeaders:
    """The request's headers by their names in lower case; of one that was sent twice the last."""
    return dict(scope["headers"])


async def read_body(sent: SentHeaders, receive: Receive, limit_bytes: int) -> bytes:
    """The whole body of a JSON request. Raises UnsupportedContentType, BodyTooLarge, ClientGone."""
    _check_content(sent, limit_bytes)
    pieces: list[bytes] = []
    size_bytes = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone("The client went away while it sent its request.")
        piece = message.get("body", b"")
        size_bytes += len(piece)
        if size_bytes > limit_bytes:
            raise _too_large(limit_bytes)
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


class CancelledWhenGone(Alarm):
    """Cancels its block as soon as the client goes away, and raises ClientGone then."""

    __slots__ = ("_alarms", "_has_gone", "_receive", "_task", "_watcher")

    def __init__(self, receive: Receive, alarms: Alarms) -> None:
        self._receive = receive
        self._alarms = alarms
        self._task = alarms.current_task()
        self._has_gone = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        # An answer that is out before need not be watched.
        self._alarms.set(_WATCHED_AFTER_S, self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watcher is None:
            self.stop()
            return
        self._watcher.cancel()
        is_ours = self._has_gone and kind is asyncio.CancelledError
        if is_ours and self._task is not None and self._task.uncancel() == 0:
            raise ClientGone("The client went away before its answer was out.") from None

    def ring(self) -> None:
        """Begins to watch the client."""
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_gone = True
        if self._task is not None:
            self._task.cancel()


class Client:
    """Answers one client. `headers` gives what is known for the answer when its head goes out."""

    def __init__(self, send: Send, headers: Callable[[], Headers]) -> None:
        self._send = send
        self._headers = headers
        self._last_sent = time.monotonic()
        # What was given to the server while that took nothing: a head, or what was sent outside of a task.
        self._sending: asyncio.Future[None] | None = None
        self.has_started = False

    async def answer(self, status: int, body: bytes, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Sends a whole JSON answer."""
        length = (b"content-length", b"%d" % len(body))
        await self._send(self._head(status, [(b"content-type", b"application/json"), length, *more]))
        await self._send({"type": "http.response.body", "body": body})

    async def write(self, frames: bytes) -> None:
        """Sends events of a stream; the first of them sends the head."""
        if not self.has_started:
            self._begin(self._head(200, _EVENT_STREAM))
        if self._sending is not None:
            # Whoever gives up waiting must not take it along.
            await asyncio.shield(self._sending)
            self._sending = None
        if frames:
            self._last_sent = time.monotonic()
            await self._send(_part(frames))

    def write_at_once(self, frames: bytes) -> bool:
        """Sends events of a stream that runs from outside of any task; False where that cannot be now."""
        if self._sending is not None:
            return False
        self._last_sent = time.monotonic()
        # As `_begin` does: the call would be a tenth of what this costs for each chunk.
        steps = self._send(_part(frames)).__await__()
        waits_for = next(steps, _NOTHING)
        if waits_for is _NOTHING:
            return True
        self._sending = asyncio.ensure_future(_Begun(steps, waits_for))
        return True

    async def finish(self, frames: bytes) -> None:
        """Sends the last events and ends the stream."""
        await self.write(b"")
        await self._send({"type": "http.response.body", "body": frames})

    def silent_for_s(self) -> float:
        """Seconds since anything was sent."""
        return time.monotonic() - self._last_sent

    def _begin(self, message: Message) -> None:
        """Gives something to the server; where that does not take it at once, it is `_sending`."""
        steps = self._send(message).__await__()
        waits_for = next(steps, _NOTHING)
        if waits_for is not _NOTHING:
            self._sending = asyncio.ensure_future(_Begun(steps, waits_for))

    def _head(self, status: int, headers: Headers) -> Message:
        """The head, which goes out once, whoever else writes meanwhile."""
        self.has_started = True
        return {"type": "http.response.start", "status": status, "headers": headers + self._headers()}


class _Begun:
    """The rest of something that was begun outside of a task, up to where it had to wait."""

    def __init__(self, steps: Generator[object, None, None], waits_for: object) -> None:
        self._steps = steps
        self._waits_for = waits_for

    def __await__(self) -> Generator[object, None, None]:
        yield self._waits_for
        yield from self._steps


class KeptAlive(Alarm):
    """Sends a comment line while the client would hear nothing: first after `first_s`, then every `every_s`.

    Proxies cut silent connections. A comment is no content, so everything else goes on as before. 0 turns
    either off.
    """

    def __init__(
        self, client: Client, alarms: Alarms, *, first_s: float, every_s: float, comment: bytes
    ) -> None:
        self._client = client
        self._alarms = alarms
        self._first_s = first_s
        self._every_s = every_s
        self._comment = comment
        self._writing: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        self._look_in(self._first_s or _TURNED_OFF_S)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._writing is not None:
            self._writing.cancel()

    def ring(self) -> None:
        """Looks whether the client has heard anything."""
        limit_s = self._every_s if self._client.has_started else self._first_s
        wait_s = limit_s - self._client.silent_for_s() if limit_s else _TURNED_OFF_S
        if wait_s <= 0:
            wait_s = self._every_s or _TURNED_OFF_S
            # Who does not take the first comment needs no second one.
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._client.write(self._comment))
        self._look_in(wait_s)

    def _look_in(self, wait_s: float) -> None:
        # No later than the other limit: the head may go out meanwhile.
        self._alarms.set(min(wait_s, self._every_s or wait_s), self)


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


def _check_content(sent: SentHeaders, limit_bytes: int) -> None:
    content_type = sent.get(b"content-type") or _JSON
    if content_type != _JSON:
        media_type = content_type.partition(b";")[0].strip().lower().decode("latin-1")
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise UnsupportedContentType(f"The body must be application/json, not {media_type[:100]!r}.")
    encoding = sent.get(b"content-encoding", b"identity").strip().lower().decode("latin-1")
    if encoding and encoding != "identity":
        raise UnsupportedContentType(
            f"The body must not be compressed; content-encoding is {encoding[:100]!r}."
        )
    length = sent.get(b"content-length")
    if length is not None:
        if not length.isdigit():
            raise InvalidValue("Content-Length is not a number.")
        if int(length) > limit_bytes:
            raise _too_large(limit_bytes)


def _too_large(limit_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {limit_bytes} bytes (MAX_BODY_BYTES).")
