"""The conversation, in Cohere's words: one instruction first, and no empty turns."""

from collections.abc import Sequence
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.chat.data_url import read_data_url
from app.chat.messages import File, Image, Message, Part, ReasoningDetail, Refusal, Text, ToolCall
from app.providers.base import Target
from app.providers.call_ids import DistinctIds
from app.providers.cohere.names import ToolNames
from app.providers.custom_input import wrapped
from app.providers.facts.cohere import CohereModel, cohere_model
from app.providers.participants import leave_out_names
from app.providers.verdicts import Verdicts
from app.providers.weaving import woven
from app.providers.writing import JsonObject, encode

THINKING: Final = "cohere.thinking"
TOOL_PLAN: Final = "cohere.tool_plan"

_DETAILS: Final = frozenset({"auto", "low", "high"})


def to_cohere_messages(
    conversation: Conversation, target: Target, names: ToolNames, verdicts: Verdicts
) -> Sequence[JsonObject]:
    """The native messages."""
    translation = _Translation(target, cohere_model(target.model), names, verdicts)
    instructions: list[Message] = []
    messages: list[JsonObject] = []
    for message in conversation.messages:
        if message.role != "system":
            messages.append(translation.native(message))
            continue
        if messages:
            verdicts.adapt(message.place, "hoisted", "Cohere takes one instruction, at the head")
        instructions.append(message)
    last = conversation.messages[-1]
    if last.role == "assistant":
        verdicts.refuse(last.place, "Cohere answers users and tools, and goes on with no message")
    leave_out_names(conversation.messages, "Cohere", verdicts)
    return [*translation.instruction(instructions), *messages]


class _Translation:
    """What it takes to translate a message."""

    def __init__(self, target: Target, model: CohereModel, names: ToolNames, verdicts: Verdicts) -> None:
        self._target = target
        self._model = model
        self._names = names
        self._verdicts = verdicts
        self._ids = DistinctIds()

    def instruction(self, messages: Sequence[Message]) -> Sequence[JsonObject]:
        """The system turn, where there is anything to say; a blank line parts several instructions."""
        contents = [content for message in messages if (content := self._texts(message))]
        if len(contents) < 2:
            return [{"role": "system", "content": content} for content in contents]
        texts = [message.text for message in messages if message.text]
        return [{"role": "system", "content": "\n\n".join(texts)}]

    def native(self, message: Message) -> JsonObject:
        """One message that is no instruction."""
        if message.is_prefix and message.role == "assistant":
            self._verdicts.refuse(f"{message.place}.prefix", "Cohere goes on with no message")
        match message.role:
            case "assistant":
                return self._assistant(message)
            case "tool":
                content = self._said(message, self._texts(message))
                call_id = self._ids.of_result(message.tool_call_id)
                return {"role": "tool", "tool_call_id": call_id, "content": content}
            case _:
                return {"role": "user", "content": self._said(message, self._parts(message))}

    def _assistant(self, message: Message) -> JsonObject:
        details = self._details(message)
        texts = self._texts(message)
        chunks = [{"type": "text", "text": texts}] if isinstance(texts, str) and texts else texts
        thoughts = self._thoughts(message, details)
        native: dict[str, object] = {"role": "assistant"}
        if thoughts:
            native["content"] = woven([*chunks], thoughts)
        elif texts or not message.tool_calls:
            native["content"] = self._said(message, texts)
        plan = next((detail.block for detail in details if detail.type == TOOL_PLAN), None)
        if plan is not None:
            native["tool_plan"] = plan
        if message.tool_calls:
            native["tool_calls"] = [self._call(call) for call in message.tool_calls]
        return native

    def _call(self, call: ToolCall) -> JsonObject:
        arguments = wrapped(call.arguments) if call.is_custom else call.arguments
        function = {"name": self._names.to_native(call.name), "arguments": arguments.strip() or "{}"}
        return {"id": self._ids.of_call(call.id, call.place), "type": "function", "function": function}

    def _details(self, message: Message) -> Sequence[ReasoningDetail]:
        own = [detail for detail in message.details if detail.type in {THINKING, TOOL_PLAN}]
        if own:
            return own
        return [detail for call in message.tool_calls for detail in self._target.recall(call.id)]

    def _thoughts(self, message: Message, details: Sequence[ReasoningDetail]) -> Sequence[ReasoningDetail]:
        """The native blocks of reasoning, each with its place among the blocks of the turn."""
        blocks = {detail.position: detail for detail in details if detail.type == THINKING}
        is_known = any(detail.type in {THINKING, TOOL_PLAN} for detail in details)
        if not blocks and (is_known or not message.reasoning):
            return ()
        if self._model.thinks is False:
            self._verdicts.note("messages.reasoning_content", "left_out")
            return ()
        if blocks:
            return [blocks[position] for position in sorted(blocks)]
        told = encode({"type": "thinking", "thinking": message.reasoning})
        return [ReasoningDetail(THINKING, self._target.model, 0, msgspec.Raw(told))]

    def _texts(self, message: Message) -> str | Sequence[JsonObject]:
        """The content of a message that may hold text alone; empty where it holds nothing."""
        for part in message.parts:
            if not isinstance(part, Text | Refusal):
                self._verdicts.refuse(part.place, f"Cohere takes text alone from the {message.role}")
        self._note_caches(message)
        texts = [part.text for part in message.parts if isinstance(part, Text | Refusal) and part.text]
        return [{"type": "text", "text": text} for text in texts] if len(texts) > 1 else "".join(texts)

    def _parts(self, message: Message) -> str | Sequence[JsonObject]:
        if all(isinstance(part, Text) for part in message.parts):
            return self._texts(message)
        self._note_caches(message)
        parts = [self._part(part) for part in message.parts if not (isinstance(part, Text) and not part.text)]
        return [part for part in parts if part is not None]

    def _part(self, part: Part) -> JsonObject | None:
        match part:
            case Text() | Refusal():
                return {"type": "text", "text": part.text}
            case Image():
                if self._model.sees is False:
                    self._verdicts.refuse(part.place, "the model sees no images")
                return self._image(part)
            case _:
                self._verdicts.refuse(part.place, "Cohere takes texts and images")
                return None

    def _image(self, image: Image) -> JsonObject:
        shown: dict[str, object] = {"url": image.url}
        if image.url[:5].lower() == "data:":
            inline = read_data_url(image.url)
            if inline is None:
                self._verdicts.refuse_value(image.place, "its data URL cannot be read")
            else:
                shown["url"] = f"data:{inline.media_type};base64,{inline.base64}"
        if image.detail in _DETAILS:
            shown["detail"] = image.detail
        elif image.detail is not None:
            what = f"Cohere has no detail {image.detail}"
            self._verdicts.adapt(f"{image.place}.image_url.detail", "auto", what)
        return {"type": "image_url", "image_url": shown}

    def _said(self, message: Message, content: str | Sequence[JsonObject]) -> str | Sequence[JsonObject]:
        if not content:
            self._verdicts.refuse_value(f"{message.place}.content", "Cohere takes no empty turns")
        return content

    def _note_caches(self, message: Message) -> None:
        """Marks inside messages only ever made things cheaper."""
        if any(isinstance(part, Text | Image | File) and part.cache is not None for part in message.parts):
            self._verdicts.note("messages.prompt_cache_breakpoint")
