"""From candidates to an answer: tries one after the other until one answers or nothing is left to try."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.chat.request import ChatRequest
from app.errors import AnswerTooLarge, UpstreamError
from app.gateway import attempts, fan_out
from app.gateway.alarms import Alarms
from app.gateway.attempts import AttemptFailed, RunningStream, understand
from app.gateway.breaker import Breaker
from app.gateway.failover import RULES, PassedBy, nobody_serves, summarise
from app.gateway.known import Candidate
from app.gateway.limits import answer_limit_s, limits_for, shortest
from app.gateway.patience import Patience, Silence
from app.gateway.record import CompletionRecord
from app.gateway.schedule import Schedule, Try
from app.gateway.translation import Translation, TranslationFailed, Translator
from app.providers.base import (
    Answer,
    Chunk,
    Exchange,
    Failure,
    FailureKind,
    StreamFailure,
)
from app.providers.verdicts import CannotServe
from app.settings import Settings
from app.upstream import Upstream
from app.upstream.media import MediaFetcher

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
# One try at a candidate: what to send there, and the seconds that the completion has left.
Attempting = Callable[[Try, Exchange, float | None], Awaitable[_T]]
_GIVEN_UP = Failure(FailureKind.SILENCE, "given up before an answer came")


@dataclass(frozen=True, slots=True)
class OpenedStream:
    """A stream whose first token is here. `held` came before and with it."""

    stream: RunningStream
    held: list[Chunk]


@dataclass(slots=True)
class Dispatcher:
    """What trying candidates needs; one a process."""

    upstream: Upstream
    media: MediaFetcher
    breaker: Breaker
    settings: Settings
    alarms: Alarms
    translator: Translator = field(default_factory=Translator)

    def answer(
        self, chat: ChatRequest, candidates: Sequence[Candidate], record: CompletionRecord
    ) -> Awaitable[Answer]:
        """The first plain answer that a candidate gives. Raises CompletionFailed."""

        async def attempt(step: Try, exchange: Exchange, time_left: float | None) -> Answer:
            limit_s = answer_limit_s(step.candidate.provider_key.timeouts, self.settings)
            ask = attempts.ask if exchange.copies == 1 else fan_out.ask_all
            with self.alarms.limit(shortest(limit_s, time_left)):
                answer = await ask(self.upstream, step.candidate, exchange)
            record.notes = exchange.notes + answer.notes
            self.translator.memory.remember(record.caller.workspace_id, answer.details)
            self.breaker.succeeded(step.candidate)
            return answer

        return self._first_success(self._translation(chat, record), candidates, record, attempt)

    def open(
        self,
        chat: ChatRequest,
        candidates: Sequence[Candidate],
        record: CompletionRecord,
        *,
        is_assured: bool,
    ) -> Awaitable[OpenedStream]:
        """The first stream that brings a token, or its whole answer where `is_assured`.

        Raises CompletionFailed.
        """
        translation = self._translation(chat, record)

        async def attempt(step: Try, exchange: Exchange, time_left: float | None) -> OpenedStream:
            own = step.candidate.provider_key.timeouts
            allowed = limits_for(own, self.settings, is_reasoning=chat.asks_for_reasoning)
            patience = Patience(
                self.alarms,
                allowed.first_token_s,
                allowed.last_first_token_s,
                lambda: any(translation.can_serve(other) for other in step.left),
                total_s=time_left,
            )
            with patience:
                headers_s = shortest(allowed.header_s, time_left)
                stream = await self._opened(chat, step.candidate, exchange, headers_s)
                try:
                    silence = Silence(allowed.stream_idle_s, allowed.answer_s)
                    held = await self._hold(stream, patience, silence, is_assured=is_assured)
                except BaseException:
                    record.note_spent(step.candidate, stream.usage)
                    await stream.close()
                    raise
            record.notes = exchange.notes
            return OpenedStream(stream, held)

        return self._first_success(translation, candidates, record, attempt)

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
        self, stream: RunningStream, patience: Patience, silence: Silence, *, is_assured: bool
    ) -> list[Chunk]:
        """Everything up to the first token; where `is_assured`, up to the end of the answer.

        What follows the finish reason, usage for example, may be missing without a loss: it need not be held.
        """
        held: list[Chunk] = []
        size_bytes = 0
        has_token = False
        while not (stream.is_complete if is_assured else has_token):
            chunks = await stream.read()
            if chunks is None:
                return held
            held += chunks
            size_bytes += sum(len(chunk.body) for chunk in chunks)
            if size_bytes > self.upstream.max_answer_bytes:
                raise AnswerTooLarge("the provider's stream is larger than MAX_ANSWER_BYTES")
            has_token = has_token or any(chunk.has_token or chunk.is_finish for chunk in chunks)
            if has_token and is_assured:
                patience.first_token_came(silence.left_s(has_content=bool(chunks)))
        return held

    def silence_of(self, record: CompletionRecord) -> Silence:
        """The silence that the running stream of `record` may have."""
        if record.answered_by is None:
            return Silence(None, None)
        allowed = limits_for(record.answered_by.provider_key.timeouts, self.settings)
        return Silence(allowed.stream_idle_s, allowed.answer_s)

    def note_end(self, record: CompletionRecord, stream: RunningStream) -> None:
        """Keeps what a stream that has ended said beside its chunks."""
        record.notes += stream.notes
        self.translator.memory.remember(record.caller.workspace_id, stream.details)
        if record.answered_by is not None and stream.is_complete:
            self.breaker.succeeded(record.answered_by)

    async def _opened(
        self, chat: ChatRequest, candidate: Candidate, exchange: Exchange, headers_s: float | None
    ) -> RunningStream:
        if exchange.copies == 1:
            return await attempts.open_stream(self.upstream, candidate, exchange, self.alarms, headers_s)
        return await fan_out.open_all(
            self.upstream, candidate, exchange, self.alarms, headers_s, shows_usage=chat.include_usage
        )

    def _translation(self, chat: ChatRequest, record: CompletionRecord) -> Translation:
        return Translation(self.translator, self.media.fetch, chat, record.caller)

    def _step_after(self, chat: ChatRequest, step: Try, failure: Failure, schedule: Schedule) -> Try | None:
        if self.translator.learn(chat, step.candidate, failure):
            return schedule.again()
        return schedule.after(failure)

    async def _first_success(
        self,
        translation: Translation,
        candidates: Sequence[Candidate],
        record: CompletionRecord,
        attempt: Attempting[_T],
    ) -> _T:
        settings = self.settings
        schedule = Schedule(
            self.breaker.order(candidates),
            retry_attempts=settings.retry_attempts,
            max_attempts=settings.max_attempts,
            retry_after_max_s=settings.retry_after_max_s,
            content_policy_fallback=settings.content_policy_fallback,
        )
        deadline = time.monotonic() + settings.total_timeout_s if settings.total_timeout_s else None
        failures: list[tuple[str, Failure]] = []
        passed_by: list[PassedBy] = []
        mistake: TranslationFailed | None = None
        step = schedule.first()
        while step is not None:
            try:
                exchange = await translation.exchange(step.candidate, _seconds_until(deadline))
            except CannotServe as error:
                passed_by.append(PassedBy(step.candidate, error.objections))
                step = schedule.pass_by()
                continue
            except TranslationFailed as error:
                label = step.candidate.provider_key.label
                logger.exception("completion %s cannot be put into the words of %s", record.id, label)
                mistake = error
                step = schedule.pass_by()
                continue
            time_left = _seconds_until(deadline, step.wait_s)
            if time_left is not None and time_left <= 0:
                if not step.wait_s:
                    break
                # Too long a wait for what is left of the time; somebody else may answer at once.
                step = schedule.pass_by()
                continue
            if step.wait_s:
                await asyncio.sleep(step.wait_s)
            outcome = await self._attempt(step, exchange, time_left, record, attempt)
            if not isinstance(outcome, Failure):
                record.answered_by = step.candidate
                return outcome
            failures.append((step.candidate.provider_key.label, outcome))
            step = self._step_after(translation.chat, step, outcome, schedule)
        if mistake is not None and not failures:
            raise mistake
        if passed_by and not failures:
            raise nobody_serves(translation.chat.model, passed_by)
        raise summarise(failures or [(candidates[0].provider_key.label, _GIVEN_UP)])

    async def _attempt(
        self,
        step: Try,
        exchange: Exchange,
        time_left: float | None,
        record: CompletionRecord,
        attempt: Attempting[_T],
    ) -> _T | Failure:
        candidate, started = step.candidate, time.monotonic()
        self.breaker.starting(candidate)
        try:
            answer = await attempt(step, exchange, time_left)
        except (AttemptFailed, StreamFailure, UpstreamError, TimeoutError) as error:
            failure = understand(error, candidate.provider_key.secret)
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
        # A stream has only begun: whether its candidate is well is known at the end.
        self.breaker.released(candidate)
        record.note_attempt(candidate, started, None)
        return answer


def _seconds_until(deadline: float | None, wait_s: float = 0) -> float | None:
    """What is left for work once `wait_s` is over; None where nothing is due."""
    return None if deadline is None else deadline - time.monotonic() - wait_s
