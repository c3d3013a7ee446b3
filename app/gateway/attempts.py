"""One attempt at one candidate: what goes out, what comes back, and how each way to fail is understood."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, Protocol

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage
from app.errors import (
    AnswerTooLarge,
    ConnectionFailed,
    ConnectionsExhausted,
    MalformedAnswer,
    UpstreamCut,
    UpstreamError,
    UpstreamForbidden,
    UpstreamTimeout,
)
from app.gateway.alarms import Alarms
from app.gateway.known import Candidate
from app.providers.base import (
    Answer,
    Chunk,
    Exchange,
    Failure,
    FailureKind,
    NativeRequest,
    StreamDecoder,
    StreamFailure,
)
from app.providers.registry import DIALECTS
from app.providers.reported import without_secrets
from app.upstream import Upstream, UpstreamAnswer
from app.upstream.sse import ServerSentEvent, SseParser

_ERROR_BODY_LIMIT = 1_000_000
_CLOSE_WAIT_S = 0.25

_KINDS: dict[type[UpstreamError], FailureKind] = {
    ConnectionFailed: FailureKind.CONNECTION,
    UpstreamTimeout: FailureKind.SILENCE,
    UpstreamCut: FailureKind.CUT,
    MalformedAnswer: FailureKind.MALFORMED,
    AnswerTooLarge: FailureKind.ANSWER_TOO_LARGE,
    ConnectionsExhausted: FailureKind.NO_CONNECTION_FREE,
    # Our own policy stands in the way of this provider key; its owner must hear of it.
    UpstreamForbidden: FailureKind.PERMISSION,
}


class AttemptFailed(Exception):
    """The attempt ended without an answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)  # without its words, for a traceback may print it
        self.failure = failure


def understand(error: Exception, secret: str) -> Failure:
    """What an exception of a seam stands for, without the `secret` that was sent; others are raised again."""
    match error:
        case AttemptFailed() | StreamFailure():
            failure = error.failure
        case TimeoutError():
            failure = Failure(FailureKind.SILENCE, "no answer within the time limit")
        case UpstreamError():
            failure = Failure(_KINDS[type(error)], error.message)
        case _:
            raise error
    return without_secrets(failure, secret)


async def ask(upstream: Upstream, candidate: Candidate, exchange: Exchange) -> Answer:
    """The plain answer of a candidate; whoever asks bounds the time.

    Raises AttemptFailed, StreamFailure or UpstreamError; `understand` tells them apart.
    """
    request, decode = exchange.request, exchange.decode
    while True:
        answer = await upstream.send(request.method, request.url, request.headers, request.body)
        try:
            if not answer.is_success:
                await _refuse(candidate, answer)
            decoded = decode(await answer.read(upstream.max_answer_bytes))
        finally:
            await answer.close()
        if isinstance(decoded, Answer):
            return decoded
        request, decode = decoded.request, decoded.decode


async def open_stream(
    upstream: Upstream, candidate: Candidate, exchange: Exchange, alarms: Alarms, headers_s: float | None
) -> "ProviderStream":
    """The stream of a candidate once its headers are in, within so many seconds; None is no limit. Close it.

    Raises TimeoutError, and what `ask` raises.
    """

    # Of the request itself nothing is kept: streams are many, and long.
    decode = exchange.decode

    async def ask_for(request: NativeRequest) -> UpstreamAnswer:
        with alarms.limit(headers_s):
            answer = await upstream.send(request.method, request.url, request.headers, request.body)
        try:
            if not answer.is_success:
                await _refuse(candidate, answer)
            await _refuse_plain(decode, answer)
        except BaseException:
            await answer.close()
            raise
        return answer

    answer = await ask_for(exchange.request)
    return ProviderStream(answer, exchange.stream(), ask_for, upstream.max_answer_bytes)


class RunningStream(Protocol):
    """A running answer as OpenAI chunks, from one request or from several."""

    @property
    def usage(self) -> Usage | None:
        """What was reported so far."""

    @property
    def is_complete(self) -> bool:
        """Whether the answer is whole."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was adapted on the way back so far."""

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning state so far."""

    async def read(self) -> list[Chunk] | None:
        """The next chunks, possibly none at this moment; None after the last."""

    def hand_on(self, taker: Callable[[Chunk], bool] | None) -> None:
        """Asks `taker` first for what somebody waits for in `read`, in the callback in which it came.

        What it takes wakes nobody, which saves an eighth of what a chunk costs. None ends it.

        It need not be asked: the reader has to cope with everything.
        """

    async def close(self) -> None:
        """Lets the provider go."""


class ProviderStream:
    """A provider's running stream as OpenAI chunks."""

    def __init__(
        self,
        answer: UpstreamAnswer,
        decoder: StreamDecoder,
        ask_for: Callable[[NativeRequest], Awaitable[UpstreamAnswer]],
        limit_bytes: int,
    ) -> None:
        self._decoder = decoder
        self._ask_for = ask_for
        self._limit_bytes = limit_bytes
        self._answer = answer
        self._parser = SseParser(limit_bytes)
        self._failure: StreamFailure | None = None
        self._has_ended = False
        # The pause that was gone on from last: the decoder tells of it until it hears more.
        self._continued: NativeRequest | None = None

    @property
    def usage(self) -> Usage | None:
        """What the provider reported so far."""
        return self._decoder.usage

    @property
    def is_complete(self) -> bool:
        """Whether the answer is whole."""
        return self._decoder.is_complete

    @property
    def notes(self) -> tuple[str, ...]:
        """What was adapted on the way back so far."""
        return self._decoder.notes

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning state so far."""
        return self._decoder.details

    async def read(self) -> list[Chunk] | None:
        """The next chunks, possibly none at this moment; None after the last.

        Raises StreamFailure where the provider reports an error or the body ends before the answer does, once
        everything before it was given; UpstreamCut and MalformedAnswer where the connection fails.
        """
        self._raise_failure()
        if self._has_ended or self._decoder.is_done:
            return None
        events, is_last = await self._next_events()
        chunks = self._decode(events)
        paused = self._decoder.continuation
        if paused is not None and paused is not self._continued and self._failure is None:
            await self._continue(paused)
        elif is_last or self._decoder.is_done:
            chunks += self._finish()
        if not chunks:
            self._raise_failure()
        return chunks

    def hand_on(self, taker: Callable[[Chunk], bool] | None) -> None:
        """Asks `taker` first for the chunks that repeat the one before in all but their text, as most do."""

        def take(piece: bytes) -> bool:
            framed = self._parser.framed(piece)
            chunk = None if framed is None else self._decoder.repeat(framed)
            return chunk is not None and taker is not None and taker(chunk)

        self._answer.hand_on(taker and take)

    async def _continue(self, request: NativeRequest) -> None:
        """Goes on with the stream of another request: the provider had paused."""
        self._continued = request
        await self._answer.close()
        try:
            self._answer = await self._ask_for(request)
        except AttemptFailed as refused:
            # The stream runs already: its reader knows failures of streams, once the chunks are out.
            self._failure = StreamFailure(refused.failure)
            return
        self._parser = SseParser(self._limit_bytes)
        self._has_ended = False

    async def _next_events(self) -> tuple[list[ServerSentEvent], bool]:
        """The next events, and whether they are the last: the body has ended.

        Comments keep a connection open and say nothing of the answer: who waits for it goes on waiting.
        """
        try:
            while (piece := await self._answer.piece()) is not None:
                if events := self._parser.feed(piece):
                    return events, False
        except UpstreamCut:
            # Everything that matters was said before the connection broke.
            if not self._decoder.is_complete:
                raise
        self._has_ended = True
        return self._parser.end(), True

    def _decode(self, events: list[ServerSentEvent]) -> list[Chunk]:
        chunks: list[Chunk] = []
        try:
            for event in events:
                chunks += self._decoder.feed(event.event, event.data)
        except StreamFailure as failure:
            self._failure = failure
        return chunks

    def _finish(self) -> list[Chunk]:
        if self._failure is None and self._decoder.is_complete:
            return self._decoder.end()
        if self._failure is None:
            cut = Failure(FailureKind.CUT, "the provider's stream ended before its answer did")
            self._failure = StreamFailure(cut)
        return []

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """Gives the connection back where the answer is whole, and closes it otherwise."""
        try:
            if self._decoder.is_done and not self._has_ended and not self._answer.is_whole:
                # The body's end follows the last event at once; reading it keeps the connection for the next.
                async with asyncio.timeout(_CLOSE_WAIT_S):
                    await self._answer.piece()
        except (TimeoutError, UpstreamError):
            self._has_ended = True
        finally:
            # Also where the client leaves just now, for it has what it wanted.
            await self._answer.close()


async def _refuse(candidate: Candidate, answer: UpstreamAnswer) -> NoReturn:
    try:
        body = await answer.read(_ERROR_BODY_LIMIT)
    except UpstreamError:
        body = b""  # the status says what to do; only the provider's own words are lost
    dialect = DIALECTS[candidate.provider_key.provider]
    raise AttemptFailed(dialect.classify(answer.status, answer.headers, body))


async def _refuse_plain(decode: Callable[[bytes], object], answer: UpstreamAnswer) -> None:
    """Raises where a stream was asked for and something else came: an error under status 200, for example."""
    if answer.is_json:
        decode(await answer.read(_ERROR_BODY_LIMIT))
        raise MalformedAnswer("the provider answered a streamed request without a stream")
