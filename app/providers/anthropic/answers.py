"""Anthropic's plain answers."""

from typing import Final

import msgspec

from app.errors import MalformedAnswer
from app.providers.anthropic.blocks import Opening, StopDetails, Turn
from app.providers.anthropic.failures import classify_event
from app.providers.anthropic.manner import Manner
from app.providers.base import Answer, NativeRequest, Paused, StreamFailure
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


class PlainReader(msgspec.Struct, frozen=True):
    """Reads the answer to one request; `begun` is what there was of it before a pause."""

    manner: Manner
    request: NativeRequest
    begun: tuple[Turn, PlainWriter] | None = None

    def read(self, body: bytes) -> Answer | Paused:
        """The answer, or how to go on with it.

        Raises MalformedAnswer, and StreamFailure where the body is an error.
        """
        message = _read(body)
        turn, writer = self.begun or self._begin()
        turn.start(message)
        try:
            for index, block in enumerate(message.content):
                turn.open(index, block)
                turn.close(index)
        except UNREADABLE as error:
            raise MalformedAnswer("the provider's answer holds a block that cannot be read") from error
        rest = turn.end(message.stop_reason, message.stop_details)
        if rest is None:
            return writer.answer()
        return Paused(rest, PlainReader(self.manner, self.request, (turn, writer)).read)

    def _begin(self) -> tuple[Turn, PlainWriter]:
        writer = self.manner.plain()
        return Turn(writer, self.manner, self.request), writer


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
