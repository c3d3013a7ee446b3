"""Messages edited in place: what an edit does not touch keeps the client's bytes."""

from collections.abc import Callable
from typing import Final

import msgspec

from app.chat.request import NULL, Fields
from app.providers.openai.draft import Draft

_LIST: Final = msgspec.json.Decoder(list[Fields])

_EMPTY: Final = msgspec.Raw(b'""')

# Gives the message as it shall be: the same object where nothing is to change. The number is its place.
Edit = Callable[[Fields, int], Fields]


def edit_messages(draft: Draft, edit: Edit) -> None:
    """Puts every message of the draft through `edit`."""
    messages = draft.read("messages", _LIST) or []
    edited = [edit(message, index) for index, message in enumerate(messages)]
    if any(new is not old for new, old in zip(edited, messages, strict=True)):
        draft.write("messages", edited)


def reasoning_text(message: Fields) -> msgspec.Raw | None:
    """The reasoning of an earlier answer in words, as JSON, by whichever name; None where it has none."""
    texts = (message.get(name, _EMPTY) for name in ("reasoning_content", "reasoning"))
    return next((text for text in texts if bytes(text).startswith(b'"') and text != _EMPTY), None)


def has_calls(message: Fields) -> bool:
    """Whether the message makes tool calls: what SDKs write where there are none, `null` or `[]`, is none."""
    return b"{" in bytes(message.get("tool_calls", NULL))


def without(message: Fields, names: frozenset[str]) -> Fields:
    """The message without some of its fields."""
    if names.isdisjoint(message):
        return message
    return {name: value for name, value in message.items() if name not in names}


def without_in_calls(message: Fields, names: frozenset[str]) -> Fields:
    """The message with some fields taken out of each of its tool calls."""
    if not has_calls(message):
        return message
    calls = _LIST.decode(message["tool_calls"])
    if all(names.isdisjoint(call) for call in calls):
        return message
    kept = [without(call, names) for call in calls]
    return {**message, "tool_calls": msgspec.Raw(msgspec.json.encode(kept))}
