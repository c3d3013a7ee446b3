"""What a decoder knows of its stream by what it has written."""

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage
from app.providers.base import Chunk
from app.providers.chunks import ChunkWriter


class WrittenStream:
    """The part of a StreamDecoder that its writer answers for."""

    def __init__(self, writer: ChunkWriter) -> None:
        self._writer = writer

    @property
    def usage(self) -> Usage | None:
        """What the provider reported so far."""
        return self._writer.usage_so_far

    @property
    def notes(self) -> tuple[str, ...]:
        """What was adapted on the way back so far."""
        return self._writer.notes

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning state so far."""
        return self._writer.details

    def repeat(self, _data: bytes) -> Chunk | None:
        """None: every event is read."""
        return None
