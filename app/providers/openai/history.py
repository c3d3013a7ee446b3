"""The messages of a conversation as a compatible server takes them."""

from typing import Final

import msgspec

from app.chat.request import Fields
from app.providers.base import Target
from app.providers.facts.compatible import Profile
from app.providers.openai.draft import Draft
from app.providers.openai.messages import edit_messages, has_calls, reasoning_text, without
from app.providers.participants import leave_out_names
from app.providers.verdicts import Verdicts

# Reasoning that a server without OpenAI's shape for it wants back, kept for clients that drop it.
REASONING_TEXT: Final = "custom.reasoning_content"

_SYSTEM: Final = msgspec.Raw(b'"system"')
_DEVELOPER: Final = msgspec.Raw(b'"developer"')
_EMPTY: Final = msgspec.Raw(b'""')
_REASONING: Final = frozenset({"reasoning_content", "reasoning"})
_IDS: Final = msgspec.json.Decoder(list[dict[str, object]])


class _Part(msgspec.Struct):
    type: str = ""
    # Whatever is no image's address is for the server to judge.
    image_url: object = None

    @property
    def address(self) -> str:
        """The image's address; empty where there is none, or a `data:` URL."""
        url = self.image_url.get("url") if isinstance(self.image_url, dict) else self.image_url
        return url if isinstance(url, str) and url[:5].lower() != "data:" else ""


class _Speaker(msgspec.Struct):
    role: str
    name: str | None = None


_PARTS: Final = msgspec.json.Decoder(list[_Part])
_SPEAKERS: Final = msgspec.json.Decoder(list[_Speaker])


def fit_history(draft: Draft, profile: Profile, target: Target, verdicts: Verdicts) -> None:
    """Puts the messages of the draft into the server's own words."""
    if not profile.has_names:
        speakers = draft.read("messages", _SPEAKERS)
        leave_out_names(speakers or [], profile.name, verdicts)

    def edit(message: Fields, index: int) -> Fields:
        if not profile.is_current:
            _check_parts(message, index, profile, verdicts)
            if message.get("role") == _DEVELOPER:
                message = {**message, "role": _SYSTEM}
        if not profile.has_names:
            message = without(message, frozenset({"name"}))
        return _with_reasoning(message, index, profile, (target, verdicts))

    edit_messages(draft, edit)


def _check_parts(message: Fields, index: int, profile: Profile, verdicts: Verdicts) -> None:
    content = message.get("content")
    if content is None or not bytes(content).startswith(b"["):
        return
    for number, part in enumerate(_PARTS.decode(content)):
        place = f"messages[{index}].content[{number}]"
        if part.type == "file":
            verdicts.refuse(place, f"{profile.name} takes no files")
        if part.address and not profile.has_remote_images:
            verdicts.need(f"{place}.image_url", part.address)


def _with_reasoning(message: Fields, index: int, profile: Profile, known: tuple[Target, Verdicts]) -> Fields:
    """The message with its reasoning by the server's own name, and without that of other providers."""
    if profile.thinking.has_details:
        return message
    text = next(
        (message[name] for name in ("reasoning_content", "reasoning") if _is_text(message, name)), None
    )
    target, verdicts = known
    if reasoning_text(message) is not None and not profile.thinking.history:
        verdicts.note(f"messages[{index}].reasoning_content", "left_out")
    kept = without(message, frozenset({"reasoning_details"}) | _REASONING)
    if text is None and profile.thinking.is_demanded_back and has_calls(message):
        text = _recalled(message, index, target, verdicts)
    if text is None:
        return kept
    return {**kept, **dict.fromkeys(profile.thinking.history, text)}


def _is_text(message: Fields, name: str) -> bool:
    return name in message and bytes(message[name]).startswith(b'"')


def _recalled(message: Fields, index: int, target: Target, verdicts: Verdicts) -> msgspec.Raw:
    """The reasoning of a turn with tool calls: remembered, or an empty text, which the server accepts too."""
    for call in _IDS.decode(message["tool_calls"]):
        for detail in target.recall(str(call.get("id"))):
            if detail.type == REASONING_TEXT:
                return detail.block
    verdicts.note(f"messages[{index}].reasoning_content", "empty")
    return _EMPTY
