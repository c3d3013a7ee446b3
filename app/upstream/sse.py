"""Server-sent events out of bytes, as the HTML standard reads them (section 9.2.6)."""

import re
from typing import Final

import msgspec

from app.errors import MalformedAnswer

_BOM: Final = b"\xef\xbb\xbf"
_DATA: Final = b"data: "
_BLANK_LINE: Final = b"\n\n"
# A whole event as nearly all servers write nearly all of theirs.
_USUAL: Final = re.compile(rb"(?:event: ([^\r\n]+)\n)?data: ([^\r\n]+)\n\n")


class ServerSentEvent(msgspec.Struct, frozen=True, gc=False):
    """One event. `event` is its type, "message" where the server named none."""

    event: str
    data: bytes


class SseParser:
    """The state of one event stream. An event or a line over `limit_bytes` raises MalformedAnswer."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        # The line that has not ended yet, in pieces: joined once, so that tiny reads cost no copying.
        self._pieces: list[bytes] = []
        self._pieces_bytes = 0
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._type = ""
        self._is_first_line = True
        # The last read ended in CR, so that an LF at the start of the next ends no line of its own.
        self._ended_in_cr = False
        # Whether the next byte is the first of an event, and not that of the stream.
        self._is_between = False

    def feed(self, piece: bytes) -> list[ServerSentEvent]:
        """The events that end within `piece`, wherever the stream was split. Raises MalformedAnswer."""
        if self._is_between and len(piece) <= self._limit_bytes:
            events, start = _read_usual(piece)
            if start == len(piece):
                return events
            return events + self._read_lines(piece[start:])
        return self._read_lines(piece)

    def framed(self, piece: bytes) -> bytes | None:
        """What is in the frame of one unnamed event; None where `piece` is not framed so.

        It is the data of one event if no line ends in it: who has not made sure of that must feed the piece.
        """
        is_framed = self._is_between and piece.startswith(_DATA) and piece.endswith(_BLANK_LINE)
        return (
            piece[len(_DATA) : -len(_BLANK_LINE)] if is_framed and len(piece) <= self._limit_bytes else None
        )

    def _read_lines(self, piece: bytes) -> list[ServerSentEvent]:
        """The events that end within `piece`, line by line."""
        if self._ended_in_cr and piece:
            piece = piece.removeprefix(b"\n")
            self._ended_in_cr = False
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if not end:
            self._keep(piece)
            self._is_between = False
            return []
        lines = b"".join((*self._pieces, piece[:end]))
        self._pieces.clear()
        self._pieces_bytes = 0
        self._ended_in_cr = end == len(piece) and piece.endswith(b"\r")
        events: list[ServerSentEvent] = []
        # On bytes this splits at LF, CR and CRLF alone.
        for line in lines.splitlines():
            self._read(line, events)
        self._keep(piece[end:])
        self._is_between = not (self._pieces or self._data or self._type or self._ended_in_cr)
        return events

    def end(self) -> list[ServerSentEvent]:
        """The event that the stream ended in, where its blank line is missing. Raises MalformedAnswer."""
        events: list[ServerSentEvent] = []
        if self._pieces:
            self._read(b"".join(self._pieces), events)
            self._pieces.clear()
        self._dispatch(events)
        return events

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self._pieces_bytes += len(piece)
            self._check(self._pieces_bytes)

    def _read(self, line: bytes, events: list[ServerSentEvent]) -> None:
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(_BOM)
        if not line:
            self._dispatch(events)
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._data_bytes += len(value) + 1
            self._check(self._data_bytes)
        elif name == b"event":
            self._type = value.decode("utf-8", "replace")

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        if self._data:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            events.append(ServerSentEvent(self._type or "message", data))
            self._data.clear()
            self._data_bytes = 0
        self._type = ""

    def _check(self, size_bytes: int) -> None:
        if size_bytes > self._limit_bytes:
            raise MalformedAnswer(
                f"an event of the provider's stream is larger than {self._limit_bytes} bytes"
            )


def _read_usual(piece: bytes) -> tuple[list[ServerSentEvent], int]:
    """The usual events at the start of `piece`, and where they end."""
    events: list[ServerSentEvent] = []
    end = 0
    while (found := _USUAL.match(piece, end)) is not None:
        name, data = found.groups()
        events.append(ServerSentEvent(name.decode("utf-8", "replace") if name else "message", data))
        end = found.end()
    return events, end
