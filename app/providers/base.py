"""What every dialect gives: pure functions from OpenAI's vocabulary to a provider's and back.

A dialect opens nothing. It says what to send, and makes sense of what came back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.chat.usage import Usage


class Endpoint(msgspec.Struct, frozen=True, gc=False):
    """Where a provider key points to, and the secret to show there."""

    base_url: str
    secret: str


class NativeRequest(msgspec.Struct, frozen=True, gc=False):
    """An HTTP request in a provider's own words."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A plain answer in OpenAI's shape. `usage` is None where the provider reported none."""

    body: bytes
    usage: Usage | None
    # Characters of visible output, from which tokens are estimated where usage is missing.
    output_characters: int = 0
    # What was adapted on the way back.
    notes: tuple[str, ...] = ()
    # Reasoning state that belongs to tool calls, for clients that drop what they do not know.
    details: tuple[ReasoningDetail, ...] = ()


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """One chunk of a stream in OpenAI's shape, ready to be framed; an empty `body` shows nothing."""

    body: bytes
    # Content, reasoning, refusal or a tool call: what a waiting person would call the first token.
    has_token: bool = False
    is_finish: bool = False
    output_characters: int = 0


class FailureKind(StrEnum):
    """Why an attempt failed, as far as what to do next depends on it."""

    BAD_REQUEST = "bad_request"
    UNSUPPORTED_HERE = "unsupported_here"
    CONTENT_POLICY = "content_policy"
    CONTEXT_TOO_LONG = "context_too_long"
    REQUEST_TOO_LARGE = "request_too_large"
    MODEL_NOT_FOUND = "model_not_found"
    PERMISSION = "permission"
    KEY_REFUSED = "key_refused"
    QUOTA_EXHAUSTED = "quota_exhausted"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    CONFLICT = "conflict"
    CONNECTION = "connection"
    SILENCE = "silence"
    MALFORMED = "malformed"
    ANSWER_TOO_LARGE = "answer_too_large"
    CUT = "cut"
    NO_CONNECTION_FREE = "no_connection_free"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt, understood. `message` holds the provider's own words.

    They may quote the secret that was sent; `reported.without_secrets` goes before anybody sees them.

    `type` and `code` are those of a provider that speaks OpenAI's dialect, for the client; others have none,
    since their words for it mean nothing to a client of OpenAI's.
    `status` is the provider's HTTP status, None where no answer came. `retry_after_s` is the provider's hint.
    `should_retry` is the provider's own verdict (`x-should-retry`), None where it gave none.
    """

    kind: FailureKind
    message: str
    status: int | None = None
    type: str | None = None
    code: str | None = None
    param: str | None = None
    retry_after_s: float | None = None
    should_retry: bool | None = None
    # Further parameters that the same words refuse.
    also: tuple[str, ...] = ()


class StreamFailure(Exception):
    """The provider reported an error inside a running stream."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)  # without its words, for a traceback may print it
        self.failure = failure


class StreamDecoder(Protocol):
    """The state of one stream: native events in, OpenAI chunks out."""

    @property
    def usage(self) -> Usage | None:
        """What the provider reported so far."""

    @property
    def is_complete(self) -> bool:
        """Whether the answer is whole: every choice has its finish reason, or the stream said it is done."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was adapted on the way back so far."""

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning state so far that belongs to tool calls."""

    @property
    def continuation(self) -> NativeRequest | None:
        """What to send where the provider paused; its stream is fed to this decoder too."""

    @property
    def is_done(self) -> bool:
        """Whether the provider said that nothing follows: nobody need wait for the connection's end."""

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that one server-sent event amounts to. Raises StreamFailure.

        An event that makes no sense is skipped: it gives no chunk.
        """

    def repeat(self, data: bytes) -> Chunk | None:
        """The chunk for an unnamed event like the latest in all but its text; None where it must be fed.

        What it gives a chunk for has no line's end in it.
        """

    def end(self) -> list[Chunk]:
        """The chunks that remain once the body has ended (held-back usage, for example)."""


class Paused(msgspec.Struct, frozen=True):
    """A plain answer that its provider paused: what to send for the rest, and how to read all of it then."""

    request: NativeRequest
    decode: Callable[[bytes], "Answer | Paused"]


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """One translated request, and how to understand what comes back.

    `notes` say what was left out or adapted on the way. `copies`: so many of this request make up the answer,
    one choice each.
    """

    request: NativeRequest
    decode: Callable[[bytes], "Answer | Paused"]
    """A plain 2xx answer in OpenAI's shape, or how to go on where the provider paused.

    Raises MalformedAnswer, and StreamFailure where a 2xx answer holds an error.
    """
    stream: Callable[[], StreamDecoder]
    """A decoder for the stream."""
    notes: tuple[str, ...] = ()
    copies: int = 1
    # Where the gateway itself ends the visible text.
    cut_at: tuple[str, ...] = ()


# The reasoning state that belongs to a tool call's id, where a client came back without it.
Recall = Callable[[str], tuple[ReasoningDetail, ...]]


def recall_nothing(_: str) -> tuple[ReasoningDetail, ...]:
    """No reasoning state: nothing is remembered."""
    return ()


class Target(msgspec.Struct, frozen=True, gc=False):
    """Whom to ask: the model, where, and what is known beyond the request.

    `refused` are tuning parameters that this model was seen to refuse.
    """

    model: str
    endpoint: Endpoint
    recall: Recall = recall_nothing
    refused: frozenset[str] = frozenset()


class Dialect(Protocol):
    """A provider's wire format."""

    @property
    def default_base_url(self) -> str | None:
        """The provider's public endpoint; None where every key must name its own."""

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """What to send for `chat`, and how to read the answer.

        Raises CannotServe where `target` cannot do what `chat` asks for, InvalidValue where nobody can, and
        NeedsMedia where it can with what is behind an address.
        """

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means. Header names are lower case."""

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """Something cheap to ask, to learn whether the key works."""
