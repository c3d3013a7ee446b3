"""Mistral's answers, plain and streamed, told to a Writer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.chat.request import ChatRequest
from app.errors import MalformedAnswer
from app.providers.base import Answer, Chunk, NativeRequest, StreamFailure
from app.providers.chunks import ChunkWriter
from app.providers.mistral.failures import classify_event
from app.providers.mistral.native import COMPLETION, MISTRAL_CHUNK, REMAINS, MistralChunk, MistralCompletion
from app.providers.mistral.telling import Choice, tell_usage
from app.providers.native_json import UNREADABLE, read_json
from app.providers.plain import PlainWriter
from app.providers.written_stream import WrittenStream

_DONE: Final = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Voice:
    """How the client wants to be spoken to; `to_client` has the tools' own names."""

    chat: ChatRequest
    to_client: Mapping[str, str]
    custom_tools: frozenset[str] = frozenset()
    has_functions: bool = False


def read_answer(body: bytes, voice: Voice) -> Answer:
    """A plain answer in OpenAI's shape. Raises MalformedAnswer, and StreamFailure where it is an error."""
    writer = PlainWriter(voice.chat, custom_tools=voice.custom_tools, has_functions=voice.has_functions)
    try:
        _tell_whole(read_json(COMPLETION, body), writer, voice)
    except UNREADABLE as problem:
        if _is_error(body):
            raise StreamFailure(classify_event(body)) from None
        raise MalformedAnswer("the provider's answer is not a chat completion") from problem
    return writer.answer()


def _tell_whole(completion: MistralCompletion, writer: PlainWriter, voice: Voice) -> None:
    writer.start(completion.id, completion.model)
    for native in completion.choices:
        choice = Choice(writer, native.index, completion.model, to_client=voice.to_client, is_whole=True)
        for message in native.messages or ([native.message] if native.message else []):
            choice.message(message)
        choice.end(native.finish_reason, native.logprobs)
    if completion.usage is not None:
        tell_usage(completion.usage, writer)


class MistralStream(WrittenStream):
    """The state of one stream of Mistral's."""

    continuation: NativeRequest | None = None

    def __init__(self, voice: Voice) -> None:
        super().__init__(
            ChunkWriter(voice.chat, custom_tools=voice.custom_tools, has_functions=voice.has_functions)
        )
        self._voice = voice
        self._choices: dict[int, Choice] = {}
        self._is_done = False

    @property
    def is_complete(self) -> bool:
        """Whether every choice has its finish reason."""
        finished = self._writer.finished
        return finished == len(self._choices) > 0 and (self._is_done or finished >= self._voice.chat.choices)

    @property
    def is_done(self) -> bool:
        """Whether `[DONE]` came."""
        return self._is_done

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that the event amounts to. Raises StreamFailure."""
        if data.strip() == _DONE:
            self._is_done = True
            return []
        if event == "error":
            raise StreamFailure(classify_event(data))
        try:
            chunk = read_json(MISTRAL_CHUNK, data)
            if not chunk.is_error:
                self._tell(chunk)
                return self._writer.take()
        except UNREADABLE:
            if not _is_error(data):
                return self._writer.take()
        raise StreamFailure(classify_event(data))

    def end(self) -> list[Chunk]:
        """The usage, where the client asked for it."""
        return self._writer.end()

    def _tell(self, chunk: MistralChunk) -> None:
        self._writer.start(chunk.id, chunk.model)
        if chunk.usage is not None:
            tell_usage(chunk.usage, self._writer)
        for native in chunk.choices:
            choice = self._choices.get(native.index)
            if choice is None:
                choice = self._choices[native.index] = Choice(
                    self._writer, native.index, chunk.model, to_client=self._voice.to_client
                )
            if native.delta is not None:
                choice.message(native.delta)
            if native.finish_reason:
                choice.end(native.finish_reason, native.logprobs)
            else:
                choice.tell_logprobs(native.logprobs)


def _is_error(data: bytes) -> bool:
    try:
        return read_json(REMAINS, data).is_error
    except UNREADABLE:
        return False
