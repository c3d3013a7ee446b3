"""The system messages of a conversation, for servers whose models' templates take one, at the head."""

from collections.abc import Sequence
from typing import Final

import msgspec

from app.chat.request import Fields
from app.providers.facts.compatible import Profile
from app.providers.openai.draft import Draft
from app.providers.verdicts import Verdicts

_MESSAGES: Final = msgspec.json.Decoder(list[Fields])
_CONTENT: Final = msgspec.json.Decoder(str | list[msgspec.Raw])
_SYSTEM: Final = msgspec.Raw(b'"system"')


def gather_instructions(draft: Draft, profile: Profile, verdicts: Verdicts) -> None:
    """Makes one message, the first, of all instructions where the server has templates.

    Those at the head are joined, which means the same. A later one moves ahead of what it was to follow.
    """
    if not profile.has_templates:
        return
    messages = draft.read("messages", _MESSAGES) or []
    places = [place for place, message in enumerate(messages) if message.get("role") == _SYSTEM]
    if places in ([], [0]):
        return
    for order, place in enumerate(places):
        if order != place:
            reason = f"most models of {profile.name} take one instruction, at the head"
            verdicts.adapt(f"messages[{place}]", "hoisted", reason)
        elif place:
            verdicts.note(f"messages[{place}]", "joined")
    first = messages[places[0]]
    content = _joined([messages[place]["content"] for place in places])
    others = [message for message in messages if message.get("role") != _SYSTEM]
    draft.write("messages", [{**first, "content": content}, *others])


def _joined(contents: Sequence[msgspec.Raw]) -> msgspec.Raw:
    """One content of several: a text where all are, or else all their parts."""
    read = [_CONTENT.decode(content) for content in contents]
    texts = [content for content in read if isinstance(content, str)]
    if len(texts) == len(read):
        return msgspec.Raw(msgspec.json.encode("\n\n".join(text for text in texts if text)))
    parts: list[object] = []
    for content in read:
        if not isinstance(content, str):
            parts += content
        elif content:
            parts.append({"type": "text", "text": content})
    return msgspec.Raw(msgspec.json.encode(parts))
