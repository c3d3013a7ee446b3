"""One choice of Mistral's, plain or streamed, told to a Writer: the mapping that both share."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage
from app.providers.base import Failure, FailureKind, StreamFailure
from app.providers.counts import token_count
from app.providers.mistral.messages import THINKING
from app.providers.mistral.native import (
    ARGUMENTS,
    CONTENT,
    CONTENT_CHUNK,
    MistralAlternative,
    MistralCall,
    MistralContent,
    MistralLogprobs,
    MistralMessage,
    MistralUsage,
)
from app.providers.native_json import read_json
from app.providers.writing import FinishReason, Writer

# `stop` is told as `tool_calls` by the writer, where there are calls.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "tool_calls": "stop",
    "length": "length",
    "model_length": "length",
    "content_filter": "content_filter",
}
_TIERS: Final[Mapping[str, str]] = {"standard": "default", "priority": "priority"}
# What the API's types say for a call without an id.
_NO_ID: Final = frozenset({"", "null"})


@dataclass(slots=True)
class _Thought:
    """A block of reasoning that is coming together. One that came in one piece keeps its bytes."""

    position: int
    pieces: list[bytes] = field(default_factory=list)
    parts: list[dict[str, object]] = field(default_factory=list)
    signature: str | None = None
    is_closed: bool | None = None

    def add(self, raw: bytes, chunk: MistralContent) -> None:
        self.pieces.append(raw)
        for part in read_json(_PARTS, raw).thinking:
            last = self.parts[-1] if self.parts else {}
            if part.get("type") == "text" == last.get("type"):
                self.parts[-1] = {**last, "text": f"{last.get('text', '')}{part.get('text', '')}"}
            else:
                self.parts.append(part)
        self.signature = chunk.signature or self.signature
        self.is_closed = self.is_closed if chunk.closed is None else chunk.closed

    @property
    def block(self) -> msgspec.Raw:
        if len(self.pieces) == 1:
            return msgspec.Raw(self.pieces[0])
        block: dict[str, object] = {"type": "thinking", "thinking": self.parts}
        if self.is_closed is not None:
            block["closed"] = self.is_closed
        if self.signature is not None:
            block["signature"] = self.signature
        return msgspec.Raw(msgspec.json.encode(block))


class _Parts(msgspec.Struct):
    thinking: list[dict[str, object]] = []


_PARTS: Final = msgspec.json.Decoder(_Parts)


class Choice:
    """The state of one choice. `to_client` has the tools' own names.

    `is_whole`: chunks of content are not fragments of one another.
    """

    def __init__(
        self,
        writer: Writer,
        index: int,
        model: str,
        *,
        to_client: Mapping[str, str],
        is_whole: bool = False,
    ) -> None:
        self._writer = writer
        self._index = index
        self._model = model
        self._to_client = to_client
        self._is_whole = is_whole
        # Native blocks of the turn so far; a run of text is one.
        self._blocks = 0
        self._is_in_text = False
        self._thought: _Thought | None = None
        self._thoughts: list[_Thought] = []
        self._calls: list[int] = []

    def message(self, message: MistralMessage) -> None:
        """Tells a message, or what a chunk adds to one."""
        content = read_json(CONTENT, bytes(message.content)) if len(message.content) else None
        if isinstance(content, str):
            self._text(content)
        for raw in content if isinstance(content, list) else ():
            self._chunk(bytes(raw))
        for call in message.tool_calls or ():
            self._call(call)

    def end(self, reason: str | None, logprobs: MistralLogprobs | None) -> None:
        """Tells the end. Raises StreamFailure where the reason is an error."""
        if reason == "error":
            raise StreamFailure(
                Failure(FailureKind.SERVER_ERROR, "the provider gave up: error", code="error")
            )
        self.tell_logprobs(logprobs)
        self._tell_thoughts(None)
        for number in self._calls:
            self._writer.close_call(number, self._index)
        if reason is None:
            return
        if reason not in _FINISH:
            self._writer.note(f"finish_reason={reason}")
        self._writer.finish(_FINISH.get(reason, "stop"), self._index)

    def tell_logprobs(self, logprobs: MistralLogprobs | None) -> None:
        """Tells the log probabilities of tokens, where there are any."""
        tokens = logprobs.content if logprobs is not None else None
        if tokens:
            told = [
                {**_token(token), "top_logprobs": [_token(other) for other in token.top_logprobs]}
                for token in tokens
            ]
            self._writer.logprobs(list(told), self._index)

    def _chunk(self, raw: bytes) -> None:
        chunk = read_json(CONTENT_CHUNK, raw)
        if chunk.type == "text":
            self._text(chunk.text or "")
        elif chunk.type == "thinking":
            self._think(raw, chunk)
        else:
            # A reference names documents by number, and no address; OpenAI's clients know nothing like it.
            self._writer.note(f"content.{chunk.type}=left_out")

    def _text(self, text: str) -> None:
        if not text:
            return
        if not self._is_in_text:
            self._close_thought()
            self._blocks += 1
            self._is_in_text = True
        self._writer.text(text, self._index)

    def _think(self, raw: bytes, chunk: MistralContent) -> None:
        if self._thought is None:
            self._thought = _Thought(self._blocks)
            self._blocks += 1
            self._is_in_text = False
        self._thought.add(raw, chunk)
        self._writer.reasoning("".join([part.text or "" for part in chunk.thinking or ()]), self._index)
        if self._is_whole or chunk.closed:
            self._close_thought()

    def _close_thought(self) -> None:
        if self._thought is not None:
            self._thoughts.append(self._thought)
            self._thought = None

    def _call(self, call: MistralCall) -> None:
        name, arguments = call.function.name or "", _arguments(call.function.arguments)
        if not name:
            # A fragment that continues the call before it, as other servers of Mistral's models write them.
            if self._calls:
                self._writer.arguments(self._calls[-1], arguments, self._index)
            return
        call_id = f"call_{secrets.token_hex(12)}" if (call.id or "") in _NO_ID else call.id or ""
        self._tell_thoughts(call_id)
        number = self._writer.open_call(call_id, self._to_client.get(name, name), self._index)
        self._calls.append(number)
        self._writer.arguments(number, arguments, self._index)

    def _tell_thoughts(self, call_id: str | None) -> None:
        """Tells whole blocks of reasoning, once it is clear which call they belong to."""
        self._close_thought()
        for thought in self._thoughts:
            detail = ReasoningDetail(THINKING, self._model, thought.position, thought.block, call_id)
            self._writer.detail(detail, self._index)
        self._thoughts.clear()


def tell_usage(usage: MistralUsage, writer: Writer) -> None:
    """Tells the counts."""
    cached = usage.num_cached_tokens
    if usage.prompt_tokens_details is not None and usage.prompt_tokens_details.cached_tokens is not None:
        cached = usage.prompt_tokens_details.cached_tokens
    details = usage.completion_tokens_details
    reasoning = details.reasoning_tokens if details is not None else None
    prompt = token_count(usage.prompt_tokens)
    writer.usage(
        Usage(
            input_tokens=prompt,
            cached_input_tokens=min(token_count(cached), prompt),
            output_tokens=token_count(usage.completion_tokens),
            reasoning_tokens=None if reasoning is None else token_count(reasoning),
        ),
        _TIERS.get(usage.service_tier or ""),
    )


def _token(token: MistralAlternative) -> dict[str, object]:
    return {"token": token.token, "logprob": token.logprob, "bytes": token.bytes}


def _arguments(raw: msgspec.Raw) -> str:
    """The JSON text of the arguments; numbers inside an object stay as they are written."""
    written = bytes(raw)
    if written[:1] in {b"", b'"', b"n"}:
        return read_json(ARGUMENTS, written or b"null") or ""
    return msgspec.json.format(written, indent=-1).decode()
