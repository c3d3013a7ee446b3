"""Answers in OpenAI's shape, written step by step: the same steps make a plain answer or a stream.

A dialect tells a Writer what it finds in a native answer, in the native order, whole or in fragments. So a
stream's chunks add up to the plain answer by construction.
"""

from collections.abc import Mapping
from typing import Final, Literal, Protocol

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]

JsonObject = Mapping[str, object]

_ENCODER: Final = msgspec.json.Encoder()


class Writer(Protocol):
    """What can be said of an answer. `index` is the choice's, a call's number counts within its choice."""

    def start(self, answer_id: str, model: str) -> None:
        """Names the answer and who gives it; the first call counts."""

    def text(self, text: str, index: int = 0) -> None:
        """Adds visible text."""

    def reasoning(self, text: str, index: int = 0) -> None:
        """Adds reasoning for people to read."""

    def refusal(self, text: str, index: int = 0) -> None:
        """Adds words with which the model declines."""

    def open_call(self, call_id: str, name: str, index: int = 0, *, signature: str | None = None) -> int:
        """Begins a tool call and gives its number. `signature` is Google's thought signature."""

    def arguments(self, number: int, fragment: str, index: int = 0) -> None:
        """Adds to the JSON text of a call's arguments."""

    def close_call(self, number: int, index: int = 0) -> None:
        """Ends a call; one without arguments gets `{}`."""

    def detail(self, detail: ReasoningDetail, index: int = 0) -> None:
        """Adds a whole block of reasoning state."""

    def annotation(self, annotation: JsonObject, index: int = 0) -> None:
        """Adds a citation, in OpenAI's shape."""

    def logprobs(self, content: list[JsonObject], index: int = 0) -> None:
        """Adds the log probabilities of tokens, in OpenAI's shape."""

    def extension(self, content: JsonObject, index: int = 0) -> None:
        """Keeps what OpenAI has no field for, by the provider's name; the latest counts."""

    def finish(self, reason: FinishReason, index: int = 0) -> None:
        """Ends a choice. `stop` is told as `tool_calls` where the choice has calls."""

    def usage(self, usage: Usage, service_tier: str | None = None) -> None:
        """Keeps the latest counts."""

    def moderation(self, results: JsonObject) -> None:
        """Keeps what moderation found, in OpenAI's shape."""

    def note(self, note: str) -> None:
        """Reports what was adapted on the way back."""


def usage_object(usage: Usage) -> JsonObject:
    """OpenAI's usage object."""
    prompt: dict[str, int] = {"cached_tokens": usage.cached_input_tokens}
    if usage.cache_write_tokens:
        prompt["cache_write_tokens"] = usage.cache_write_tokens
    counts: dict[str, object] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": prompt,
    }
    if usage.reasoning_tokens is not None:
        counts["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return counts


def call_object(
    call_id: str, name: str, arguments: str, *, is_custom: bool, signature: str | None
) -> dict[str, object]:
    """A tool call in OpenAI's shape. A custom tool's `arguments` are its input."""
    kind, text = ("custom", "input") if is_custom else ("function", "arguments")
    call: dict[str, object] = {"id": call_id, "type": kind, kind: {"name": name, text: arguments}}
    if signature is not None:
        call["extra_content"] = {"google": {"thought_signature": signature}}
    return call


def encode(value: JsonObject) -> bytes:
    """The JSON of an answer or a chunk."""
    return _ENCODER.encode(value)


def told_reason(reason: FinishReason, *, has_calls: bool, has_functions: bool) -> str:
    """The finish reason as the client knows it."""
    if reason == "stop" and has_calls:
        reason = "tool_calls"
    return "function_call" if reason == "tool_calls" and has_functions else reason
