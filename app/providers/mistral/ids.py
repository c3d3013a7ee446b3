"""Ids of tool calls as Mistral wants them: exactly nine letters and digits, whoever made them."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from app.chat.messages import Message

_VALID: Final = re.compile(r"[A-Za-z0-9]{9}")
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 9


class CallIds:
    """Native ids for the calls of one conversation, the same for the same conversation.

    An id that is valid stays. Where a client counts calls anew in every turn, so that an id comes twice, each
    call has its own, and a result belongs to the first call of that id that has none yet.
    """

    def __init__(self, messages: Iterable[Message]) -> None:
        self._taken = {call.id for message in messages for call in message.tool_calls if is_valid(call.id)}
        self._kept: set[str] = set()
        self._open: dict[str, list[str]] = {}

    def of_call(self, call_id: str) -> str:
        """The native id of the next call."""
        native = call_id if is_valid(call_id) and call_id not in self._kept else self._made_up(call_id)
        self._kept.add(native)
        self._open.setdefault(call_id, []).append(native)
        return native

    def of_result(self, call_id: str) -> str:
        """The native id of the call that the next result answers."""
        return self._open[call_id].pop(0)

    def _made_up(self, call_id: str) -> str:
        attempt = 0
        while True:
            suffix = f"#{attempt}" if attempt else ""
            native = _digest(call_id + suffix)
            if native not in self._taken and native not in self._kept:
                return native
            attempt += 1


def is_valid(call_id: str) -> bool:
    """Whether Mistral takes the id as it is."""
    return _VALID.fullmatch(call_id) is not None


def _digest(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(digits)
