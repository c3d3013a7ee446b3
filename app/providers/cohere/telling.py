"""Cohere's turn, plain or streamed, told to a Writer: the mapping that both share."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.chat.usage import Usage
from app.providers.base import Failure, FailureKind, StreamFailure
from app.providers.cohere.messages import THINKING, TOOL_PLAN
from app.providers.cohere.names import ToolNames
from app.providers.cohere.native import (
    CohereCall,
    CohereCitation,
    CohereContent,
    CohereLogprob,
    CohereUsage,
)
from app.providers.counts import token_count
from app.providers.writing import FinishReason, JsonObject, Writer

# `stop` is told as `tool_calls` by the writer, where there are calls.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "TOOL_CALL": "stop",
    "MAX_TOKENS": "length",
}
_GAVE_UP: Final = frozenset({"ERROR", "TIMEOUT"})
# Longer ids are refused by OpenAI, which may get to see them in a later turn.
_ID_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Voice:
    """How the client wants to be spoken to, and the model that it asked for: answers name none."""

    chat: ChatRequest
    model: str
    names: ToolNames
    custom_tools: frozenset[str] = frozenset()
    has_functions: bool = False


class Turn:
    """The state of one turn of the model's."""

    def __init__(self, writer: Writer, voice: Voice) -> None:
        self._writer = writer
        self._voice = voice
        # Content blocks so far, the one that is open, and where each text begins in all the text.
        self._blocks = 0
        self._open: tuple[int, bool] | None = None
        self._thought: list[str] = []
        self._plan: list[str] = []
        self._starts: dict[int, int] = {}
        self._length = 0
        self._details: list[ReasoningDetail] = []
        # Numbers of calls by Cohere's index; None for one that is not told.
        self._calls: dict[int, int | None] = {}

    def content(self, index: int, content: CohereContent, raw: bytes | None = None) -> None:
        """Tells a block of content, or a fragment; `raw` is the block itself where it came whole."""
        if self._open != (index, content.is_thinking):
            self._close_block()
            self._open = (index, content.is_thinking)
            self._blocks += 1
            if not content.is_thinking:
                self._starts[index] = self._length
        if content.is_thinking:
            self._thought.append(content.words)
            self._writer.reasoning(content.words)
        else:
            self._length += len(content.words)
            self._writer.text(content.words)
        if raw is not None:
            self._close_block(raw)

    def plan(self, text: str) -> None:
        """Tells why the model calls tools."""
        self._plan.append(text)
        self._writer.reasoning(text)

    def open_call(self, index: int, call: CohereCall) -> None:
        """Tells a call, with as much of its arguments as is there."""
        function = call.function
        if self._voice.has_functions and self._calls:
            # OpenAI's `functions` know one call at a time.
            self._writer.note("function_call=first_of_several")
            self._calls[index] = None
            return
        call_id = call.id or ""
        if not 0 < len(call_id) <= _ID_LENGTH:
            call_id = f"call_{secrets.token_hex(12)}"
        self._tell_details(call_id)
        name = self._voice.names.from_native((function.name if function else None) or "")
        self._calls[index] = self._writer.open_call(call_id, name)
        self.arguments(index, call)

    def arguments(self, index: int, call: CohereCall) -> None:
        """Tells more of a call's arguments."""
        number = self._calls.get(index)
        if number is not None and call.function is not None:
            self._writer.arguments(number, call.function.arguments or "")

    def close_call(self, index: int) -> None:
        """Tells that a call is whole."""
        number = self._calls.get(index)
        if number is not None:
            self._writer.close_call(number)

    def citation(self, citation: CohereCitation) -> None:
        """Tells a citation of the text, where its source has an address."""
        cited = [_link(source.document or source.tool_output or {}) for source in citation.sources or ()]
        links = [link for link in cited if link is not None]
        if citation.type not in (None, "TEXT_CONTENT") or not links:
            self._writer.note("citations=left_out")
            return
        first = next(iter(self._starts.values()), 0)
        start = self._starts.get(citation.content_index or 0, first)
        span = {"start_index": start + citation.start, "end_index": start + citation.end}
        for link in links:
            self._writer.annotation({"type": "url_citation", "url_citation": {**span, **link}})

    def logprobs(self, stretches: Sequence[CohereLogprob]) -> None:
        """Tells log probabilities. Where a stretch holds several tokens, their texts are not known."""
        told: list[JsonObject] = []
        for stretch in stretches:
            text, values = stretch.text or "", stretch.logprobs or []
            if len(values) > 1:
                self._writer.note("logprobs=by_stretch")
            if values:
                token = {"token": text, "logprob": sum(values), "bytes": list(text.encode())}
                told.append({**token, "top_logprobs": []})
        if told:
            self._writer.logprobs(told)

    def end(self, reason: str, error: str | None = None) -> None:
        """Tells the end. Raises StreamFailure where it is none."""
        if error or reason in _GAVE_UP:
            words = error or f"the provider gave up: {reason}"
            raise StreamFailure(Failure(FailureKind.SERVER_ERROR, words, code=reason.lower() or None))
        self._tell_details(None)
        if reason not in _FINISH:
            self._writer.note(f"finish_reason={reason}")
        self._writer.finish(_FINISH.get(reason, "stop"))

    def usage(self, usage: CohereUsage) -> None:
        """Tells the counts: of tokens processed, and only where there are none of those that are billed."""
        counted = usage.tokens or usage.billed_units
        if counted is None:
            return
        prompt = token_count(counted.input_tokens)
        self._writer.usage(
            Usage(
                input_tokens=prompt,
                cached_input_tokens=min(token_count(usage.cached_tokens), prompt),
                output_tokens=token_count(counted.output_tokens),
            )
        )

    def _close_block(self, raw: bytes | None = None) -> None:
        if self._thought:
            text = "".join(self._thought)
            block = raw or msgspec.json.encode({"type": "thinking", "thinking": text})
            self._detail(THINKING, self._blocks - 1, block)
            self._thought.clear()
        self._open = None

    def _detail(self, kind: str, position: int, block: bytes) -> None:
        self._details.append(ReasoningDetail(kind, self._voice.model, position, msgspec.Raw(block)))

    def _tell_details(self, call_id: str | None) -> None:
        """Tells the reasoning state, once it is clear which call it belongs to."""
        self._close_block()
        if self._plan:
            self._detail(TOOL_PLAN, 0, msgspec.json.encode("".join(self._plan)))
            self._plan.clear()
        for detail in self._details:
            self._writer.detail(msgspec.structs.replace(detail, call_id=call_id))
        self._details.clear()


def _link(source: Mapping[str, object]) -> JsonObject | None:
    url, title = source.get("url"), source.get("title")
    return {"url": url, "title": title if isinstance(title, str) else ""} if isinstance(url, str) else None
