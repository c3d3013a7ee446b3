"""Tool calls of earlier turns: their ids and their arguments."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.messages import Message, ToolCall
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
    # Native ids of the calls that have no result yet, by the client's id, which may come twice.
    _open: dict[str, list[str]] = field(default_factory=dict)

    def opened(self, call: ToolCall) -> Block:
        """The block of a call."""
        native = call.id
        if not _LEGAL.fullmatch(native) or native in self._used:
            digest = hashlib.sha256(f"{call.place}:{call.id}".encode()).digest()
            native = "call_" + base64.b32encode(digest).decode()[:24]
        self._used.add(native)
        self._open.setdefault(call.id, []).append(native)
        arguments = _to_input(call, self.translation)
        name = self.translation.names.to_native[call.name]
        return {"type": "tool_use", "id": native, "name": name, "input": arguments}

    def closed(self, message: Message) -> str:
        """The native id of the call that a tool's message answers."""
        return self._open[message.tool_call_id].pop(0)


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
