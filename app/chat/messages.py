"""The messages of a conversation in one form, whatever way the client wrote them."""

from typing import Literal

import msgspec

Role = Literal["system", "user", "assistant", "tool"]


class Text(msgspec.Struct, frozen=True):
    """Plain text. `cache` is the client's mark that the prompt may be cached up to here."""

    text: str
    place: str
    cache: msgspec.Raw | None = None


class Image(msgspec.Struct, frozen=True):
    """An image by its URL, which may be a `data:` URL."""

    url: str
    place: str
    detail: str | None = None
    cache: msgspec.Raw | None = None


class Audio(msgspec.Struct, frozen=True):
    """Sound: base64, and its format as OpenAI names it (`wav`, `mp3`)."""

    base64: str
    format: str
    place: str


class File(msgspec.Struct, frozen=True):
    """A file: its content as a `data:` URL or base64, or the id under which the provider has it."""

    place: str
    content: str | None = None
    filename: str | None = None
    file_id: str | None = None
    cache: msgspec.Raw | None = None


class Refusal(msgspec.Struct, frozen=True):
    """The words with which an earlier answer declined."""

    text: str
    place: str


class UnknownPart(msgspec.Struct, frozen=True):
    """A part of a type that is not OpenAI's. Nobody may drop it."""

    type: str
    place: str


Part = Text | Image | Audio | File | Refusal | UnknownPart


class ReasoningDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Reasoning state that a provider wants back, opaque to clients and kept byte for byte.

    `type` names the provider and its kind of block (`anthropic.thinking`); `model` is who thought it;
    `position` counts the native blocks before this one in its turn; `block` is the native JSON;
    `call_id` is the tool call it belongs to, where it belongs to one.
    """

    type: str
    model: str
    position: int
    block: msgspec.Raw
    call_id: str | None = None


class ToolCall(msgspec.Struct, frozen=True):
    """A call that an earlier answer made. `arguments` is the model's text, a custom tool's input too."""

    id: str
    name: str
    arguments: str
    place: str
    is_custom: bool = False
    # Google's `extra_content.google.thought_signature`, where the client kept it.
    signature: str | None = None


class Message(msgspec.Struct, frozen=True):
    """One message. `place` is its name in errors, as in `messages[3]`.

    `developer` counts as `system`, and `function` as `tool`. Content that was a plain text is one part; an
    absent content has none, an empty text has one empty part.
    """

    role: Role
    place: str
    parts: tuple[Part, ...] = ()
    name: str | None = None
    tool_call_id: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str | None = None
    details: tuple[ReasoningDetail, ...] = ()
    # Whether the model shall go on with this message, an extension of Mistral and DeepSeek.
    is_prefix: bool = False

    @property
    def text(self) -> str:
        """The texts and refusals among the parts, joined."""
        return "".join([part.text for part in self.parts if isinstance(part, Text | Refusal)])
