"""One mapping of Google's answers, plain and streamed: frames in, what they say told to a writer."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage
from app.core.ids import new_id
from app.providers.base import Failure, FailureKind, StreamFailure
from app.providers.google.failures import classify_inside
from app.providers.google.grounding import VisibleText, annotations, logprobs
from app.providers.google.native import (
    CALL,
    PART,
    PART_DECODER,
    TEXT,
    THOUGHT,
    Candidate,
    Frame,
    Grounding,
    NativeCall,
    UsageMetadata,
    block,
    compact,
    is_bare_signature,
)
from app.providers.native_json import UNREADABLE
from app.providers.writing import FinishReason, Writer

# google.genai.types.FinishReason, 3.4. What is in none of these is told as `stop`, with a note.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "RECITATION": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "LANGUAGE": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
}
# The model wrote something that nobody can use; another try may do better.
_BROKEN: Final = frozenset(
    {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"}
)
_UNFINISHED: Final = frozenset({None, "", "FINISH_REASON_UNSPECIFIED"})
_CONTINUATION: Final = "CONTINUATION"
_MISSING_SIGNATURE: Final = "MISSING_THOUGHT_SIGNATURE"

_TIERS: Final[Mapping[str | None, str]] = {
    "ON_DEMAND": "default",
    "ON_DEMAND_PRIORITY": "priority",
    "ON_DEMAND_FLEX": "flex",
}
# The ids that every provider takes.
_FITTING_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reader must know of the request.

    `to_client` gives the tools' own names back. `last_call_place` is the message that a missing signature is
    blamed on.
    """

    model: str
    to_client: Mapping[str, str]
    last_call_place: str
    has_functions: bool


@dataclass(slots=True)
class _Choice:
    visible: VisibleText = field(default_factory=VisibleText)
    parts: int = 0
    calls: int = 0
    has_content: bool = False
    # Reasoning state that waits for the call that it belongs to.
    pending: list[ReasoningDetail] = field(default_factory=list)
    grounding: Grounding | None = None
    finish_reason: str | None = None


class AnswerReader:
    """Tells a writer what frames say. The choices end in `close`: parts may come after a finish reason."""

    def __init__(self, writer: Writer, expected: Expected) -> None:
        self._writer = writer
        self._expected = expected
        self._choices: dict[int, _Choice] = {}
        self._answer_id = ""
        self._call_ids: set[str] = set()
        # Of the requests before a continuation; within one, each frame counts everything so far.
        self._earlier = Usage()
        self._usage: Usage | None = None
        self._used_token: str | None = None
        self.continuation_token: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every choice has its finish reason."""
        return bool(self._choices) and all(it.finish_reason is not None for it in self._choices.values())

    def read(self, frame: Frame) -> None:
        """Tells the writer what the frame says. Raises StreamFailure."""
        if bytes(frame.error) not in {b"", b"null"}:
            raise StreamFailure(classify_inside(msgspec.json.encode({"error": frame.error})))
        if self.continuation_token is not None:
            self._used_token, self.continuation_token = self.continuation_token, None
            self._earlier = self._usage or Usage()
        if not self._answer_id:
            self._answer_id = frame.response_id or f"chatcmpl-{new_id().hex}"
            self._writer.start(self._answer_id, frame.model_version or self._expected.model)
        if frame.usage_metadata is not None:
            self._count(frame.usage_metadata)
        for candidate in frame.candidates or []:
            self._read_candidate(candidate)
        feedback = frame.prompt_feedback
        if feedback is not None and feedback.block_reason and not frame.candidates:
            words = feedback.block_reason_message or f"Google blocked the prompt: {feedback.block_reason}"
            self._writer.refusal(words)
            self._rate(feedback.safety_ratings)
            self._choices.setdefault(0, _Choice()).finish_reason = "PROHIBITED_CONTENT"

    def close(self) -> None:
        """Ends the choices."""
        for index, choice in sorted(self._choices.items()):
            self._settle(choice, index, call_id=None)
            if choice.grounding is not None:
                for annotation in annotations(choice.grounding, choice.visible):
                    self._writer.annotation(annotation, index)
            reason = choice.finish_reason or ""
            if reason == _CONTINUATION:
                # There is no way on: the answer is as long as it gets.
                self._writer.note("finish_reason=CONTINUATION")
                self._writer.finish("length", index)
            else:
                if reason not in _FINISH:
                    self._writer.note(f"finish_reason={reason}")
                self._writer.finish(_FINISH.get(reason, "stop"), index)

    def _read_candidate(self, candidate: Candidate) -> None:
        index = candidate.index or 0
        choice = self._choices.setdefault(index, _Choice())
        for raw in (candidate.content.parts if candidate.content else None) or []:
            self._read_part(raw, choice, index)
            choice.parts += 1
        if candidate.logprobs_result is not None:
            self._writer.logprobs(logprobs(candidate.logprobs_result), index)
        if candidate.grounding_metadata is not None and candidate.grounding_metadata.grounding_supports:
            choice.grounding = candidate.grounding_metadata
        self._rate(candidate.safety_ratings, index)
        if candidate.finish_reason not in _UNFINISHED:
            self._finish(candidate, choice, index)

    def _rate(self, ratings: msgspec.Raw, index: int = 0) -> None:
        """Keeps what Google thinks of the answer's safety, or the prompt's."""
        if bytes(ratings) not in {b"", b"null", b"[]"}:
            self._writer.extension({"google": {"safety_ratings": compact(ratings)}}, index)

    def _finish(self, candidate: Candidate, choice: _Choice, index: int) -> None:
        reason = candidate.finish_reason or ""
        words = candidate.finish_message or f"the model stopped with {reason}"
        if reason in _BROKEN:
            raise StreamFailure(Failure(FailureKind.MALFORMED, words, code=reason))
        if reason == _MISSING_SIGNATURE:
            place = self._expected.last_call_place
            raise StreamFailure(Failure(FailureKind.UNSUPPORTED_HERE, words, code=reason, param=place))
        token = candidate.continuation_token
        if reason == _CONTINUATION and token and token != self._used_token:
            self.continuation_token = token
            return
        if reason not in _FINISH and reason != _CONTINUATION and not choice.has_content:
            raise StreamFailure(Failure(FailureKind.SERVER_ERROR, words, code=reason))
        if _FINISH.get(reason) == "content_filter" and candidate.finish_message:
            self._writer.refusal(candidate.finish_message, index)
        choice.finish_reason = reason

    def _read_part(self, raw: msgspec.Raw, choice: _Choice, index: int) -> None:
        try:
            part = PART_DECODER.decode(raw)
        except UNREADABLE:
            words = "the provider's answer has a part that is none"
            raise StreamFailure(Failure(FailureKind.MALFORMED, words)) from None
        if part.function_call is not None:
            self._read_call(raw, part.function_call, part.thought_signature, choice, index)
        elif part.text is None and not is_bare_signature(raw):
            choice.pending.append(block(raw, PART, self._expected.model, choice.parts))
            choice.has_content = True
        else:
            text = part.text or ""
            if part.thought:
                self._writer.reasoning(text, index)
            else:
                self._writer.text(text, index)
                choice.visible.add(text, choice.parts)
                choice.has_content = choice.has_content or bool(text)
            if part.thought_signature is not None:
                kind = THOUGHT if part.thought else TEXT
                choice.pending.append(block(raw, kind, self._expected.model, choice.parts))

    def _read_call(
        self, raw: msgspec.Raw, call: NativeCall, signature: str | None, choice: _Choice, index: int
    ) -> None:
        choice.has_content = True
        choice.calls += 1
        if self._expected.has_functions and choice.calls > 1:
            # `function_call` holds one.
            self._writer.note("function_call=first_of_several")
            return
        call_id = self._call_id(call, index, choice.calls)
        if signature is not None or call.id is not None:
            choice.pending.append(block(raw, CALL, self._expected.model, choice.parts))
        self._settle(choice, index, call_id=call_id)
        name = self._expected.to_client.get(call.name, call.name)
        number = self._writer.open_call(call_id, name, index, signature=signature)
        if bytes(call.args) not in {b"", b"null"}:
            self._writer.arguments(number, bytes(compact(call.args)).decode(), index)
        self._writer.close_call(number, index)

    def _settle(self, choice: _Choice, index: int, *, call_id: str | None) -> None:
        """Writes the reasoning state that has come together, under the call that it leads to."""
        for detail in choice.pending:
            self._writer.detail(msgspec.structs.replace(detail, call_id=call_id), index)
        choice.pending.clear()

    def _call_id(self, call: NativeCall, index: int, number: int) -> str:
        """Google's id where it fits and no other call has it, or one as unique as the answer's own.

        The same answer gives the same ids, however it is read.
        """
        call_id = call.id
        if call_id is None or not _FITTING_ID.match(call_id) or call_id in self._call_ids:
            digest = hashlib.sha256(f"{self._answer_id}:{index}:{number}".encode()).digest()
            call_id = "call_" + base64.b32encode(digest).decode().lower()[:24]
        self._call_ids.add(call_id)
        return call_id

    def _count(self, counted: UsageMetadata) -> None:
        earlier = self._earlier
        thoughts = counted.thoughts_token_count
        reasoning = None
        if thoughts is not None or earlier.reasoning_tokens is not None:
            reasoning = (thoughts or 0) + (earlier.reasoning_tokens or 0)
        prompt = (counted.prompt_token_count or 0) + (counted.tool_use_prompt_token_count or 0)
        output = (counted.candidates_token_count or 0) + (thoughts or 0)
        self._usage = Usage(
            input_tokens=earlier.input_tokens + prompt,
            cached_input_tokens=earlier.cached_input_tokens + (counted.cached_content_token_count or 0),
            output_tokens=earlier.output_tokens + output,
            reasoning_tokens=reasoning,
        )
        self._writer.usage(self._usage, _TIERS.get(counted.traffic_type))
