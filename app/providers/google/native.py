"""Google's answers as they are written, for msgspec to read. After google-genai 3.4, `types.py`."""

from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail

ABSENT: Final = msgspec.Raw(b"")

# Kinds of reasoning state: each block is a native part, as compact JSON.
CALL: Final = "google.function_call"
TEXT: Final = "google.text"
THOUGHT: Final = "google.thought"
PART: Final = "google.part"
KINDS: Final = frozenset({CALL, TEXT, THOUGHT, PART})


class NativeCall(msgspec.Struct, rename="camel"):
    """`functionCall`."""

    name: str = ""
    id: str | None = None
    args: msgspec.Raw = ABSENT


class NativePart(msgspec.Struct, rename="camel"):
    """One part of a content; what has neither text nor a call is something else."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: NativeCall | None = None


class NativeContent(msgspec.Struct, rename="camel"):
    """What a candidate says; the parts stay raw, so that they can go back as they came."""

    parts: list[msgspec.Raw] | None = None


class Token(msgspec.Struct, rename="camel"):
    """A token that was chosen, or might have been."""

    token: str | None = None
    log_probability: float | None = None


class TopTokens(msgspec.Struct, rename="camel"):
    """What might have stood in one place."""

    candidates: list[Token] | None = None


class LogprobsResult(msgspec.Struct, rename="camel"):
    """The log probabilities of a candidate."""

    chosen_candidates: list[Token] | None = None
    top_candidates: list[TopTokens] | None = None


class Segment(msgspec.Struct, rename="camel"):
    """A stretch of a part, in bytes of its UTF-8."""

    part_index: int | None = None
    start_index: int | None = None
    end_index: int | None = None
    text: str | None = None


class Support(msgspec.Struct, rename="camel"):
    """Which sources bear out a segment."""

    segment: Segment | None = None
    grounding_chunk_indices: list[int] | None = None


class Web(msgspec.Struct, rename="camel"):
    """A page."""

    uri: str | None = None
    title: str | None = None


class Source(msgspec.Struct, rename="camel"):
    """Where something was found; only pages have an address that a client can follow."""

    web: Web | None = None


class Grounding(msgspec.Struct, rename="camel"):
    """`groundingMetadata`."""

    grounding_chunks: list[Source] | None = None
    grounding_supports: list[Support] | None = None


class Candidate(msgspec.Struct, rename="camel"):
    """One choice, or what a frame adds to it."""

    index: int | None = None
    content: NativeContent | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    grounding_metadata: Grounding | None = None
    logprobs_result: LogprobsResult | None = None
    safety_ratings: msgspec.Raw = ABSENT
    continuation_token: str | None = None


class PromptFeedback(msgspec.Struct, rename="camel"):
    """Why a prompt was blocked."""

    block_reason: str | None = None
    block_reason_message: str | None = None
    safety_ratings: msgspec.Raw = ABSENT


class UsageMetadata(msgspec.Struct, rename="camel"):
    """Token counts, each frame's being the sum so far."""

    prompt_token_count: int | None = None
    cached_content_token_count: int | None = None
    candidates_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    thoughts_token_count: int | None = None
    traffic_type: str | None = None


class Frame(msgspec.Struct, rename="camel"):
    """A GenerateContentResponse: a plain answer, or one event of a stream."""

    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None
    error: msgspec.Raw = ABSENT


PART_DECODER: Final = msgspec.json.Decoder(NativePart)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def is_bare_signature(part: msgspec.Raw) -> bool:
    """Whether the part has a thought signature and nothing to sign."""
    return _FIELDS.decode(part).keys() <= {"thought", "thoughtSignature"}


def compact(raw: msgspec.Raw) -> msgspec.Raw:
    """The same JSON without white space: numbers, strings and the order of keys as they came."""
    return msgspec.Raw(msgspec.json.format(bytes(raw), indent=-1))


def block(raw: msgspec.Raw, kind: str, model: str, position: int) -> ReasoningDetail:
    """The reasoning state that a native part is."""
    return ReasoningDetail(type=kind, model=model, position=position, block=compact(raw))
