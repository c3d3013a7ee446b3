"""A plain answer in OpenAI's shape, put together from the same steps as a stream."""

import time
from dataclasses import dataclass, field

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import Answer
from app.providers.custom_input import unwrapped
from app.providers.writing import (
    FinishReason,
    JsonObject,
    call_object,
    encode,
    told_reason,
    usage_object,
)


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    signature: str | None
    arguments: str = ""


@dataclass(slots=True)
class _Choice:
    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[_Call] = field(default_factory=list)
    details: list[ReasoningDetail] = field(default_factory=list)
    annotations: list[JsonObject] = field(default_factory=list)
    logprobs: list[JsonObject] = field(default_factory=list)
    extension: JsonObject | None = None
    finish_reason: FinishReason | None = None


class PlainWriter:
    """Writes one plain answer; `answer` gives it. What its parameters mean is said at ChunkWriter."""

    def __init__(
        self,
        chat: ChatRequest,
        *,
        custom_tools: frozenset[str] = frozenset(),
        has_functions: bool = False,
    ) -> None:
        self._custom_tools = custom_tools
        self._has_functions = has_functions
        self._metadata = chat.fields.get("metadata")
        self._id = ""
        self._model = chat.model
        self._created = 0
        self._service_tier: str | None = None
        self._usage: Usage | None = None
        self._moderation: JsonObject | None = None
        self._choices: dict[int, _Choice] = {}
        self._notes: tuple[str, ...] = ()

    def start(self, answer_id: str, model: str) -> None:
        """Names the answer and who gives it; the first call counts."""
        if not self._created:
            self._id, self._model, self._created = answer_id, model, int(time.time())

    def text(self, text: str, index: int = 0) -> None:
        """Adds visible text."""
        self._choice(index).content += text

    def reasoning(self, text: str, index: int = 0) -> None:
        """Adds reasoning for people to read."""
        self._choice(index).reasoning += text

    def refusal(self, text: str, index: int = 0) -> None:
        """Adds words with which the model declines."""
        self._choice(index).refusal += text

    def open_call(self, call_id: str, name: str, index: int = 0, *, signature: str | None = None) -> int:
        """Begins a tool call and gives its number."""
        calls = self._choice(index).calls
        calls.append(_Call(call_id, name, signature))
        return len(calls) - 1

    def arguments(self, number: int, fragment: str, index: int = 0) -> None:
        """Adds to the JSON text of a call's arguments."""
        self._choices[index].calls[number].arguments += fragment

    def close_call(self, number: int, index: int = 0) -> None:
        """Ends a call; one without arguments gets `{}`."""
        call = self._choices[index].calls[number]
        call.arguments = call.arguments or "{}"

    def detail(self, detail: ReasoningDetail, index: int = 0) -> None:
        """Adds a whole block of reasoning state."""
        self._choice(index).details.append(detail)

    def annotation(self, annotation: JsonObject, index: int = 0) -> None:
        """Adds a citation."""
        self._choice(index).annotations.append(annotation)

    def logprobs(self, content: list[JsonObject], index: int = 0) -> None:
        """Adds the log probabilities of tokens."""
        self._choice(index).logprobs += content

    def extension(self, content: JsonObject, index: int = 0) -> None:
        """Keeps what OpenAI has no field for."""
        self._choice(index).extension = content

    def finish(self, reason: FinishReason, index: int = 0) -> None:
        """Ends a choice, once."""
        choice = self._choice(index)
        choice.finish_reason = choice.finish_reason or reason

    def usage(self, usage: Usage, service_tier: str | None = None) -> None:
        """Keeps the latest counts."""
        self._usage, self._service_tier = usage, service_tier or self._service_tier

    def moderation(self, results: JsonObject) -> None:
        """Keeps what moderation found."""
        self._moderation = results

    def note(self, note: str) -> None:
        """Reports what was adapted on the way back."""
        self._notes += (note,)

    def answer(self) -> Answer:
        """The answer. Raises MalformedAnswer where no choice has ended."""
        choices = self._choices.values()
        if not choices or None in [choice.finish_reason for choice in choices]:
            raise MalformedAnswer("the provider's answer has no end")
        body: dict[str, object] = {
            "id": self._id,
            "object": "chat.completion",
            "created": self._created,
            "model": self._model,
            "choices": [self._shown(index, choice) for index, choice in sorted(self._choices.items())],
        }
        if self._service_tier is not None:
            body["service_tier"] = self._service_tier
        if self._usage is not None:
            body["usage"] = usage_object(self._usage)
        if self._moderation is not None:
            body["moderation"] = self._moderation
        if self._metadata is not None:
            body["metadata"] = self._metadata
        details = tuple([detail for choice in choices for detail in choice.details])
        characters = sum([_characters(choice) for choice in choices])
        return Answer(encode(body), self._usage, characters, self._notes, details)

    def _choice(self, index: int) -> _Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice()
        return choice

    def _shown(self, index: int, choice: _Choice) -> JsonObject:
        message: dict[str, object] = {
            "role": "assistant",
            "content": choice.content or (None if choice.calls or choice.refusal else ""),
            "refusal": choice.refusal or None,
        }
        if choice.reasoning:
            message["reasoning_content"] = choice.reasoning
        if choice.details:
            message["reasoning_details"] = choice.details
        if choice.annotations:
            message["annotations"] = choice.annotations
        if choice.calls and self._has_functions:
            made = choice.calls[0]
            message["function_call"] = {"name": made.name, "arguments": made.arguments}
        elif choice.calls:
            message["tool_calls"] = [self._shown_call(call) for call in choice.calls]
        reason = choice.finish_reason or "stop"
        return {
            "index": index,
            "message": message,
            "logprobs": {"content": choice.logprobs, "refusal": None} if choice.logprobs else None,
            "finish_reason": told_reason(
                reason, has_calls=bool(choice.calls), has_functions=self._has_functions
            ),
            **({"extra_content": choice.extension} if choice.extension else {}),
        }

    def _shown_call(self, call: _Call) -> JsonObject:
        is_custom = call.name in self._custom_tools
        arguments = unwrapped(call.arguments) if is_custom else call.arguments
        return call_object(call.id, call.name, arguments, is_custom=is_custom, signature=call.signature)


def _characters(choice: _Choice) -> int:
    said = len(choice.content) + len(choice.reasoning) + len(choice.refusal)
    return said + sum([len(call.name) + len(call.arguments) for call in choice.calls])
