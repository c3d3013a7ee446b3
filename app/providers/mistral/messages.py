"""The conversation, in Mistral's words and in the order that Mistral allows.

The order of roles is that of Mistral's own validator (mistral-common, `protocol/instruct/validator.py`).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.chat.messages import Message, ReasoningDetail, Refusal, Text, ToolCall
from app.providers.base import Target
from app.providers.custom_input import wrapped
from app.providers.facts.mistral import MistralModel
from app.providers.mistral.content import text_chunk, to_mistral_content, to_mistral_texts
from app.providers.mistral.ids import CallIds
from app.providers.participants import leave_out_names
from app.providers.tool_names import ToolNames
from app.providers.verdicts import Verdicts
from app.providers.weaving import woven
from app.providers.writing import JsonObject, encode

THINKING: Final = "mistral.thinking"

# After a tool's result comes the assistant, and a turn of its that says nothing is refused. Clients put words
# like these in between (avante-corp/avante.nvim, pull request 2695).
_BRIDGE: Final[JsonObject] = {"role": "assistant", "content": "Understood."}


def to_mistral_messages(
    conversation: Conversation, target: Target, model: MistralModel, names: ToolNames, verdicts: Verdicts
) -> Sequence[JsonObject]:
    """The native messages."""
    translation = _Translation(conversation.messages, target, model, names, verdicts)
    _check_end(conversation.messages, verdicts)
    messages: list[JsonObject] = []
    hoisted: list[JsonObject] = []
    leading = 0
    for message in conversation.messages:
        native = translation.native(message)
        previous = messages[-1]["role"] if messages else "system"
        if message.role == "system" and previous in {"assistant", "tool"}:
            verdicts.adapt(message.place, "hoisted", "Mistral takes no instruction at this place")
            hoisted.append(native)
            continue
        if message.role == "user" and previous == "tool":
            verdicts.adapt(message.place, "bridged", "Mistral wants the assistant to speak after a tool")
            messages.append(_BRIDGE)
        messages.append(native)
        leading += message.role == "system" and leading == len(messages) - 1
    leave_out_names(conversation.messages, "Mistral", verdicts)
    return [*messages[:leading], *hoisted, *messages[leading:]]


class _Translation:
    """What the messages of one conversation need to know of each other."""

    def __init__(
        self,
        messages: Sequence[Message],
        target: Target,
        model: MistralModel,
        names: ToolNames,
        verdicts: Verdicts,
    ) -> None:
        self._target = target
        self._model = model
        self._verdicts = verdicts
        self._ids = CallIds(messages)
        self._names = names
        # By native id: the client's own may come again in a later turn.
        self._called: dict[str, str] = {}

    def native(self, message: Message) -> JsonObject:
        """One message, but for its place in the order."""
        match message.role:
            case "system":
                return {"role": "system", "content": to_mistral_texts(message, self._verdicts)}
            case "user":
                return {
                    "role": "user",
                    "content": to_mistral_content(message, self._model, self._verdicts),
                }
            case "assistant":
                return self._assistant(message)
            case "tool":
                return self._result(message)

    def _assistant(self, message: Message) -> JsonObject:
        native: dict[str, object] = {"role": "assistant"}
        thoughts = self._thoughts(message)
        if thoughts:
            texts = [text_chunk(part.text) for part in message.parts if isinstance(part, Text | Refusal)]
            native["content"] = woven([text for text in texts if text["text"]], thoughts)
            to_mistral_texts(message, self._verdicts)
        else:
            native["content"] = to_mistral_texts(message, self._verdicts)
        if message.tool_calls:
            native["tool_calls"] = [self._call(call) for call in message.tool_calls]
        if message.is_prefix:
            native["prefix"] = True
        return native

    def _call(self, call: ToolCall) -> JsonObject:
        call_id = self._ids.of_call(call.id)
        name = self._called[call_id] = self._names.to_native[call.name]
        function = {"name": name, "arguments": _arguments(call)}
        return {"id": call_id, "type": "function", "function": function}

    def _result(self, message: Message) -> JsonObject:
        call_id = self._ids.of_result(message.tool_call_id)
        return {
            "role": "tool",
            "content": to_mistral_texts(message, self._verdicts),
            "tool_call_id": call_id,
            "name": self._called[call_id],
        }

    def _thoughts(self, message: Message) -> Sequence[ReasoningDetail]:
        """The native blocks of reasoning, each with its place among the blocks of the turn."""
        details = [detail for detail in message.details if detail.type == THINKING]
        if not details:
            recalled = (self._target.recall(call.id) for call in message.tool_calls)
            details = [detail for known in recalled for detail in known if detail.type == THINKING]
        if not details and not message.reasoning:
            return ()
        if not self._model.reasons:
            self._verdicts.note("messages.reasoning_content", "left_out")
            return ()
        if details:
            blocks = {detail.position: detail for detail in details}
            return [blocks[position] for position in sorted(blocks)]
        told = encode({"type": "thinking", "thinking": [text_chunk(message.reasoning or "")]})
        return [ReasoningDetail(THINKING, self._target.model, 0, msgspec.Raw(told))]


def _arguments(call: ToolCall) -> str:
    """The arguments as the model wrote them, readable or not; none at all are an empty object."""
    if call.is_custom:
        return wrapped(call.arguments)
    return call.arguments if call.arguments.strip() else "{}"


def _check_end(messages: Sequence[Message], verdicts: Verdicts) -> None:
    """To OpenAI a last message of the assistant's is history; here it could only be gone on with."""
    last = messages[-1]
    if last.role == "assistant" and not last.is_prefix:
        verdicts.refuse(last.place, "Mistral answers users and tools; only with `prefix` it goes on itself")
    for message in messages[:-1]:
        if message.is_prefix:
            verdicts.refuse_value(f"{message.place}.prefix", "only the last message can be gone on with")
