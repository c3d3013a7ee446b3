"""The record of one completion, while it lives: everything its log row will say."""

import time
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from app.chat.estimate import estimate_tokens
from app.chat.usage import Usage
from app.core.clock import now
from app.core.ids import new_id
from app.errors import PerpetuoError
from app.gateway.known import Caller, Candidate
from app.providers.base import Failure

# A header has to hold them.
_MOST_NOTES = 50


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One try at a candidate, ended."""

    candidate: Candidate
    ended_at: datetime
    duration_ms: int
    status: int | None
    failure: Failure | None
    # Whether the failure is the provider's own and not the request's.
    is_providers_fault: bool = False


class CompletionRecord(msgspec.Struct, eq=False):
    """A completion from its first byte to its last. Whoever handles a stage notes here what happened."""

    caller: Caller
    id: UUID = msgspec.field(default_factory=new_id)
    started: float = msgspec.field(default_factory=time.monotonic)
    requested_model: str = ""
    stream: bool = False
    attempts: list[Attempt] = msgspec.field(default_factory=list)
    notes: tuple[str, ...] = ()
    # Who answered; None while nobody has.
    answered_by: Candidate | None = None
    usage: Usage = msgspec.field(default_factory=Usage)
    # What was billed by candidates that began an answer which nobody saw.
    spent: list[tuple[Candidate, Usage]] = msgspec.field(default_factory=list)
    tokens_estimated: bool = False
    time_to_first_token_ms: int | None = None
    status: int = 0
    error_code: str | None = None
    error_message: str | None = None

    def told_notes(self) -> tuple[str, ...]:
        """The notes, each once; of very many the first, and how many more there are."""
        notes = tuple(dict.fromkeys(self.notes))
        if len(notes) <= _MOST_NOTES:
            return notes
        told = _MOST_NOTES - 1
        return (*notes[:told], f"more={len(notes) - told}")

    def elapsed_ms(self) -> int:
        """Milliseconds since the request came."""
        return round((time.monotonic() - self.started) * 1000)

    def note_attempt(
        self,
        candidate: Candidate,
        started: float,
        failure: Failure | None,
        *,
        is_providers_fault: bool = False,
    ) -> None:
        """Adds an attempt that has just ended; `started` is its monotonic start."""
        duration_ms = round((time.monotonic() - started) * 1000)
        status = 200 if failure is None else failure.status
        self.attempts.append(Attempt(candidate, now(), duration_ms, status, failure, is_providers_fault))

    def note_broken_attempt(self, failure: Failure, *, is_providers_fault: bool) -> None:
        """The latest attempt, which had begun to answer, broke."""
        latest, ended_at = self.attempts[-1], now()
        self.attempts[-1] = replace(
            latest,
            ended_at=ended_at,
            duration_ms=latest.duration_ms + round((ended_at - latest.ended_at).total_seconds() * 1000),
            failure=failure,
            is_providers_fault=is_providers_fault,
        )

    def note_usage(self, usage: Usage | None, input_characters: int, output_characters: int) -> None:
        """Keeps what the provider counted, or an estimate where it counted nothing."""
        self.tokens_estimated = usage is None
        self.usage = usage or Usage(
            input_tokens=estimate_tokens(input_characters), output_tokens=estimate_tokens(output_characters)
        )

    def note_spent(self, candidate: Candidate, usage: Usage | None) -> None:
        """Keeps the tokens of an answer that broke before the client saw any of it."""
        if usage is not None:
            self.spent.append((candidate, usage))

    def note_first_token(self) -> None:
        """Keeps the moment at which the answer's first content went to the client."""
        if self.time_to_first_token_ms is None:
            self.time_to_first_token_ms = self.elapsed_ms()

    def succeed(self) -> None:
        """The answer is whole."""
        self.status = 200

    def fail(self, error: PerpetuoError) -> None:
        """The completion ended in `error`, whatever the client has seen so far."""
        self.status = error.http_status
        self.error_code = error.code
        self.error_message = error.message
