"""Tool calls of earlier turns: their ids, their arguments, and that each has its result."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.messages import Message, ToolCall
from app.errors import InvalidValue
from app.providers.anthropic.translation import Block, Translation
from app.providers.custom_input import wrapped
from app.providers.native_json import UNREADABLE

_LEGAL: Final = re.compile(r"[a-zA-Z0-9_-]+")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NOTHING: Final = msgspec.Raw(b"{}")


@dataclass(slots=True)
class Calls:
    """Gives each call a native id, the same for the same conversation, and finds it again for the result."""

    translation: Translation
    _used: set[str] = field(default_factory=set)
    # Native ids of the calls of the latest turn that have no result yet, by the client's id.
    _open: dict[str, list[str]] = field(default_factory=dict)
    _place: str = ""

    def opened(self, call: ToolCall, place: str) -> Block:
        """The block of a call in the message at `place`."""
        native = call.id
        if not _LEGAL.fullmatch(native) or native in self._used:
            digest = hashlib.sha256(f"{call.place}:{call.id}".encode()).digest()
            native = "call_" + base64.b32encode(digest).decode()[:24]
        self._used.add(native)
        self._open.setdefault(call.id, []).append(native)
        self._place = place
        arguments = _to_input(call, self.translation)
        return {"type": "tool_use", "id": native, "name": call.name, "input": arguments}

    def closed(self, message: Message) -> str:
        """The native id of the call that a tool's message answers. Raises InvalidValue."""
        natives = self._open.get(message.tool_call_id)
        if not natives:
            raise InvalidValue(
                "Messages with role 'tool' must be a response to a preceding message with 'tool_calls', and "
                f"each call has one response: '{message.tool_call_id}'.",
                f"{message.place}.tool_call_id",
            )
        native = natives.pop(0)
        if not natives:
            del self._open[message.tool_call_id]
        return native

    @property
    def are_open(self) -> bool:
        """Whether a call waits for its result."""
        return bool(self._open)

    def check_closed(self) -> None:
        """Nothing, where every call has its result. Raises InvalidValue."""
        if self._open:
            raise InvalidValue(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                f"'tool_call_id'. These did not have response messages: {', '.join(self._open)}.",
                self._place,
            )


def _to_input(call: ToolCall, translation: Translation) -> msgspec.Raw:
    """The arguments as a JSON object, in the model's own spelling."""
    if call.is_custom:
        return msgspec.Raw(wrapped(call.arguments).encode())
    if call.arguments.strip() in {"", "null"}:
        return _NOTHING
    raw = call.arguments.encode()
    try:
        _OBJECT.decode(raw)
    except UNREADABLE:
        # A model wrote it: the conversation must not be lost for that.
        translation.verdicts.adapt(
            f"{call.place}.function.arguments", "wrapped", "the arguments of a call are a JSON object here"
        )
        return msgspec.Raw(msgspec.json.encode({"__raw": call.arguments}))
    return msgspec.Raw(raw)
