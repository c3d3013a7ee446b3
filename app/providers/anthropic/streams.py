"""Anthropic's streams."""

from typing import Final

import msgspec

from app.providers.anthropic.blocks import Delta, Opening, Turn
from app.providers.anthropic.failures import classify_event
from app.providers.anthropic.manner import Manner
from app.providers.anthropic.usage import Count
from app.providers.base import Chunk, NativeRequest, StreamFailure
from app.providers.native_json import UNREADABLE, read_json
from app.providers.written_stream import WrittenStream


class _Event(msgspec.Struct):
    type: str
    index: int = 0
    message: Opening | None = None
    content_block: msgspec.Raw = msgspec.Raw(b"")
    delta: Delta | None = None
    usage: Count | None = None


_EVENT: Final = msgspec.json.Decoder(_Event)


class AnthropicStream(WrittenStream):
    """The state of one stream. It ends with `message_stop`, and with nothing else."""

    def __init__(self, manner: Manner, request: NativeRequest) -> None:
        super().__init__(manner.chunks())
        self._turn = Turn(self._writer, manner, request)
        self._ending: Delta | None = None
        self._continuation: NativeRequest | None = None
        self._is_done = False

    @property
    def is_complete(self) -> bool:
        """Whether the answer is whole."""
        return self._is_done

    @property
    def continuation(self) -> NativeRequest | None:
        """What to send where the provider paused."""
        return self._continuation

    @property
    def is_done(self) -> bool:
        """Whether `message_stop` came, and was no pause."""
        return self._is_done

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that one event amounts to. Raises StreamFailure."""
        if event == "error":
            raise StreamFailure(classify_event(data))
        try:
            parsed = read_json(_EVENT, data)
            if parsed.type == "error":
                raise StreamFailure(classify_event(data))
            self._take(parsed)
        except UNREADABLE:
            return []
        return self._writer.take()

    def end(self) -> list[Chunk]:
        """The usage, where the client asked for it."""
        return self._writer.end()

    def _take(self, event: _Event) -> None:
        match event:
            case _Event(type="message_start", message=Opening() as message):
                self._continuation = None
                self._turn.start(message)
                self._writer.role()
            case _Event(type="content_block_start"):
                self._turn.open(event.index, event.content_block)
            case _Event(type="content_block_delta", delta=Delta() as delta):
                self._turn.add(event.index, delta)
            case _Event(type="content_block_stop"):
                self._turn.close(event.index)
            case _Event(type="message_delta"):
                self._ending = event.delta or self._ending
                self._turn.count(event.usage)
            case _Event(type="message_stop") if self._ending is not None:
                self._continuation = self._turn.end(self._ending.stop_reason, self._ending.stop_details)
                self._is_done = self._continuation is None
                self._ending = None
            case _:
                # `ping`, and events of tomorrow.
                pass
