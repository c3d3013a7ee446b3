"""Anthropic's plain answers."""

from typing import Final

import msgspec

from app.errors import MalformedAnswer
from app.providers.anthropic.blocks import Opening, StopDetails, Turn
from app.providers.anthropic.failures import classify_event
from app.providers.anthropic.manner import Manner
from app.providers.base import Answer, NativeRequest, StreamFailure
from app.providers.native_json import UNREADABLE, read_json
from app.providers.plain import PlainWriter


class _Message(Opening, kw_only=True):
    content: list[msgspec.Raw]
    stop_reason: str | None = None
    stop_details: StopDetails | None = None


class _Kind(msgspec.Struct):
    type: str


_MESSAGE: Final = msgspec.json.Decoder(_Message)
_KIND: Final = msgspec.json.Decoder(_Kind)


class PlainReader:
    """Reads the answer to one request, which may pause in between where it `can_continue`."""

    def __init__(self, manner: Manner, request: NativeRequest, *, can_continue: bool) -> None:
        self._manner = manner
        self._request = request
        self._can_continue = can_continue
        self._paused: tuple[Turn, PlainWriter] | None = None

    def read(self, body: bytes) -> Answer | NativeRequest:
        """The answer, or what to send for its rest.

        Raises MalformedAnswer, and StreamFailure where the body is an error.
        """
        message = _read(body)
        turn, writer = self._paused or self._begun()
        turn.start(message)
        try:
            for index, block in enumerate(message.content):
                turn.open(index, block)
                turn.close(index)
        except UNREADABLE as error:
            raise MalformedAnswer("the provider's answer holds a block that cannot be read") from error
        rest = turn.end(message.stop_reason, message.stop_details)
        self._paused = None if rest is None else (turn, writer)
        return writer.answer() if rest is None else rest

    def _begun(self) -> tuple[Turn, PlainWriter]:
        writer = self._manner.plain()
        return Turn(writer, self._manner.model, self._request, can_continue=self._can_continue), writer


def _read(body: bytes) -> _Message:
    try:
        return read_json(_MESSAGE, body)
    except UNREADABLE as error:
        if _is_error(body):
            raise StreamFailure(classify_event(body)) from None
        raise MalformedAnswer("the provider's answer is not a message") from error


def _is_error(body: bytes) -> bool:
    try:
        return read_json(_KIND, body).type == "error"
    except UNREADABLE:
        return False
