"""What every dialect gives: pure functions from OpenAI's vocabulary to a provider's and back.

A dialect opens nothing. It says what to send, and makes sense of what came back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.chat.request import ChatRequest
from app.chat.usage import Usage


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a provider key points to, and the secret to show there."""

    base_url: str
    secret: str


@dataclass(frozen=True, slots=True)
class NativeRequest:
    """An HTTP request in a provider's own words. `notes` say what was left out or adapted on the way."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A plain answer in OpenAI's shape. `usage` is None where the provider reported none."""

    body: bytes
    usage: Usage | None
    # Characters of visible output, from which tokens are estimated where usage is missing.
    output_characters: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a stream in OpenAI's shape, ready to be framed; an empty `body` shows nothing."""

    body: bytes
    # Content, reasoning, refusal or a tool call: what a waiting person would call the first token.
    has_token: bool = False
    is_finish: bool = False
    output_characters: int = 0


class FailureKind(StrEnum):
    """Why an attempt failed, as far as what to do next depends on it (wire formats, section 5.2)."""

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
    """One failed attempt, understood. `message` holds the provider's own words, without secrets.

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


class StreamFailure(Exception):
    """The provider reported an error inside a running stream."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
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
    def is_done(self) -> bool:
        """Whether the provider said that nothing follows: nobody need wait for the connection's end."""

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that one server-sent event amounts to. Raises StreamFailure.

        An event that makes no sense is skipped: it gives no chunk.
        """

    def end(self) -> list[Chunk]:
        """The chunks that remain once the body has ended (held-back usage, for example)."""


class Dialect(Protocol):
    """A provider's wire format."""

    @property
    def default_base_url(self) -> str | None:
        """The provider's public endpoint; None where every key must name its own."""

    def encode(self, chat: ChatRequest, model: str, endpoint: Endpoint) -> NativeRequest:
        """The request to send for `chat`, asking for `model`."""

    def decode(self, body: bytes, chat: ChatRequest) -> Answer:
        """A plain 2xx answer in OpenAI's shape. Raises MalformedAnswer."""

    def stream(self, chat: ChatRequest) -> StreamDecoder:
        """A decoder for the stream that answers `chat`."""

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means. Header names are lower case."""

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """Something cheap to ask, to learn whether the key works."""

    def unsupported(self, chat: ChatRequest, model: str) -> str | None:
        """The first parameter of `chat` that `model` cannot serve here; None where it can serve all."""
