"""Google's answers in OpenAI's shape, plain and streamed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from app.chat.request import ChatRequest
from app.errors import MalformedAnswer
from app.providers.base import Answer, Chunk, NativeRequest, Paused
from app.providers.chunks import ChunkWriter
from app.providers.google.native import Frame
from app.providers.google.reading import AnswerReader, Expected
from app.providers.native_json import UNREADABLE, read_json
from app.providers.plain import PlainWriter
from app.providers.written_stream import WrittenStream

_FRAME: Final = msgspec.json.Decoder(Frame)
# Without `alt=sse` a stream is an array of frames.
_FRAMES: Final = msgspec.json.Decoder(list[Frame] | Frame)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read the answers to one request; `go_on` asks for more with a continuation token."""

    chat: ChatRequest
    expected: Expected
    custom_tools: frozenset[str]
    go_on: Callable[[str], NativeRequest]


@dataclass(frozen=True, slots=True)
class PlainReader:
    """Reads plain answers; `begun` is what there was of one before Google interrupted it."""

    reading: Reading
    begun: tuple[PlainWriter, AnswerReader] | None = None

    def decode(self, body: bytes) -> Answer | Paused:
        """The answer, or how to go on. Raises MalformedAnswer and StreamFailure."""
        writer, reader = self.begun or self._begin()
        try:
            frames = read_json(_FRAMES, body)
        except UNREADABLE:
            raise MalformedAnswer("the provider's answer is no JSON as Google writes it") from None
        for frame in frames if isinstance(frames, list) else [frames]:
            reader.read(frame)
        if reader.continuation_token is not None:
            rest = self.reading.go_on(reader.continuation_token)
            return Paused(rest, PlainReader(self.reading, (writer, reader)).decode)
        if reader.is_complete:
            reader.close()
        return writer.answer()

    def _begin(self) -> tuple[PlainWriter, AnswerReader]:
        writer = PlainWriter(
            self.reading.chat,
            custom_tools=self.reading.custom_tools,
            has_functions=self.reading.expected.has_functions,
        )
        return writer, AnswerReader(writer, self.reading.expected)


class GoogleStream(WrittenStream):
    """Reads a stream. Google ends it by ending the body, so nothing is final before."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        super().__init__(
            ChunkWriter(
                reading.chat,
                custom_tools=reading.custom_tools,
                has_functions=reading.expected.has_functions,
            )
        )
        self._reader = AnswerReader(self._writer, reading.expected)
        self._continuation: NativeRequest | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every choice has its finish reason."""
        return self._reader.is_complete

    @property
    def continuation(self) -> NativeRequest | None:
        """How to go on, where Google has interrupted a long answer."""
        return self._continuation

    @property
    def is_done(self) -> bool:
        """Never: Google says so by hanging up."""
        return False

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks of a frame. Raises StreamFailure."""
        try:
            frame = read_json(_FRAME, data)
        except UNREADABLE:
            return []
        self._reader.read(frame)
        token = self._reader.continuation_token
        self._continuation = None if token is None else self._reading.go_on(token)
        return self._writer.take()

    def end(self) -> list[Chunk]:
        """The finish reasons, and the usage where the client asked for it."""
        self._reader.close()
        return self._writer.end()
