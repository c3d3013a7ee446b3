"""From candidates to an answer: tries one after the other until one answers or nothing is left to try."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.chat.request import ChatRequest
from app.errors import AnswerTooLarge, UpstreamError
from app.gateway import attempts
from app.gateway.attempts import AttemptFailed, Limits, ProviderStream, understand
from app.gateway.breaker import Breaker
from app.gateway.failover import RULES, summarise
from app.gateway.known import Candidate
from app.gateway.record import CompletionRecord
from app.gateway.schedule import Schedule, Try
from app.providers.base import Answer, Chunk, Failure, FailureKind, StreamFailure
from app.settings import Settings
from app.upstream import Upstream

_T = TypeVar("_T")
_GIVEN_UP = Failure(FailureKind.SILENCE, "given up before an answer came")


@dataclass(frozen=True, slots=True)
class OpenedStream:
    """A stream whose first token is here. `held` came before and with it."""

    stream: ProviderStream
    held: list[Chunk]


@dataclass(slots=True)
class Dispatcher:
    """What trying candidates needs; one a process."""

    upstream: Upstream
    breaker: Breaker
    settings: Settings

    async def answer(
        self, chat: ChatRequest, candidates: Sequence[Candidate], record: CompletionRecord
    ) -> Answer:
        """The first plain answer that a candidate gives. Raises CompletionFailed."""

        async def attempt(step: Try, time_left: float | None) -> Answer:
            limits = Limits(None, _shortest(self.settings.answer_timeout_s, time_left))
            answer, record.notes = await attempts.ask(self.upstream, chat, step.candidate, limits)
            return answer

        return await self._first_success(candidates, record, attempt)

    async def open(
        self,
        chat: ChatRequest,
        candidates: Sequence[Candidate],
        record: CompletionRecord,
        *,
        is_assured: bool,
    ) -> OpenedStream:
        """The first stream that brings a token, or its whole answer where `is_assured`.

        Raises CompletionFailed.
        """

        async def attempt(step: Try, time_left: float | None) -> OpenedStream:
            patient = step.is_last or chat.asks_for_reasoning
            first_token_s = (
                self.settings.last_first_token_timeout_s if patient else self.settings.first_token_timeout_s
            )
            limits = Limits(_shortest(self.settings.header_timeout_s, time_left), None)
            async with asyncio.timeout(_shortest(first_token_s, time_left)) as waiting:
                stream = await attempts.open_stream(self.upstream, chat, step.candidate, limits)
                try:
                    held = await self._hold(stream, waiting, is_assured=is_assured)
                except BaseException:
                    await stream.close()
                    raise
            record.notes = stream.notes
            return OpenedStream(stream, held)

        return await self._first_success(candidates, record, attempt)

    def note_broken_stream(self, record: CompletionRecord, failure: Failure) -> None:
        """Takes back the success of a stream that broke after its first token."""
        candidate = record.answered_by
        if candidate is None:
            return
        is_providers_fault = RULES[failure.kind].is_providers_fault
        record.note_broken_attempt(failure, is_providers_fault=is_providers_fault)
        if is_providers_fault:
            self.breaker.failed(candidate)

    async def _hold(
        self, stream: ProviderStream, waiting: asyncio.Timeout, *, is_assured: bool
    ) -> list[Chunk]:
        """Everything up to the first token; where `is_assured`, up to the end of the answer.

        What follows the finish reason, usage for example, may be missing without a loss: it need not be held.
        """
        held: list[Chunk] = []
        size_bytes = 0
        has_token = False
        while not (stream.decoder.is_complete if is_assured else has_token):
            chunks = await stream.read()
            if chunks is None:
                return held
            held += chunks
            size_bytes += sum(len(chunk.body) for chunk in chunks)
            if size_bytes > self.upstream.max_answer_bytes:
                raise AnswerTooLarge("the provider's stream is larger than MAX_ANSWER_BYTES")
            has_token = has_token or any(chunk.has_token or chunk.is_finish for chunk in chunks)
            if has_token and is_assured:
                idle_s = _shortest(self.settings.stream_idle_timeout_s)
                waiting.reschedule(None if idle_s is None else asyncio.get_running_loop().time() + idle_s)
        return held

    async def _first_success(
        self,
        candidates: Sequence[Candidate],
        record: CompletionRecord,
        attempt: Callable[[Try, float | None], Awaitable[_T]],
    ) -> _T:
        settings = self.settings
        schedule = Schedule(
            self.breaker.order(candidates),
            retry_attempts=settings.retry_attempts,
            max_attempts=settings.max_attempts,
            retry_after_max_s=settings.retry_after_max_s,
        )
        deadline = time.monotonic() + settings.total_timeout_s if settings.total_timeout_s else None
        failures: list[tuple[str, Failure]] = []
        step = schedule.first()
        while step is not None:
            time_left = None if deadline is None else deadline - time.monotonic() - step.wait_s
            if time_left is not None and time_left <= 0:
                break
            await asyncio.sleep(step.wait_s)
            outcome = await self._attempt(step, time_left, record, attempt)
            if not isinstance(outcome, Failure):
                record.answered_by = step.candidate
                return outcome
            failures.append((step.candidate.provider_key.label, outcome))
            step = schedule.after(outcome)
        raise summarise(failures)

    async def _attempt(
        self,
        step: Try,
        time_left: float | None,
        record: CompletionRecord,
        attempt: Callable[[Try, float | None], Awaitable[_T]],
    ) -> _T | Failure:
        candidate, started = step.candidate, time.monotonic()
        self.breaker.starting(candidate)
        try:
            answer = await attempt(step, time_left)
        except (AttemptFailed, StreamFailure, UpstreamError, TimeoutError) as error:
            failure = understand(error)
            is_providers_fault = RULES[failure.kind].is_providers_fault
            record.note_attempt(candidate, started, failure, is_providers_fault=is_providers_fault)
            if is_providers_fault:
                self.breaker.failed(candidate)
            else:
                self.breaker.released(candidate)
            return failure
        except BaseException:
            self.breaker.released(candidate)
            record.note_attempt(candidate, started, _GIVEN_UP)
            raise
        self.breaker.succeeded(candidate)
        record.note_attempt(candidate, started, None)
        return answer


def _shortest(*limits_s: float | None) -> float | None:
    """The shortest of the limits in seconds; 0 and None are none."""
    return min((limit for limit in limits_s if limit), default=None)
