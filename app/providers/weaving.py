"""Reasoning that comes back, put where it stood in its turn."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from app.chat.messages import ReasoningDetail

_Block = TypeVar("_Block")


def woven(
    blocks: Sequence[_Block | msgspec.Raw], details: Sequence[ReasoningDetail]
) -> list[_Block | msgspec.Raw]:
    """The blocks of a turn with the details, in the order of their positions, each at its own."""
    left = list(blocks)
    whole: list[_Block | msgspec.Raw] = []
    for detail in details:
        gap = max(detail.position - len(whole), 0)
        whole += left[:gap]
        del left[:gap]
        whole.append(detail.block)
    return whole + left
