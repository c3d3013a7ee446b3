"""What Cohere writes (cohere 7.3: `V2ChatResponse`, `V2ChatStreamResponse`), as far as it matters."""

from typing import Final

import msgspec

ABSENT: Final = msgspec.Raw(b"")


class CohereFunction(msgspec.Struct, gc=False):
    """A called function, or a fragment of its arguments."""

    name: str | None = None
    arguments: str | None = None


class CohereCall(msgspec.Struct, gc=False):
    """A tool call."""

    id: str | None = None
    function: CohereFunction | None = None


class CohereContent(msgspec.Struct, gc=False):
    """A block of content, or a fragment of one."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None

    @property
    def is_thinking(self) -> bool:
        """Whether it is what the model thought."""
        return self.type == "thinking" or (self.type is None and self.thinking is not None)

    @property
    def words(self) -> str:
        """What it adds."""
        return (self.thinking if self.is_thinking else self.text) or ""


class CohereSource(msgspec.Struct, gc=False):
    """Where a citation comes from: a document, or what a tool gave."""

    document: dict[str, object] | None = None
    tool_output: dict[str, object] | None = None


class CohereCitation(msgspec.Struct, gc=False):
    """A span of a block that is cited; offsets are characters."""

    start: int = 0
    end: int = 0
    sources: list[CohereSource] | None = None
    content_index: int | None = None
    type: str | None = None


class CohereLogprob(msgspec.Struct, gc=False):
    """A stretch of text with the log probabilities of its tokens."""

    text: str | None = None
    logprobs: list[float] | None = None


class CohereTokens(msgspec.Struct, gc=False):
    """Counts. Cohere counts in floats."""

    input_tokens: float | None = None
    output_tokens: float | None = None


class CohereUsage(msgspec.Struct, gc=False):
    """Tokens that were processed, and those that are billed."""

    tokens: CohereTokens | None = None
    billed_units: CohereTokens | None = None
    cached_tokens: float | None = None


class CohereMessage(msgspec.Struct, gc=False):
    """A whole message."""

    content: list[msgspec.Raw] | None = None
    tool_plan: str | None = None
    tool_calls: list[CohereCall] | None = None
    citations: list[CohereCitation] | None = None


class CohereAnswer(msgspec.Struct, gc=False):
    """A plain answer."""

    message: CohereMessage
    finish_reason: str
    id: str = ""
    usage: CohereUsage | None = None
    logprobs: list[CohereLogprob] | None = None


class CohereAddition(msgspec.Struct, gc=False):
    """What an event adds to the message."""

    content: CohereContent | list[msgspec.Raw] | None = None
    tool_plan: str | None = None
    tool_calls: CohereCall | list[CohereCall] | None = None
    citations: CohereCitation | list[CohereCitation] | None = None


class CohereDelta(msgspec.Struct, gc=False):
    """What an event brings."""

    message: CohereAddition | None = None
    finish_reason: str | None = None
    usage: CohereUsage | None = None
    error: str | None = None


class CohereEvent(msgspec.Struct, gc=False):
    """One event of a stream."""

    type: str = ""
    id: str | None = None
    # An error has this, and no type.
    message: str | None = None
    index: int | None = None
    delta: CohereDelta | None = None
    logprobs: CohereLogprob | None = None


ANSWER: Final = msgspec.json.Decoder(CohereAnswer)
EVENT: Final = msgspec.json.Decoder(CohereEvent)
CONTENT: Final = msgspec.json.Decoder(CohereContent)
