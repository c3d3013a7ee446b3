"""Answers in OpenAI's dialect as they are read: tolerant in every value, for the tidying to judge."""

from typing import Final

import msgspec

ABSENT: Final = msgspec.Raw(b"")

_NO_ERROR: Final = frozenset({b"null", b"false", b'""', b"{}"})


class Called(msgspec.Struct, gc=False):
    """A called function, or a called custom tool, whole or a fragment."""

    name: object = None
    arguments: object = None
    input: object = None

    @property
    def text(self) -> object:
        """The arguments, or the input."""
        return self.input if self.arguments is None else self.arguments


class GivenCall(msgspec.Struct, gc=False):
    """A tool call, whole or a fragment."""

    index: object = None
    id: object = None
    type: object = None
    function: Called | None = None
    custom: Called | None = None

    @property
    def called(self) -> Called | None:
        """What is called."""
        return self.function or self.custom


class Words(msgspec.Struct, gc=False):
    """A message or a delta."""

    role: object = None
    content: object = None
    reasoning_content: object = None
    reasoning: object = None
    refusal: object = None
    tool_calls: list[GivenCall] | None = None
    function_call: object = None
    audio: object = None

    @property
    def has_token(self) -> bool:
        """Whether there is anything that a person waits for."""
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
        """How much of it is text, arguments of calls included."""
        characters = 0
        for text in (self.content, self.reasoning_content or self.reasoning, self.refusal):
            if isinstance(text, str):
                characters += len(text)
        if isinstance(self.function_call, dict):
            arguments = self.function_call.get("arguments")
            characters += len(arguments) if isinstance(arguments, str) else 0
        for call in self.tool_calls or ():
            text = call.called.text if call.called else None
            characters += len(text) if isinstance(text, str) else 0
        return characters


class Remains(msgspec.Struct, gc=False):
    """What matters beside the choices."""

    usage: msgspec.Raw = ABSENT
    x_groq: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
    id: object = None
    kind: object = msgspec.field(default=None, name="object")

    @property
    def is_error(self) -> bool:
        """Whether it reports an error."""
        return self.kind == "error" or (len(self.error) > 0 and bytes(self.error) not in _NO_ERROR)

    @property
    def has_usage(self) -> bool:
        """Whether it has counts in their usual place."""
        return len(self.usage) > 0 and bytes(self.usage) != b"null"


class PlainChoice(msgspec.Struct, gc=False):
    """One choice of a plain answer."""

    index: object = None
    finish_reason: object = None
    message: Words | None = None


class Completion(Remains, kw_only=True, gc=False):
    """A plain answer."""

    choices: list[PlainChoice]


class StreamChoice(msgspec.Struct, gc=False):
    """What an event says of one choice."""

    index: int | None = None
    delta: Words | None = None
    finish_reason: str | None = None


class Event(Remains, gc=False):
    """One event of a stream."""

    choices: list[StreamChoice] | None = None
