"""What Mistral writes (mistralai 3.7: `ChatCompletionResponse`, `CompletionChunk`), as far as it matters.

Content is a string or a list of chunks, arguments are a string or an object, and much may be missing.
"""

from typing import Final

import msgspec

ABSENT: Final = msgspec.Raw(b"")
_NO_ERROR: Final = frozenset({b"", b"null", b"false", b'""', b"{}"})


class MistralFunction(msgspec.Struct, gc=False):
    """A called function."""

    name: str | None = None
    arguments: msgspec.Raw = ABSENT


class MistralCall(msgspec.Struct, gc=False):
    """A tool call."""

    function: MistralFunction
    id: str | None = None
    index: int | None = None


class MistralMessage(msgspec.Struct, gc=False):
    """A message, or what a chunk adds to one."""

    content: msgspec.Raw = ABSENT
    tool_calls: list[MistralCall] | None = None


class MistralLogprobs(msgspec.Struct, gc=False):
    """The log probabilities of a choice's tokens."""

    content: "list[MistralToken] | None" = None


class MistralAlternative(msgspec.Struct, gc=False):
    """One token that might have been; its id is the tokenizer's and nothing to OpenAI's clients."""

    token: str
    logprob: msgspec.Raw
    bytes: list[int] | None = None


class MistralToken(MistralAlternative, gc=False):
    """One token that was."""

    top_logprobs: list[MistralAlternative] = []


class MistralUsage(msgspec.Struct, gc=False):
    """The counts."""

    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    num_cached_tokens: float | None = None
    prompt_tokens_details: "MistralDetails | None" = None
    completion_tokens_details: "MistralDetails | None" = None
    service_tier: str | None = None


class MistralDetails(msgspec.Struct, gc=False):
    """The parts of a count."""

    cached_tokens: float | None = None
    reasoning_tokens: float | None = None


class MistralChoice(msgspec.Struct, gc=False):
    """A choice of a plain answer, or of a chunk. Where tools ran at Mistral's, it has several messages."""

    index: int = 0
    message: MistralMessage | None = None
    messages: list[MistralMessage] | None = None
    delta: MistralMessage | None = None
    finish_reason: str | None = None
    logprobs: MistralLogprobs | None = None


class MistralCompletion(msgspec.Struct, gc=False):
    """A plain answer."""

    choices: list[MistralChoice]
    id: str = ""
    model: str = ""
    usage: MistralUsage | None = None


class MistralRemains(msgspec.Struct, gc=False):
    """What tells an error from an answer."""

    error: msgspec.Raw = ABSENT
    kind: object = msgspec.field(default=None, name="object")

    @property
    def is_error(self) -> bool:
        """Whether it is an error."""
        return self.kind == "error" or bytes(self.error) not in _NO_ERROR


class MistralChunk(MistralRemains, gc=False):
    """One event of a stream."""

    choices: list[MistralChoice] = []
    id: str = ""
    model: str = ""
    usage: MistralUsage | None = None


class MistralContent(msgspec.Struct, gc=False):
    """One chunk of content."""

    type: str
    text: str | None = None
    thinking: list["MistralContent"] | None = None
    signature: str | None = None
    closed: bool | None = None


COMPLETION: Final = msgspec.json.Decoder(MistralCompletion)
MISTRAL_CHUNK: Final = msgspec.json.Decoder(MistralChunk)
REMAINS: Final = msgspec.json.Decoder(MistralRemains)
CONTENT: Final = msgspec.json.Decoder(str | list[msgspec.Raw] | None)
CONTENT_CHUNK: Final = msgspec.json.Decoder(MistralContent)
ARGUMENTS: Final = msgspec.json.Decoder(str | None)
