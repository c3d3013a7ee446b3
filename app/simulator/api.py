"""The seam between the faults, which are alike for all providers, and each provider's API."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import msgspec

from app.simulator.connection import Request
from app.simulator.directives import Directives

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Plain:
    """A whole answer."""

    body: bytes
    status: int = 200


@dataclass(frozen=True, slots=True)
class Stream:
    """A streamed answer. Each piece is one framed event."""

    pieces: Iterator[bytes]
    # What a flawless stream ends with, as OpenAI's `[DONE]`; the directive `no_done` leaves it out.
    closing: bytes = b""
    content_type: str = "text/event-stream"
    # What an error looks like inside this stream, framed, where it is not the API's `error_event`.
    error_event: bytes | None = None


class Refused(Exception):
    """The request is answered with an error; `body` is in the provider's own shape."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class Api(Protocol):
    """One provider's API. The requests that it gets are without its prefix: `/v1/messages?beta=true`."""

    @property
    def prefix(self) -> str:
        """What its paths begin with, as `/anthropic`; empty for OpenAI, which has all that no other has."""
        ...

    @property
    def id_header(self) -> str:
        """The response header in which the provider names the request."""
        ...

    def secret(self, request: Request) -> str | None:
        """The key, from where the provider expects it; none where it is missing."""
        ...

    def model(self, request: Request) -> str:
        """The model asked for, with the directives that follow its first `;`; empty where there is none."""
        ...

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to any request at all: chats, lists of models, unknown routes. Raises Refused."""
        ...

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """The body that the provider sends with an error of this status."""
        ...

    def error_event(self, code: str | None) -> bytes:
        """What an error inside a stream looks like, framed."""
        ...


class _Named(msgspec.Struct, frozen=True):
    model: str = ""


def encoded(body: Json) -> bytes:
    """`body` as compact JSON."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def bearer_key(request: Request) -> str | None:
    """The key after `Bearer`; none where it is missing or empty."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


def model_in_body(request: Request) -> str:
    """The body's `model`; empty where there is none."""
    try:
        return msgspec.json.decode(request.body, type=_Named).model
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
