"""A stream in OpenAI's shape: each thing said becomes a chunk."""

import time
from dataclasses import dataclass, field

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.chat.usage import Usage
from app.providers.base import Chunk
from app.providers.custom_input import CustomInput
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
    name: str
    has_arguments: bool = False
    custom: CustomInput | None = None


@dataclass(slots=True)
class _Choice:
    calls: list[_Call] = field(default_factory=list)
    details: int = 0
    annotations: list[JsonObject] = field(default_factory=list)
    extension: JsonObject | None = None
    is_finished: bool = False


class ChunkWriter:
    """Writes chunks; `take` hands over what has come together. Every choice begins with its role.

    `custom_tools` are the names of custom tools that stand as functions; `has_functions`: the client speaks
    of `function_call`, as it did before there were tools.
    """

    def __init__(
        self,
        chat: ChatRequest,
        *,
        custom_tools: frozenset[str] = frozenset(),
        has_functions: bool = False,
    ) -> None:
        self._shows_usage = chat.include_usage
        self._custom_tools = custom_tools
        self._has_functions = has_functions
        self._frame: dict[str, object] = {
            "id": "",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": chat.model,
        }
        self._choices: dict[int, _Choice] = {}
        self._chunks: list[Chunk] = []
        self._moderation: JsonObject | None = None
        self.usage_so_far: Usage | None = None
        self.notes: tuple[str, ...] = ()
        self.details: tuple[ReasoningDetail, ...] = ()

    @property
    def finished(self) -> int:
        """How many choices have ended."""
        return sum(choice.is_finished for choice in self._choices.values())

    def take(self) -> list[Chunk]:
        """The chunks since the last time."""
        chunks, self._chunks = self._chunks, []
        return chunks

    def start(self, answer_id: str, model: str) -> None:
        """Names the answer and who gives it; the first call counts."""
        if not self._frame["created"]:
            self._frame.update(id=answer_id, created=int(time.time()), model=model)

    def role(self, index: int = 0) -> None:
        """Begins a choice, unless it has begun."""
        self._choice(index)

    def text(self, text: str, index: int = 0) -> None:
        """Adds visible text."""
        if text:
            self._say({"content": text}, index, len(text))

    def reasoning(self, text: str, index: int = 0) -> None:
        """Adds reasoning for people to read."""
        if text:
            self._say({"reasoning_content": text}, index, len(text))

    def refusal(self, text: str, index: int = 0) -> None:
        """Adds words with which the model declines."""
        if text:
            self._say({"refusal": text}, index, len(text))

    def open_call(self, call_id: str, name: str, index: int = 0, *, signature: str | None = None) -> int:
        """Begins a tool call and gives its number."""
        is_custom = name in self._custom_tools
        calls = self._choice(index).calls
        calls.append(_Call(name, custom=CustomInput() if is_custom else None))
        number = len(calls) - 1
        if self._has_functions:
            self._say({"function_call": {"name": name, "arguments": ""}}, index, len(name))
        else:
            # A custom tool's call goes out as users see OpenAI stream it: of type "custom", its input in
            # fragments, though the specification and the SDKs' types of chunks name functions only
            # (openai/openai-openapi#576, openai/openai-python#2530). Those who read chunks get all of it;
            # openai-python's `stream()` adds it up too, but fails at the final completion, as it does on such
            # a stream of OpenAI's own. Called a function, its input would pass for JSON arguments.
            call = call_object(call_id, name, "", is_custom=is_custom, signature=signature)
            self._say({"tool_calls": [{"index": number, **call}]}, index, len(name))
        return number

    def arguments(self, number: int, fragment: str, index: int = 0) -> None:
        """Adds to the JSON text of a call's arguments."""
        call = self._choices[index].calls[number]
        if not fragment:
            return
        call.has_arguments = True
        if call.custom is None:
            self._add_arguments(number, fragment, index)
        else:
            self._add_arguments(number, call.custom.feed(fragment), index)

    def close_call(self, number: int, index: int = 0) -> None:
        """Ends a call; one without arguments gets `{}`."""
        call = self._choices[index].calls[number]
        if call.custom is not None:
            self._add_arguments(number, call.custom.end(), index)
        elif not call.has_arguments:
            self.arguments(number, "{}", index)

    def detail(self, detail: ReasoningDetail, index: int = 0) -> None:
        """Adds a whole block of reasoning state."""
        self.details += (detail,)
        choice = self._choice(index)
        # openai-python's `stream()` helper adds to a list by its entries' `index`, and fails without.
        numbered = b'{"index":%d,%b' % (choice.details, msgspec.json.encode(detail)[1:])
        choice.details += 1
        self._say({"reasoning_details": [msgspec.Raw(numbered)]}, index, 0)

    def annotation(self, annotation: JsonObject, index: int = 0) -> None:
        """Adds a citation; they go out together when the choice ends."""
        self._choice(index).annotations.append(annotation)

    def logprobs(self, content: list[JsonObject], index: int = 0) -> None:
        """Adds the log probabilities of tokens."""
        self._choice(index)
        self._add({"index": index, "delta": {}, "logprobs": {"content": content, "refusal": None}})

    def extension(self, content: JsonObject, index: int = 0) -> None:
        """Keeps what OpenAI has no field for; it goes out when the choice ends."""
        self._choice(index).extension = content

    def finish(self, reason: FinishReason, index: int = 0) -> None:
        """Ends a choice, once."""
        choice = self._choice(index)
        if choice.is_finished:
            return
        choice.is_finished = True
        if choice.annotations:
            self._add({"index": index, "delta": {"annotations": choice.annotations}})
        told = told_reason(reason, has_calls=bool(choice.calls), has_functions=self._has_functions)
        extension = {"extra_content": choice.extension} if choice.extension else {}
        self._add({"index": index, "delta": {}, **extension}, finish_reason=told)

    def usage(self, usage: Usage, service_tier: str | None = None) -> None:
        """Keeps the latest counts."""
        self.usage_so_far = usage
        if service_tier is not None:
            self._frame["service_tier"] = service_tier

    def moderation(self, results: JsonObject) -> None:
        """Keeps what moderation found; it goes out in a chunk of its own."""
        self._moderation = results

    def note(self, note: str) -> None:
        """Reports what was adapted on the way back."""
        self.notes += (note,)

    def end(self) -> list[Chunk]:
        """What remains once the answer is whole: moderation, and usage where the client asked for it."""
        if self._moderation is not None:
            usage = {"usage": None} if self._shows_usage else {}
            frame = {**self._frame, "choices": [], "moderation": self._moderation, **usage}
            self._chunks.append(Chunk(encode(frame)))
        if self._shows_usage and self.usage_so_far is not None:
            body = encode({**self._frame, "choices": [], "usage": usage_object(self.usage_so_far)})
            self._chunks.append(Chunk(body))
        return self.take()

    def _choice(self, index: int) -> _Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice()
            self._add({"index": index, "delta": {"role": "assistant", "content": ""}})
        return choice

    def _add_arguments(self, number: int, fragment: str, index: int) -> None:
        if not fragment:
            return
        if self._has_functions:
            self._say({"function_call": {"arguments": fragment}}, index, len(fragment))
            return
        is_custom = self._choices[index].calls[number].custom is not None
        kind, text = ("custom", "input") if is_custom else ("function", "arguments")
        self._say({"tool_calls": [{"index": number, kind: {text: fragment}}]}, index, len(fragment))

    def _say(self, delta: JsonObject, index: int, characters: int) -> None:
        self._choice(index)
        self._add({"index": index, "delta": delta}, characters=characters)

    def _add(self, choice: JsonObject, *, finish_reason: str | None = None, characters: int = 0) -> None:
        frame = {**self._frame, "choices": [{**choice, "finish_reason": finish_reason}]}
        if self._shows_usage:
            frame["usage"] = None
        self._chunks.append(
            Chunk(
                encode(frame),
                has_token=characters > 0,
                is_finish=finish_reason is not None,
                output_characters=characters,
            )
        )
