"""Reasoning state of earlier turns, put back between the blocks where it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from app.chat.messages import Message, ReasoningDetail
from app.providers.anthropic.translation import Translation
from app.providers.facts.anthropic import facts_of

PREFIX: Final = "anthropic."
_TEXT: Final = "anthropic.text"
THOUGHTS: Final = frozenset({"anthropic.thinking", "anthropic.redacted_thinking"})


class _TextBlock(msgspec.Struct):
    text: str


_TEXT_BLOCK: Final = msgspec.json.Decoder(_TextBlock)


@dataclass(frozen=True, slots=True)
class State:
    """Blocks to put back, in their order. `has_text`: the message's own text is among them."""

    details: tuple[ReasoningDetail, ...]
    has_text: bool


def own_state(message: Message, translation: Translation) -> State:
    """Anthropic's own state of an assistant message: as the client kept it, or as remembered."""
    details = _own(message.details)
    if not details:
        recalled = [translation.target.recall(call.id) for call in message.tool_calls]
        details = _own([detail for of_call in recalled for detail in of_call])
    details = [detail for detail in details if _holds_here(detail, translation)]
    details.sort(key=lambda detail: detail.position)
    texts = [_text_of(detail) for detail in details if detail.type == _TEXT]
    # A client that changed the text means the text that it sends.
    has_text = bool(texts) and "".join(texts) == message.text
    kept = (detail for detail in details if detail.type != _TEXT or (has_text and _text_of(detail).strip()))
    return State(tuple(kept), has_text)


def _own(details: Sequence[ReasoningDetail]) -> list[ReasoningDetail]:
    return [detail for detail in details if detail.type.startswith(PREFIX)]


def _holds_here(detail: ReasoningDetail, translation: Translation) -> bool:
    """Whether the model can read the state. Some bind it to the model that it came from."""
    model = translation.target.model
    if detail.model == model:
        return True
    is_bound = translation.facts.binds_thinking or facts_of(detail.model).binds_thinking
    if is_bound and detail.type in THOUGHTS:
        translation.verdicts.note("reasoning_details", "left_out")
        return False
    return True


def _text_of(detail: ReasoningDetail) -> str:
    try:
        return _TEXT_BLOCK.decode(detail.block).text
    except msgspec.ValidationError:
        return ""
