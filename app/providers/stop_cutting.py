"""Stop sequences for models that do not take them: the visible text ends before the first one that it holds.

Reasoning and the arguments of tool calls are not searched, as OpenAI does not search them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec.structs import replace

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage
from app.providers.base import Answer, Chunk, Exchange, NativeRequest, Paused, StreamDecoder
from app.providers.verdicts import Verdicts

Decode = Callable[[bytes], Answer | Paused]
Fields = dict[str, msgspec.Raw]

_STOP: Final = msgspec.Raw(b'"stop"')
_NULL: Final = msgspec.Raw(b"null")
_NOTHING: Final = msgspec.Raw(b"{}")
_FIELDS: Final = msgspec.json.Decoder(Fields)
_LIST: Final = msgspec.json.Decoder(list[Fields])
_TEXT: Final = msgspec.json.Decoder(str | None)
_INDEX: Final = msgspec.json.Decoder(int)


class _Span(msgspec.Struct):
    end_index: int = 0


class _Annotation(msgspec.Struct):
    url_citation: _Span | None = None


_RAWS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ANNOTATION: Final = msgspec.json.Decoder(_Annotation)


def without_empty(stops: Iterable[str], verdicts: Verdicts) -> tuple[str, ...]:
    """Those that can end an answer: an empty one would end each before it began. It is reported."""
    given = tuple(stops)
    if "" in given:
        verdicts.note("stop", "empty_ignored")
    return tuple(stop for stop in given if stop)


def cutting(exchange: Exchange, stops: tuple[str, ...]) -> Exchange:
    """The exchange with its answers cut at the first of `stops`."""
    if not stops:
        return exchange

    decode = _cutting(exchange.decode, stops)
    return replace(exchange, decode=decode, stream=lambda: CutStream(exchange.stream(), stops), cut_at=stops)


def _cutting(decode: Decode, stops: tuple[str, ...]) -> Decode:
    def cut(body: bytes) -> Answer | Paused:
        decoded = decode(body)
        if isinstance(decoded, Paused):
            return replace(decoded, decode=_cutting(decoded.decode, stops))
        return replace(decoded, body=_cut(decoded.body, stops))

    return cut


class Cutter:
    """Finds the first stop sequence in a text that comes in fragments."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.has_cut = False

    def feed(self, fragment: str) -> str:
        """What is certain to come before any stop sequence."""
        text = self._held + fragment
        # The one that is whole first, as a model would stop at it.
        found = [(start + len(stop), start) for stop in self._stops if (start := text.find(stop)) >= 0]
        if found:
            self._held, self.has_cut = "", True
            return text[: min(found)[1]]
        kept = max(self._overlap(text, stop) for stop in self._stops)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def end(self) -> str:
        """What was held back, and began no stop sequence after all."""
        held, self._held = self._held, ""
        return held

    @staticmethod
    def _overlap(text: str, stop: str) -> int:
        """How many characters at the end of `text` may begin `stop`."""
        longest = min(len(text), len(stop) - 1)
        return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)


class CutStream:
    """A stream whose choices each end before their first stop sequence."""

    def __init__(self, inner: StreamDecoder, stops: tuple[str, ...]) -> None:
        self._inner = inner
        self._stops = stops
        self._cutters: dict[int, Cutter] = {}

    @property
    def usage(self) -> Usage | None:
        """What the provider reported; None where the stream was left before it did."""
        return self._inner.usage

    @property
    def notes(self) -> tuple[str, ...]:
        """Those of the stream."""
        return self._inner.notes

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """Those of the stream."""
        return self._inner.details

    @property
    def continuation(self) -> NativeRequest | None:
        """That of the stream, as long as anybody wants more of it."""
        return None if self._has_cut_all else self._inner.continuation

    @property
    def is_complete(self) -> bool:
        """Whether the answer is whole, or as much of it as shall be seen."""
        return self._has_cut_all or self._inner.is_complete

    @property
    def is_done(self) -> bool:
        """Whether nobody need wait for more."""
        return self._has_cut_all or self._inner.is_done

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks of the event, as far as they come before a stop sequence."""
        if self._has_cut_all:
            return []
        return [cut for chunk in self._inner.feed(event, data) for cut in self._cut(chunk)]

    def repeat(self, _data: bytes) -> Chunk | None:
        """None: every text is searched."""
        return None

    def end(self) -> list[Chunk]:
        """What remains. A stream that was left early has no more to say."""
        if self._has_cut_all and not self._inner.is_complete:
            return []
        return [cut for chunk in self._inner.end() for cut in self._cut(chunk)]

    @property
    def _has_cut_all(self) -> bool:
        return bool(self._cutters) and all(cutter.has_cut for cutter in self._cutters.values())

    def _cut(self, chunk: Chunk) -> list[Chunk]:
        fields = _FIELDS.decode(chunk.body)
        choices = _LIST.decode(fields.get("choices", msgspec.Raw(b"[]")))
        if not choices:
            return [chunk]
        cuts: list[Chunk] = []
        for choice in choices:
            for shown, text in self._cut_choice(choice):
                body = msgspec.json.encode({**fields, "choices": [shown]})
                is_finish = bytes(shown.get("finish_reason", _NULL)) != b"null"
                characters = chunk.output_characters if text is None else len(text)
                has_token = chunk.has_token if text is None else bool(text)
                cuts.append(Chunk(body, has_token, is_finish, characters))
        return cuts

    def _cut_choice(self, choice: Fields) -> list[tuple[Fields, str | None]]:
        """The choices to show in the place of one, each with its text where it has one."""
        index = _INDEX.decode(choice.get("index", msgspec.Raw(b"0")))
        cutter = self._cutters.setdefault(index, Cutter(self._stops))
        if cutter.has_cut:
            return []
        delta = _FIELDS.decode(choice.get("delta", _NOTHING))
        text = _TEXT.decode(delta.get("content", _NULL))
        is_finish = bytes(choice.get("finish_reason", _NULL)) != b"null"
        shown: list[tuple[Fields, str | None]] = []
        if text:
            visible = cutter.feed(text)
            if cutter.has_cut:
                return [
                    (_with_text(choice, delta, visible, _NULL), visible),
                    (_with_delta(choice, _NOTHING, _STOP), None),
                ]
            if is_finish:
                visible += cutter.end()
            elif not visible and len(delta) == 1:
                return []
            return [(_with_text(choice, delta, visible, choice.get("finish_reason", _NULL)), visible)]
        held = cutter.end() if is_finish or "tool_calls" in delta else ""
        if held:
            shown.append((_with_text(choice, {}, held, _NULL), held))
        return [*shown, (choice, None)]


def _with_text(choice: Fields, delta: Fields, text: str, finish_reason: msgspec.Raw) -> Fields:
    content = msgspec.Raw(msgspec.json.encode(text))
    return _with_delta(choice, msgspec.Raw(msgspec.json.encode({**delta, "content": content})), finish_reason)


def _with_delta(choice: Fields, delta: msgspec.Raw, finish_reason: msgspec.Raw) -> Fields:
    return {**choice, "delta": delta, "finish_reason": finish_reason}


@dataclass(frozen=True, slots=True)
class _Cut:
    choice: Mapping[str, msgspec.Raw]
    has_cut: bool


def _cut(body: bytes, stops: tuple[str, ...]) -> bytes:
    """A plain answer, cut. One without a stop sequence keeps its bytes."""
    fields = _FIELDS.decode(body)
    cuts = [_cut_message(choice, stops) for choice in _LIST.decode(fields["choices"])]
    if not any(cut.has_cut for cut in cuts):
        return body
    return msgspec.json.encode({**fields, "choices": [cut.choice for cut in cuts]})


def _cut_message(choice: Fields, stops: tuple[str, ...]) -> _Cut:
    message = _FIELDS.decode(choice["message"])
    text = _TEXT.decode(message.get("content", _NULL))
    cutter = Cutter(stops)
    visible = cutter.feed(text) if text else ""
    if not cutter.has_cut:
        return _Cut(choice, has_cut=False)
    # What the model wrote after the text, it would not have written.
    kept = {name: value for name, value in message.items() if name not in {"tool_calls", "function_call"}}
    kept["content"] = msgspec.Raw(msgspec.json.encode(visible))
    cited = message.get("annotations", _NULL)
    if bytes(cited).startswith(b"["):
        within = [annotation for annotation in _RAWS.decode(cited) if _ends_within(annotation, len(visible))]
        kept["annotations"] = msgspec.Raw(msgspec.json.encode(within))
    return _Cut(
        {**choice, "message": msgspec.Raw(msgspec.json.encode(kept)), "finish_reason": _STOP}, has_cut=True
    )


def _ends_within(annotation: msgspec.Raw, characters: int) -> bool:
    """Whether what is cited is still there; what is no citation of OpenAI's stays."""
    try:
        read = _ANNOTATION.decode(annotation)
    except msgspec.ValidationError:
        return True
    return read.url_citation is None or read.url_citation.end_index <= characters
