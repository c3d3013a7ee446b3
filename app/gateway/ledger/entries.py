"""What the journal holds: entries that can be stored whatever a client or a provider put into them.

One entry is one line: version, CRC-32 of the rest, JSON. A reader resumes at the next newline, so that a
write cut short damages one entry.
"""

import zlib
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from app.errors import PerpetuoError
from app.gateway.pricing import cost_of
from app.gateway.record import Attempt, CompletionRecord

_VERSION = b"1"
# Counts beyond this are no counts; below it, sums of millions of rows still fit a BigInt.
_MAX_COUNT = 10**12
_MAX_NAME = 200
_MAX_CODE = 64
_MAX_TEXT = 1000


class DamagedEntry(PerpetuoError):
    """A line of the journal is not what was written."""

    code = "damaged_entry"


class AttemptEntry(msgspec.Struct, frozen=True, gc=False):
    """One attempt, as the log row shows it."""

    provider: str
    label: str
    model: str
    status_code: int | None
    duration_ms: int
    error_message: str | None


class KeyReport(msgspec.Struct, frozen=True, gc=False):
    """What an attempt says about a provider key: it works, or why it does not."""

    provider_key_id: UUID
    at: datetime
    status: int | None = None
    message: str | None = None


class Begun(msgspec.Struct, frozen=True, tag="begun", gc=False):
    """A completion was accepted; nothing has gone to a provider yet."""

    id: UUID
    workspace_id: UUID
    api_key_id: UUID
    requested_model: str
    stream: bool


class Ended(msgspec.Struct, frozen=True, tag="ended", gc=False):
    """A completion ended; all that its log row says."""

    id: UUID
    workspace_id: UUID
    api_key_id: UUID
    requested_model: str
    model: str
    provider: str | None
    status_code: int
    stream: bool
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    tokens_estimated: bool
    cost_nano_usd: int | None
    duration_ms: int
    time_to_first_token_ms: int | None
    error_code: str | None
    error_message: str | None
    attempts: list[AttemptEntry]
    notes: list[str]
    key_reports: list[KeyReport]


Entry = Begun | Ended

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def to_line(entry: Entry) -> bytes:
    """The entry as one line of the journal."""
    text = _encoder.encode(entry)
    return b"%b %08x %b\n" % (_VERSION, zlib.crc32(text), text)


def from_line(line: bytes) -> Entry:
    """The entry that a line, without its newline, holds. Raises DamagedEntry."""
    version, _, rest = line.partition(b" ")
    checksum, _, text = rest.partition(b" ")
    if version != _VERSION or checksum != b"%08x" % zlib.crc32(text):
        raise DamagedEntry("a line of the journal is damaged")
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedEntry("a line of the journal has an unknown shape") from error


def begun(record: CompletionRecord) -> Begun:
    """The entry for a completion that begins."""
    return Begun(
        record.id,
        record.caller.workspace_id,
        record.caller.api_key_id,
        _name(record.requested_model),
        record.stream,
    )


def ended(record: CompletionRecord) -> Ended:
    """The entry for a completion that has ended."""
    answered_by, usage = record.answered_by, record.usage
    requested_model = _name(record.requested_model)
    return Ended(
        id=record.id,
        workspace_id=record.caller.workspace_id,
        api_key_id=record.caller.api_key_id,
        requested_model=requested_model,
        model=_name(answered_by.model) if answered_by else requested_model,
        provider=answered_by.provider_key.provider if answered_by else None,
        status_code=record.status,
        stream=record.stream,
        input_tokens=_count(usage.input_tokens),
        cached_input_tokens=_count(usage.cached_input_tokens),
        output_tokens=_count(usage.output_tokens),
        tokens_estimated=record.tokens_estimated,
        cost_nano_usd=cost_of(record),
        duration_ms=_count(record.elapsed_ms()),
        time_to_first_token_ms=record.time_to_first_token_ms,
        # A provider may have made up either.
        error_code=_told(record.error_code, _MAX_CODE),
        error_message=_told(record.error_message, _MAX_TEXT),
        attempts=[_attempt(attempt) for attempt in record.attempts],
        notes=[_name(note) for note in record.told_notes()] if record.notes else [],
        key_reports=[_report(attempt) for attempt in record.attempts if _says_something(attempt)],
    )


def interrupted(entry: Begun) -> Ended:
    """The end of a completion whose process died: nobody knows what its client saw."""
    return Ended(
        id=entry.id,
        workspace_id=entry.workspace_id,
        api_key_id=entry.api_key_id,
        requested_model=entry.requested_model,
        model=entry.requested_model,
        provider=None,
        status_code=500,
        stream=entry.stream,
        input_tokens=0,
        cached_input_tokens=0,
        output_tokens=0,
        tokens_estimated=True,
        cost_nano_usd=None,
        duration_ms=0,
        time_to_first_token_ms=None,
        error_code="interrupted",
        error_message="The gateway's process ended while the completion ran.",
        attempts=[],
        notes=[],
        key_reports=[],
    )


def storable(text: str, limit: int) -> str:
    """`text` as any database takes it: no NUL, no lone surrogates, at most `limit` characters."""
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    text = text[:limit]
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "�")


@lru_cache(maxsize=4096)
def _name(text: str) -> str:
    """A name as any database takes it: of a model, of a key, or a note. Most come again and again."""
    return storable(text, _MAX_NAME)


def _told(text: str | None, limit: int) -> str | None:
    return None if text is None else storable(text, limit)


def _count(number: int) -> int:
    return number if 0 <= number <= _MAX_COUNT else min(max(number, 0), _MAX_COUNT)


def _attempt(attempt: Attempt) -> AttemptEntry:
    key = attempt.candidate.provider_key
    return AttemptEntry(
        provider=key.provider,
        label=_name(key.label),
        model=_name(attempt.candidate.model),
        status_code=attempt.status,
        duration_ms=_count(attempt.duration_ms),
        error_message=None if attempt.failure is None else storable(attempt.failure.message, _MAX_TEXT),
    )


def _says_something(attempt: Attempt) -> bool:
    """Whether the attempt tells anything about its provider key: a bad request does not."""
    return attempt.failure is None or attempt.is_providers_fault


def _report(attempt: Attempt) -> KeyReport:
    key_id, failure = attempt.candidate.provider_key.id, attempt.failure
    if failure is None:
        return KeyReport(key_id, attempt.ended_at)
    return KeyReport(key_id, attempt.ended_at, attempt.status, storable(failure.message, _MAX_TEXT))
