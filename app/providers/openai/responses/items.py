"""Messages as input items of the Responses route, with the reasoning that must come back among them."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.chat.messages import File, Image, Message, Part, ReasoningDetail, Refusal, Text, ToolCall
from app.providers.base import Target
from app.providers.call_ids import DistinctIds
from app.providers.openai.draft import Draft
from app.providers.participants import leave_out_names
from app.providers.verdicts import Verdicts
from app.providers.weaving import woven

Item = dict[str, object] | msgspec.Raw

# The types of the details that are OpenAI's begin so.
OWN_DETAILS: Final = "openai."
_REASONING: Final = f"{OWN_DETAILS}reasoning"
# Other servers' ids may be longer, and some gateways hide their state in them (Portkey-AI/gateway#1062).
_LONGEST_ID: Final = 64


class _Role(msgspec.Struct):
    role: str


_ROLES: Final = msgspec.json.Decoder(list[_Role])


def to_items(conversation: Conversation, draft: Draft, target: Target, verdicts: Verdicts) -> list[Item]:
    """The input items, in the messages' order."""
    roles = [message.role for message in draft.read("messages", _ROLES) or []]
    ids = DistinctIds()
    custom: set[str] = set()
    items: list[Item] = []
    for message, role in zip(conversation.messages, roles, strict=True):
        if message.role == "assistant":
            calls = [(call, _call_id(ids.of_call(call.id, call.place))) for call in message.tool_calls]
            custom |= {call_id for call, call_id in calls if call.is_custom}
            items += _turn(message, calls, target, verdicts)
        elif message.role == "tool":
            call_id = _call_id(ids.of_result(message.tool_call_id))
            items.append(_result(message, call_id, verdicts, is_custom=call_id in custom))
        else:
            items.append({"role": role, "content": _content(message.parts, verdicts)})
    leave_out_names(conversation.messages, "the Responses route", verdicts)
    return items


def _turn(
    message: Message, calls: Sequence[tuple[ToolCall, str]], target: Target, verdicts: Verdicts
) -> list[Item]:
    """An earlier answer: its words, its calls, and its reasoning where it stood among them."""
    if message.is_prefix:
        verdicts.refuse(f"{message.place}.prefix", "OpenAI's models answer anew")
    items: list[Item] = []
    is_silent = all(isinstance(part, Text | Refusal) and not part.text for part in message.parts)
    if message.parts and not (is_silent and message.tool_calls):
        items.append(_answer(message, verdicts))
    items += [_call(call, call_id) for call, call_id in calls]
    details = sorted(_own_details(message, target), key=lambda detail: detail.position)
    if message.reasoning and not details:
        verdicts.note(f"{message.place}.reasoning_content", "left_out")
    items = woven(items, details)
    # Reasoning is refused where nothing follows that came of it, as where an answer was cut within it.
    for detail in reversed(details):
        if detail.type != _REASONING or items[-1] is not detail.block:
            break
        items.pop()
    return items


def _own_details(message: Message, target: Target) -> list[ReasoningDetail]:
    """The reasoning of this very model: another one cannot read it."""
    details = [detail for detail in message.details if _is_own(detail, target)]
    if not details:
        recalled = (detail for call in message.tool_calls for detail in target.recall(call.id))
        details = [detail for detail in recalled if _is_own(detail, target)]
    return list({bytes(detail.block): detail for detail in details}.values())


def _is_own(detail: ReasoningDetail, target: Target) -> bool:
    return detail.type.startswith(OWN_DETAILS) and detail.model == target.model


def _answer(message: Message, verdicts: Verdicts) -> Item:
    for part in message.parts:
        if isinstance(part, Text) and part.cache is not None:
            # Marks are for what is put in, not for what came out.
            verdicts.note(f"{part.place}.{_name_of_mark(part.cache)}")
    if all(isinstance(part, Text) for part in message.parts) and len(message.parts) == 1:
        return {"role": "assistant", "content": message.text}
    content = []
    for part in message.parts:
        match part:
            case Text():
                content.append({"type": "output_text", "text": part.text, "annotations": []})
            case Refusal():
                content.append({"type": "refusal", "refusal": part.text})
            case _:
                verdicts.refuse(part.place, "earlier answers hold text only")
    # An id is demanded of such an item; the same conversation always gets the same one.
    return {
        "type": "message",
        "id": f"msg_{_digest(f'{message.place}:{message.text}')}",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }


def _call(call: ToolCall, call_id: str) -> Item:
    named = {"call_id": call_id, "name": call.name}
    if call.is_custom:
        return {"type": "custom_tool_call", **named, "input": call.arguments}
    return {"type": "function_call", **named, "arguments": call.arguments}


def _call_id(call_id: str) -> str:
    """The id, or a shorter one that stands for it in a call and in its result alike."""
    return call_id if len(call_id) <= _LONGEST_ID else f"call_{_digest(call_id)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _result(message: Message, call_id: str, verdicts: Verdicts, *, is_custom: bool) -> Item:
    return {
        "type": "custom_tool_call_output" if is_custom else "function_call_output",
        "call_id": call_id,
        "output": _content(message.parts, verdicts) or "",
    }


def _content(parts: Sequence[Part], verdicts: Verdicts) -> object:
    if len(parts) == 1 and isinstance(parts[0], Text) and parts[0].cache is None:
        return parts[0].text
    return [item for part in parts for item in _part(part, verdicts)]


def _part(part: Part, verdicts: Verdicts) -> Iterator[dict[str, object]]:
    match part:
        case Text():
            item: dict[str, object] = {"type": "input_text", "text": part.text}
        case Image():
            item = {"type": "input_image", "image_url": part.url, "detail": part.detail or "auto"}
        case File():
            given = {"file_data": part.content, "filename": part.filename, "file_id": part.file_id}
            item = {"type": "input_file", **{name: value for name, value in given.items() if value}}
        case _:
            verdicts.refuse(part.place, "the Responses route takes text, images and files")
            return
    if part.cache is not None and _name_of_mark(part.cache) == "prompt_cache_breakpoint":
        item["prompt_cache_breakpoint"] = part.cache
    elif part.cache is not None:
        verdicts.note(f"{part.place}.cache_control")
    yield item


def _name_of_mark(cache: msgspec.Raw) -> str:
    """OpenAI's mark, which has a mode, or Anthropic's."""
    return "prompt_cache_breakpoint" if b'"mode"' in bytes(cache) else "cache_control"
