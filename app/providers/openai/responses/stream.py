"""A stream of the Responses route as OpenAI's chat chunks."""

from typing import Final

import msgspec

from app.providers.base import Chunk, NativeRequest, StreamFailure
from app.providers.chunks import ChunkWriter
from app.providers.native_json import UNREADABLE, read_json
from app.providers.openai.failures import classify_event
from app.providers.openai.responses.answers import Asked, Teller
from app.providers.openai.responses.shapes import Event, Item, Response
from app.providers.written_stream import WrittenStream

_EVENT: Final = msgspec.json.Decoder(Event)
_ITEM: Final = msgspec.json.Decoder(Item)
_RESPONSE: Final = msgspec.json.Decoder(Response)
_ENDS: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})


class ResponsesStream(WrittenStream):
    """The state of one stream. Events of a kind that is not told of are passed over."""

    continuation: NativeRequest | None = None

    def __init__(self, asked: Asked) -> None:
        super().__init__(
            ChunkWriter(asked.chat, custom_tools=asked.custom_tools, has_functions=asked.has_functions)
        )
        self._teller = Teller(self._writer, asked)
        self._has_ended = False

    @property
    def is_complete(self) -> bool:
        """Whether the last event came."""
        return self._has_ended

    @property
    def is_done(self) -> bool:
        """Whether the last event came: nothing follows it."""
        return self._has_ended

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that the event amounts to. Raises StreamFailure."""
        if event == "error":
            raise StreamFailure(classify_event(data))
        try:
            parsed = read_json(_EVENT, data)
            if parsed.type == "error":
                raise StreamFailure(classify_event(data))
            if not self._has_ended:
                self._tell(parsed)
        except UNREADABLE:
            return []
        return self._writer.take()

    def end(self) -> list[Chunk]:
        """The chunk of usage."""
        return self._writer.end()

    def _tell(self, event: Event) -> None:
        match event.type:
            case "response.created":
                self._teller.begin(read_json(_RESPONSE, bytes(event.response)))
                self._writer.role()
            case "response.output_item.added":
                self._teller.open(event.output_index, read_json(_ITEM, bytes(event.item)))
            case "response.output_item.done":
                self._teller.close(event.output_index, event.item)
            case kind if kind in _ENDS:
                self._teller.end(read_json(_RESPONSE, bytes(event.response)))
                self._has_ended = True
            case _:
                self._tell_delta(event)

    def _tell_delta(self, event: Event) -> None:
        match event.type:
            case "response.output_text.delta":
                self._teller.text(event.output_index, event.delta)
            case "response.refusal.delta":
                self._teller.refusal(event.output_index, event.delta)
            case "response.reasoning_summary_part.added":
                self._teller.break_reasoning()
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self._teller.reasoning(event.output_index, event.delta)
            case "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta":
                self._teller.input(event.output_index, event.delta)
