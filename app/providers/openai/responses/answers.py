"""What the Responses route answers, told to a writer: whole items or the deltas of a stream, one mapping."""

import json
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import Answer, StreamFailure
from app.providers.native_json import UNREADABLE, read_json
from app.providers.openai.failures import classify_event
from app.providers.openai.responses.items import OWN_DETAILS
from app.providers.openai.responses.shapes import Item, Response
from app.providers.plain import PlainWriter
from app.providers.writing import FinishReason, Writer

_RESPONSE: Final = msgspec.json.Decoder(Response)
_ITEM: Final = msgspec.json.Decoder(Item)
_REASONS: Final[dict[str, FinishReason]] = {
    "max_output_tokens": "length",
    "content_filter": "content_filter",
}
# What separates the parts of a reasoning summary.
_BREAK: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the request asked for, as far as the answer depends on it."""

    chat: ChatRequest
    model: str
    custom_tools: frozenset[str]
    has_functions: bool


def read_response(body: bytes, asked: Asked) -> Answer:
    """A plain answer. Raises MalformedAnswer, and StreamFailure where it failed."""
    writer = PlainWriter(asked.chat, custom_tools=asked.custom_tools, has_functions=asked.has_functions)
    teller = Teller(writer, asked)
    try:
        response = read_json(_RESPONSE, body)
        teller.begin(response)
        for index, item in enumerate(response.output or ()):
            teller.close(index, item)
        teller.end(response)
    except UNREADABLE as error:
        raise MalformedAnswer("the provider's answer is not a response") from error
    return writer.answer()


@dataclass(slots=True)
class _Told:
    """One item of the output while it comes."""

    number: int | None = None
    is_custom: bool = False
    has_text: bool = False
    # Where its text begins in the whole of the answer.
    offset: int = 0


@dataclass(slots=True)
class Teller:
    """Tells a writer of one response. `output` numbers are the items' places in it."""

    writer: Writer
    asked: Asked
    _items: dict[int, _Told] = field(default_factory=dict)
    # Reasoning whose tool call has not come yet.
    _held: list[ReasoningDetail] = field(default_factory=list)
    _characters: int = 0
    _has_reasoning: bool = False
    _is_new_part: bool = False

    def begin(self, response: Response) -> None:
        """Names the answer."""
        self.writer.start(response.id, response.model or self.asked.model)

    def open(self, output: int, item: Item) -> None:
        """An item begins."""
        told = self._items[output] = _Told(offset=self._characters)
        if item.type in {"function_call", "custom_tool_call"}:
            self._release(item.call_id)
            told.is_custom = item.type == "custom_tool_call"
            told.number = self.writer.open_call(item.call_id, item.name)
            if told.is_custom:
                self.writer.arguments(told.number, '{"input":"')
        if item.type == "reasoning":
            self._is_new_part = True

    def text(self, output: int, text: str) -> None:
        """Visible text of an item."""
        self._told(output).has_text = True
        self._characters += len(text)
        self.writer.text(text)

    def refusal(self, output: int, text: str) -> None:
        """Words of an item with which the model declines."""
        self._told(output).has_text = True
        self.writer.refusal(text)

    def break_reasoning(self) -> None:
        """Another part of a summary begins."""
        self._is_new_part = True

    def reasoning(self, output: int, text: str) -> None:
        """Reasoning for people to read."""
        self._told(output).has_text = True
        is_broken = self._is_new_part and self._has_reasoning
        self.writer.reasoning(_BREAK + text if is_broken else text)
        self._is_new_part, self._has_reasoning = False, True

    def input(self, output: int, fragment: str) -> None:
        """Arguments of a function, or the input of a custom tool."""
        told = self._told(output)
        if told.number is None:
            return
        told.has_text = True
        self.writer.arguments(told.number, json.dumps(fragment)[1:-1] if told.is_custom else fragment)

    def close(self, output: int, raw: msgspec.Raw) -> None:
        """An item is whole: what was not told of it in fragments is told now."""
        item = read_json(_ITEM, bytes(raw))
        if output not in self._items:
            self.open(output, item)
        told = self._items[output]
        if item.type == "message":
            self._close_message(output, item, told)
        elif told.number is not None:
            self._close_call(output, item, told.number)
        else:
            self._close_other(output, item, raw)

    def end(self, response: Response) -> None:
        """The response is whole. Raises StreamFailure where it failed, MalformedAnswer where it is none."""
        if response.status == "failed" or response.error is not None:
            raise StreamFailure(classify_event(msgspec.json.encode({"error": response.error})))
        if response.status not in {"completed", "incomplete"}:
            raise MalformedAnswer(f"the provider's response has the status {response.status}")
        self._release(None)
        usage = response.usage
        if usage is not None:
            self.writer.usage(_usage(response), response.service_tier)
        if response.moderation is not None:
            self.writer.moderation(response.moderation.as_chat())
        reason = response.incomplete_details.reason if response.incomplete_details else None
        if reason is not None and reason not in _REASONS:
            self.writer.note(f"finish_reason={reason}")
        self.writer.finish(_REASONS.get(reason or "", "stop"))

    def _told(self, output: int) -> _Told:
        return self._items.setdefault(output, _Told(offset=self._characters))

    def _close_message(self, output: int, item: Item, told: _Told) -> None:
        is_told, offset = told.has_text, told.offset
        for part in item.content or ():
            if not is_told and part.refusal:
                self.refusal(output, part.refusal)
            elif not is_told and part.text:
                self.text(output, part.text)
            if part.logprobs and self.asked.chat.fields.get("logprobs") == msgspec.Raw(b"true"):
                self.writer.logprobs(list(part.logprobs))
            for annotation in part.annotations or ():
                cited = annotation.as_chat(offset)
                if cited is not None:
                    self.writer.annotation(cited)
            offset += len(part.text)

    def _close_call(self, output: int, item: Item, number: int) -> None:
        told = self._items[output]
        if not told.has_text:
            self.input(output, item.input if told.is_custom else item.arguments)
        if told.is_custom:
            self.writer.arguments(number, '"}')
        self.writer.close_call(number)

    def _close_other(self, output: int, item: Item, raw: msgspec.Raw) -> None:
        is_told = self._told(output).has_text
        for part in () if is_told else (item.summary or item.content or ()):
            self.break_reasoning()
            self.reasoning(output, part.text)
        # Without its encrypted content nobody but the store could make anything of it.
        if item.type != "reasoning" or item.encrypted_content:
            kind = f"{OWN_DETAILS}{item.type}"
            self._held.append(ReasoningDetail(kind, self.asked.model, output, raw))

    def _release(self, call_id: str | None) -> None:
        """Gives the reasoning out as that of a call, or as that of the answer's end."""
        for detail in self._held:
            self.writer.detail(msgspec.structs.replace(detail, call_id=call_id))
        self._held.clear()


def _usage(response: Response) -> Usage:
    counts = response.usage
    if counts is None:
        return Usage()
    taken, given = counts.input_tokens_details, counts.output_tokens_details
    return Usage(
        input_tokens=counts.input_tokens,
        cached_input_tokens=min(taken.cached_tokens, counts.input_tokens) if taken else 0,
        output_tokens=counts.output_tokens,
        cache_write_tokens=min(taken.cache_write_tokens, counts.input_tokens) if taken else 0,
        reasoning_tokens=given.reasoning_tokens if given else None,
    )
