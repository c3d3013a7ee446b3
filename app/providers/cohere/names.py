"""Names of tools as Cohere wants them: letters, digits and underscores, a digit never first."""

import re
from collections.abc import Mapping
from typing import Final

from app.chat.conversation import Conversation

_ILLEGAL: Final = re.compile(r"[^A-Za-z0-9_]")


class ToolNames:
    """The native names of one request's tools, and the way back. No two tools share one."""

    def __init__(self, conversation: Conversation) -> None:
        declared = [tool.name for tool in conversation.tools]
        called = [call.name for message in conversation.messages for call in message.tool_calls]
        names = dict.fromkeys([*declared, *called])
        self._native = _aliases([*(name for name in names if _alias(name) == name), *names])
        self._known = {native: name for name, native in self._native.items()}

    def to_native(self, name: str) -> str:
        """Cohere's name for a tool of the client's."""
        return self._native.get(name, name)

    def from_native(self, native: str) -> str:
        """The client's name for a tool of Cohere's."""
        return self._known.get(native, native)


def _aliases(names: list[str]) -> Mapping[str, str]:
    """Names that are legal come first and stay."""
    natives: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if name in natives:
            continue
        alias = _alias(name)
        while alias in taken:
            alias += "_"
        natives[name] = alias
        taken.add(alias)
    return natives


def _alias(name: str) -> str:
    legal = _ILLEGAL.sub("_", name)
    return f"_{legal}" if legal[:1].isdigit() else legal
