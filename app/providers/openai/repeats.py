"""Chunks that differ from the one before in their text alone, as most do: they need not be read."""

import re
from typing import Final

import msgspec

from app.providers.base import Chunk
from app.providers.openai.shapes import Event

# With and without the space that some servers write.
_KEYS: Final = (b'"content":"', b'"content": "')
# A text that JSON writes as it is: printable ASCII, nothing escaped.
_PLAIN: Final = re.compile(rb"[ !#-\[\]-~]+")
# What OpenAI fills chunks up with, so that their sizes say nothing.
_PAD: Final = re.compile(rb"[0-9A-Za-z]*")
_PADDING: Final = re.compile(rb'"obfuscation": ?"([0-9A-Za-z]*)"')


class _Frame(msgspec.Struct, frozen=True):
    """A chunk around its text: what is before it, behind it up to the padding, and behind that, if any."""

    before: bytes
    behind: bytes
    end: bytes


class Repeats(msgspec.Struct, frozen=True):
    """What a chunk may repeat of an earlier one: the frame in which that came, and that in which it went."""

    given: _Frame
    shown: _Frame

    def chunk(self, data: bytes) -> Chunk | None:
        """The chunk for an event in the same frame; None where it must be read."""
        given, shown = self.given, self.shown
        if not data.startswith(given.before):
            return None
        found = _PLAIN.match(data, len(given.before))
        if found is None or not data.startswith(given.behind, found.end()):
            return None
        text, stop = found[0], found.end() + len(given.behind)
        if not given.end:
            is_all = stop == len(data)
            return Chunk(shown.before + text + shown.behind, True, False, len(text)) if is_all else None
        padding = data[stop:].removesuffix(given.end)
        if stop + len(padding) == len(data) or not _PAD.fullmatch(padding):
            return None
        return Chunk(shown.before + text + shown.behind + padding + shown.end, True, False, len(text))


def repeats_of(event: Event, data: bytes, shown: bytes) -> Repeats | None:
    """What may be repeated of an event in `data` that went on as `shown`; None where it is not only text."""
    choices = event.choices
    delta = choices[0].delta if choices and len(choices) == 1 and choices[0].finish_reason is None else None
    if delta is None or len(event.x_groq) or not isinstance(delta.content, str):
        return None
    says_more = (
        delta.role or delta.reasoning_content or delta.reasoning or delta.refusal
        or delta.tool_calls or delta.function_call or delta.audio
    )  # fmt: skip
    text = delta.content.encode("utf-8", "replace")
    # An event of several lines never comes as one.
    if says_more or b"\n" in data or not _PLAIN.fullmatch(text):
        return None
    frames = _frame(data, text), _frame(shown, text)
    return None if frames[0] is None or frames[1] is None else Repeats(frames[0], frames[1])


def _frame(data: bytes, text: bytes) -> _Frame | None:
    for key in _KEYS:
        # Inside a text a quote has a backslash before it, so that this can only be a field.
        if data.count(key) == 1 and key + text + b'"' in data:
            start = data.index(key) + len(key)
            before, behind = data[:start], data[start + len(text) :]
            padding = _PADDING.search(behind)
            if padding is None:
                return _Frame(before, behind, b"")
            return _Frame(before, behind[: padding.start(1)], behind[padding.end(1) :])
    return None
