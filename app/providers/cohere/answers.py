"""Cohere's answers, plain and streamed."""

from typing import Final

from app.errors import MalformedAnswer
from app.providers.base import Answer, Chunk, NativeRequest, StreamFailure
from app.providers.chunks import ChunkWriter
from app.providers.cohere.failures import classify_event
from app.providers.cohere.native import (
    ANSWER,
    CONTENT,
    EVENT,
    CohereAddition,
    CohereAnswer,
    CohereCall,
    CohereCitation,
    CohereContent,
    CohereDelta,
    CohereEvent,
)
from app.providers.cohere.telling import Turn, Voice
from app.providers.native_json import UNREADABLE, read_json
from app.providers.plain import PlainWriter
from app.providers.written_stream import WrittenStream

_DONE: Final = b"[DONE]"
_NOTHING: Final = CohereAddition()


def read_answer(body: bytes, voice: Voice) -> Answer:
    """A plain answer in OpenAI's shape. Raises MalformedAnswer, and StreamFailure where it is an error."""
    writer = PlainWriter(voice.chat, custom_tools=voice.custom_tools, has_functions=voice.has_functions)
    try:
        answer = read_json(ANSWER, body)
        writer.start(answer.id, voice.model)
        _tell_whole(answer, Turn(writer, voice))
    except UNREADABLE as problem:
        raise MalformedAnswer("the provider's answer is not a chat message") from problem
    return writer.answer()


def _tell_whole(answer: CohereAnswer, turn: Turn) -> None:
    message = answer.message
    for index, raw in enumerate(message.content or ()):
        turn.content(index, read_json(CONTENT, bytes(raw)), bytes(raw))
    if message.tool_plan:
        turn.plan(message.tool_plan)
    for index, call in enumerate(message.tool_calls or ()):
        turn.open_call(index, call)
        turn.close_call(index)
    for citation in message.citations or ():
        turn.citation(citation)
    turn.logprobs(answer.logprobs or ())
    if answer.usage is not None:
        turn.usage(answer.usage)
    turn.end(answer.finish_reason)


class CohereStream(WrittenStream):
    """The state of one stream of Cohere's."""

    continuation: NativeRequest | None = None

    def __init__(self, voice: Voice) -> None:
        self._model = voice.model
        super().__init__(
            ChunkWriter(voice.chat, custom_tools=voice.custom_tools, has_functions=voice.has_functions)
        )
        self._turn = Turn(self._writer, voice)
        self._is_done = False

    @property
    def is_complete(self) -> bool:
        """Whether the message has ended."""
        return self._writer.finished > 0

    @property
    def is_done(self) -> bool:
        """Whether the message has ended: nothing follows but perhaps a marker."""
        return self._is_done

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that the event amounts to. Raises StreamFailure."""
        if data.strip() == _DONE:
            self._is_done = True
            return []
        if event == "error":
            raise StreamFailure(classify_event(data))
        try:
            native = read_json(EVENT, data)
        except UNREADABLE:
            return []
        if not native.type and native.message is not None:
            raise StreamFailure(classify_event(data))
        self._tell(native.type or event, native)
        return self._writer.take()

    def end(self) -> list[Chunk]:
        """The usage, where the client asked for it."""
        return self._writer.end()

    def _tell(self, kind: str, native: CohereEvent) -> None:
        index = native.index or 0
        delta = native.delta or CohereDelta()
        added = delta.message or _NOTHING
        match kind:
            case "message-start":
                self._writer.start(native.id or "", self._model)
            case "content-start" | "content-delta":
                self._tell_content(index, added, native)
            case "tool-plan-delta":
                self._turn.plan(added.tool_plan or "")
            case "tool-call-start":
                self._turn.open_call(index, _call(added))
            case "tool-call-delta":
                self._turn.arguments(index, _call(added))
            case "tool-call-end":
                self._turn.close_call(index)
            case "citation-start":
                for citation in _citations(added):
                    self._turn.citation(citation)
            case "message-end":
                self._tell_end(delta)

    def _tell_content(self, index: int, added: CohereAddition, native: CohereEvent) -> None:
        content = added.content
        if not isinstance(content, CohereContent):
            return
        self._turn.content(index, content)
        if native.logprobs is not None and not content.is_thinking:
            self._turn.logprobs([native.logprobs])

    def _tell_end(self, delta: CohereDelta) -> None:
        if delta.usage is not None:
            self._turn.usage(delta.usage)
        self._turn.end(delta.finish_reason or "", delta.error)
        self._is_done = True


def _call(added: CohereAddition) -> CohereCall:
    calls = added.tool_calls
    if isinstance(calls, CohereCall):
        return calls
    return calls[0] if calls else CohereCall()


def _citations(added: CohereAddition) -> list[CohereCitation]:
    citations = added.citations
    return [citations] if isinstance(citations, CohereCitation) else citations or []
