"""Answers in OpenAI's dialect, plain and streamed: what the gateway must know of them, and may show."""

import json
import re
from typing import Final, TypeVar

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import Answer, Chunk, Failure, FailureKind, NativeRequest, StreamFailure
from app.providers.openai.failures import classify_event
from app.providers.openai.usage import read_usage

_ABSENT: Final = msgspec.Raw(b"")
_NO_ERROR: Final = frozenset({b"", b"null", b"false", b'""', b"{}"})
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# A finish reason that says the provider gave up: DeepSeek (api-docs.deepseek.com), vLLM, OpenRouter.
_GAVE_UP: Final = {
    "insufficient_system_resource": FailureKind.OVERLOADED,
    "abort": FailureKind.SERVER_ERROR,
    "error": FailureKind.SERVER_ERROR,
}

# Half of a surrogate pair is no Unicode and msgspec refuses it; JavaScript writes it where it cuts a text.
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class _Words(msgspec.Struct, gc=False):
    """A message or a delta. The values may be anything: whether they are empty, and their length, matters."""

    role: object = None
    content: object = None
    reasoning_content: object = None
    reasoning: object = None
    refusal: object = None
    tool_calls: object = None
    function_call: object = None
    audio: object = None

    @property
    def has_token(self) -> bool:
        return bool(
            self.content
            or self.reasoning_content
            or self.tool_calls
            or self.reasoning
            or self.refusal
            or self.function_call
            or self.audio
        )

    @property
    def characters(self) -> int:
        texts = (self.content, self.reasoning_content or self.reasoning, self.refusal)
        characters = sum(len(text) for text in texts if isinstance(text, str))
        if self.function_call:
            characters += _argument_characters(self.function_call)
        if isinstance(self.tool_calls, list):
            characters += sum(
                _argument_characters(call.get("function"))
                for call in self.tool_calls
                if isinstance(call, dict)
            )
        return characters


class _Remains(msgspec.Struct, gc=False):
    usage: msgspec.Raw = _ABSENT
    x_groq: msgspec.Raw = _ABSENT
    error: msgspec.Raw = _ABSENT
    kind: object = msgspec.field(default=None, name="object")

    @property
    def is_error(self) -> bool:
        return self.kind == "error" or bytes(self.error) not in _NO_ERROR


class _PlainChoice(msgspec.Struct, gc=False):
    finish_reason: object = None
    message: msgspec.Raw = _ABSENT


class _Completion(_Remains, kw_only=True, gc=False):
    choices: list[_PlainChoice]


class _StreamChoice(msgspec.Struct, gc=False):
    index: int | None = 0
    delta: _Words | None = None
    finish_reason: str | None = None


class _Event(_Remains, gc=False):
    choices: list[_StreamChoice] | None = None


_REMAINS: Final = msgspec.json.Decoder(_Remains)
_COMPLETION: Final = msgspec.json.Decoder(_Completion)
_EVENT: Final = msgspec.json.Decoder(_Event)
_WORDS: Final = msgspec.json.Decoder(_Words)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])

_T = TypeVar("_T")


def read_answer(body: bytes) -> Answer:
    """A plain answer, its bytes unchanged. Raises MalformedAnswer, and StreamFailure where it is an error."""
    try:
        completion = _decode(_COMPLETION, body)
    except _UNREADABLE as error:
        if _is_error(body):
            raise StreamFailure(classify_event(body)) from None
        raise MalformedAnswer("the provider's answer is not a chat completion") from error
    if completion.is_error:
        raise StreamFailure(classify_event(body))
    if not completion.choices:
        raise MalformedAnswer("the provider's answer has no choices")
    for choice in completion.choices:
        _refuse_giving_up(choice.finish_reason)
    usage = read_usage(completion.usage, completion.x_groq)
    characters = 0 if usage else sum(_message_characters(choice) for choice in completion.choices)
    return Answer(body, usage, characters)


class OpenAIStream:
    """The state of one stream in OpenAI's dialect."""

    def __init__(self, chat: ChatRequest) -> None:
        self._shows_usage = chat.include_usage
        self._wanted_choices = chat.choices
        self._seen: set[int] = set()
        self._finished: set[int] = set()
        self._usage: Usage | None = None
        self._is_done = False

    @property
    def usage(self) -> Usage | None:
        """What the provider reported last."""
        return self._usage

    @property
    def is_complete(self) -> bool:
        """Whether every choice has its finish reason. `[DONE]` alone proves nothing.

        A server that ignores `n` and gives fewer choices says `[DONE]` after those; without it, choices that
        never began may have been cut off.
        """
        if not self._finished or self._seen != self._finished:
            return False
        return self._is_done or len(self._finished) >= self._wanted_choices

    notes: tuple[str, ...] = ()
    details: tuple[ReasoningDetail, ...] = ()
    continuation: NativeRequest | None = None

    @property
    def is_done(self) -> bool:
        """Whether `[DONE]` came."""
        return self._is_done

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunk that the event is, if it is one to show. Raises StreamFailure."""
        if data.strip() == b"[DONE]":
            self._is_done = True
            return []
        if event == "error":
            raise StreamFailure(classify_event(data))
        parsed = _read_event(data)
        if parsed is None:
            return []
        if parsed.is_error:
            raise StreamFailure(classify_event(data))
        if parsed.usage or parsed.x_groq:
            self._usage = read_usage(parsed.usage, parsed.x_groq) or self._usage
        return [] if self._is_done else self._show(parsed, data)

    def end(self) -> list[Chunk]:
        """Nothing: no chunk is held back."""
        return []

    def _show(self, event: _Event, data: bytes) -> list[Chunk]:
        has_usage = len(event.usage) > 0 and bytes(event.usage) != b"null"
        if event.choices is None:
            # Not a chunk, unless it is the one of usage; clients rely on its empty list.
            if not (has_usage and self._shows_usage):
                return []
            return [Chunk(_with_fields(data, choices=msgspec.Raw(b"[]")))]
        has_token, is_finish, has_role, characters = False, False, False, 0
        for choice in event.choices:
            index = choice.index or 0
            self._seen.add(index)
            if choice.finish_reason:
                _refuse_giving_up(choice.finish_reason)
                self._finished.add(index)
                is_finish = True
            delta = choice.delta
            if delta is not None:
                has_role = has_role or bool(delta.role)
                if delta.has_token:
                    has_token = True
                    characters += delta.characters
        if not self._shows_usage and len(event.usage):
            if has_usage and not (has_token or is_finish or has_role):
                return []
            data = _with_fields(data, usage=None)
        return [Chunk(data.replace(b"\n", b" "), has_token, is_finish, characters)]


def _read_event(data: bytes) -> _Event | None:
    """The event in `data`; None where it makes no sense at all."""
    try:
        return _decode(_EVENT, data)
    except msgspec.ValidationError:
        try:
            remains = _decode(_REMAINS, data)
        except _UNREADABLE:
            return None
        return _Event(usage=remains.usage, x_groq=remains.x_groq, error=remains.error, kind=remains.kind)
    except _UNREADABLE:
        return None


def _decode(decoder: msgspec.json.Decoder[_T], data: bytes) -> _T:
    if not data.isascii():
        # Values that nobody here looks at are not decoded otherwise, and go to the client as they are.
        data.decode()
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return decoder.decode(_SURROGATE.sub(rb"\\ufffd", data))


def _is_error(body: bytes) -> bool:
    try:
        return _decode(_REMAINS, body).is_error
    except _UNREADABLE:
        return False


def _refuse_giving_up(finish_reason: object) -> None:
    kind = _GAVE_UP.get(finish_reason) if isinstance(finish_reason, str) else None
    if kind is not None:
        raise StreamFailure(Failure(kind, f"the provider gave up: {finish_reason}", code=str(finish_reason)))


def _message_characters(choice: _PlainChoice) -> int:
    try:
        return _decode(_WORDS, bytes(choice.message)).characters
    except _UNREADABLE:
        return 0


def _argument_characters(function: object) -> int:
    arguments = function.get("arguments") if isinstance(function, dict) else None
    return len(arguments) if isinstance(arguments, str) else 0


def _with_fields(data: bytes, **changes: msgspec.Raw | None) -> bytes:
    """`data` with top-level fields set, or left out where None; every other value keeps its bytes."""
    try:
        fields = _FIELDS.decode(data)
    except msgspec.DecodeError:
        whole = json.loads(data)
        for name, value in changes.items():
            whole.pop(name, None)
            if value is not None:
                whole[name] = json.loads(bytes(value))
        return json.dumps(whole, separators=(",", ":")).encode()
    for name, value in changes.items():
        fields.pop(name, None)
        if value is not None:
            fields[name] = value
    return msgspec.json.encode(fields)
