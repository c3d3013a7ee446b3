"""Anthropic's answers, block by block, told to a writer: plain answers and streams alike."""

from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec.structs import replace

from app.chat.messages import ReasoningDetail
from app.providers.anthropic.manner import Manner
from app.providers.anthropic.state import PREFIX
from app.providers.anthropic.usage import Count, Tally
from app.providers.base import NativeRequest
from app.providers.writing import FinishReason, Writer

Fields = dict[str, msgspec.Raw]

_ABSENT: Final = msgspec.Raw(b"")
_NO_INPUT: Final = frozenset({b"", b"{}", b"null"})
# A turn of server tools that pauses more often than this is not going to end.
_MOST_PAUSES: Final = 8

_REASONS: Final[dict[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",  # told as tool_calls where there are any
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


class StopDetails(msgspec.Struct):
    """Why the model declined."""

    explanation: str | None = None


class Opening(msgspec.Struct):
    """How a message begins."""

    id: str = ""
    model: str = ""
    usage: Count | None = None


class Delta(msgspec.Struct):
    """A fragment of a block, or how the message ends."""

    type: str = ""
    text: str = ""
    thinking: str = ""
    signature: str = ""
    partial_json: str = ""
    citation: msgspec.Raw = _ABSENT
    stop_reason: str | None = None
    stop_details: StopDetails | None = None


class _Head(msgspec.Struct):
    """What must be known of a block when it begins."""

    type: str
    text: str = ""
    thinking: str = ""
    signature: str = ""
    id: str = ""
    name: str = ""
    input: msgspec.Raw = _ABSENT
    citations: list[msgspec.Raw] | None = None


class _Citation(msgspec.Struct):
    url: str
    title: str | None = None


@dataclass(slots=True)
class _Block:
    """A block on its way. `start` is where its text begins in the visible text."""

    raw: msgspec.Raw
    head: _Head
    start: int
    call: int | None = None
    texts: list[str] = field(default_factory=list)
    signature: str = ""
    citations: list[msgspec.Raw] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether it came in one piece."""
        return not (self.texts or self.signature or self.citations)

    def native(self) -> msgspec.Raw | None:
        """The block as the provider would have sent it in one piece; None where its input was cut off."""
        if self.is_whole:
            return self.raw
        fields = _FIELDS.decode(self.raw)
        text = "".join(self.texts)
        match self.head.type:
            case "text":
                fields["text"] = _encoded(self.head.text + text)
                if self.citations:
                    fields["citations"] = _encoded([*(self.head.citations or ()), *self.citations])
            case "thinking":
                fields["thinking"] = _encoded(self.head.thinking + text)
                fields["signature"] = _encoded(self.signature or self.head.signature)
            case _ if text:
                try:
                    _FIELDS.decode(text)
                except msgspec.DecodeError:
                    return None
                fields["input"] = msgspec.Raw(text.encode())
            case _:
                pass
        return _encoded(fields)


_FIELDS: Final = msgspec.json.Decoder(Fields)
_HEAD: Final = msgspec.json.Decoder(_Head)
_CITATION: Final = msgspec.json.Decoder(_Citation)


class Turn:
    """One answer, which may come in several messages where the provider pauses."""

    def __init__(self, writer: Writer, manner: Manner, request: NativeRequest) -> None:
        self._writer = writer
        self._model = manner.model
        self._to_client = manner.to_client
        self._request = request
        self._tally = Tally()
        self._open: dict[int, _Block] = {}
        # Every block so far, in the native order; None for one that is open or was cut off.
        self._blocks: list[msgspec.Raw | None] = []
        self._positions: dict[int, int] = {}
        self._texts: list[int] = []
        self._has_citations = False
        self._details: list[ReasoningDetail] = []
        self._last_call: str | None = None
        self._characters = 0
        self._pauses_left = _MOST_PAUSES

    def start(self, opening: Opening) -> None:
        """A message begins; the first one names the answer."""
        self._writer.start(f"chatcmpl-{opening.id}", opening.model or self._model)
        self._tally.begin()
        self.count(opening.usage)

    def count(self, count: Count | None) -> None:
        """The provider's counts so far, of the message that runs."""
        if count is None:
            return
        self._tally.add(count)
        self._writer.usage(self._tally.usage, self._tally.service_tier)

    def open(self, index: int, raw: msgspec.Raw) -> None:
        """A block begins, or comes whole. Raises msgspec.ValidationError where it is none."""
        head = _HEAD.decode(raw)
        block = _Block(raw, head, self._characters)
        self._open[index] = block
        self._positions[index] = len(self._blocks)
        self._blocks.append(None)
        match head.type:
            case "text":
                self._texts.append(self._positions[index])
                self._add_text(head.text)
            case "thinking":
                self._writer.reasoning(head.thinking)
            case "tool_use":
                self._tell_details(head.id)
                name = self._to_client.get(head.name, head.name)
                block.call = self._writer.open_call(head.id, name)
                if bytes(head.input) not in _NO_INPUT:
                    compact = msgspec.json.format(bytes(head.input), indent=-1)
                    self._writer.arguments(block.call, compact.decode())
            case _:
                pass

    def add(self, index: int, delta: Delta) -> None:
        """A fragment of a block that is open."""
        block = self._open.get(index)
        if block is None:
            return
        match delta.type:
            case "text_delta":
                block.texts.append(delta.text)
                self._add_text(delta.text)
            case "thinking_delta":
                block.texts.append(delta.thinking)
                self._writer.reasoning(delta.thinking)
            case "signature_delta":
                block.signature += delta.signature
            case "citations_delta":
                block.citations.append(delta.citation)
            case "input_json_delta":
                block.texts.append(delta.partial_json)
                if block.call is not None:
                    self._writer.arguments(block.call, delta.partial_json)
            case _:
                pass

    def close(self, index: int) -> None:
        """A block ends."""
        block = self._open.pop(index, None)
        if block is None:
            return
        position = self._positions[index]
        native = self._blocks[position] = block.native()
        match block.head.type:
            case "text":
                self._annotate(block)
            case "tool_use" if block.call is not None:
                self._writer.close_call(block.call)
            case "thinking" if not (block.signature or block.head.signature):
                # Cut off before it was signed: the provider would not have it back.
                pass
            case kind if native is not None:
                self._details.append(self._detail(kind, position, native))
            case _:
                pass

    def end(self, reason: str | None, details: StopDetails | None) -> NativeRequest | None:
        """The message ends. Where the provider only paused: what to send for the rest."""
        for index in sorted(self._open):
            self.close(index)
        if reason == "pause_turn" and self._pauses_left:
            self._pauses_left -= 1
            return self._continuation()
        self._tell_text_blocks()
        self._tell_details(self._last_call)
        if reason == "refusal" and details is not None and details.explanation:
            self._writer.refusal(details.explanation)
        if reason not in _REASONS:
            self._writer.note(f"finish_reason={reason or 'missing'}")
        self._writer.finish(_REASONS.get(reason or "", "stop"))
        return None

    def _add_text(self, text: str) -> None:
        self._writer.text(text)
        self._characters += len(text)

    def _annotate(self, block: _Block) -> None:
        """The citations that lead to the web, each for its whole block; the details keep the others."""
        citations = [*(block.head.citations or ()), *block.citations]
        self._has_citations = self._has_citations or bool(citations)
        for raw in citations:
            try:
                citation = _CITATION.decode(raw)
            except msgspec.ValidationError:
                continue
            place = {"start_index": block.start, "end_index": self._characters}
            source = {"title": citation.title or citation.url, "url": citation.url}
            self._writer.annotation({"type": "url_citation", "url_citation": place | source})

    def _detail(self, kind: str, position: int, native: msgspec.Raw) -> ReasoningDetail:
        return ReasoningDetail(PREFIX + kind, self._model, position, native)

    def _tell_details(self, call_id: str | None) -> None:
        """Hands over the details so far: they belong to the call that comes next, else to the last."""
        for detail in self._details:
            self._writer.detail(replace(detail, call_id=call_id))
        self._details.clear()
        self._last_call = call_id

    def _tell_text_blocks(self) -> None:
        """Keeps the blocks of text where the joined text does not tell where each was, or what it cited."""
        if len(self._texts) > 1 or self._has_citations:
            for position in self._texts:
                native = self._blocks[position]
                if native is not None:
                    self._details.append(self._detail("text", position, native))

    def _continuation(self) -> NativeRequest:
        """The request again, with what the model has said so far at its end."""
        fields = _FIELDS.decode(self._request.body)
        messages = msgspec.json.decode(fields["messages"], type=list[msgspec.Raw])
        said = [block for block in self._blocks if block is not None]
        messages.append(_encoded({"role": "assistant", "content": said}))
        fields["messages"] = _encoded(messages)
        return replace(self._request, body=msgspec.json.encode(fields))


def _encoded(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
