"""Names of tools where a provider does not take the client's."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.chat.conversation import Conversation

# What OpenAI takes in the name of a tool is checked where one is declared; those in a history are anything.
_ILLEGAL: Final = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True, slots=True)
class ToolNames:
    """The names of one request's tools, and those that stand for them with the provider."""

    to_native: Mapping[str, str]
    to_client: Mapping[str, str]

    @classmethod
    def of(cls, names: Iterable[str], legal: Callable[[str], str]) -> "ToolNames":
        """Names that `legal` leaves alone stay, the others are made legal and alike to none."""
        originals = tuple(dict.fromkeys(names))
        taken = set(originals)
        aliases: dict[str, str] = {}
        for name in originals:
            fitting = alias = legal(name)
            number = 2
            while alias != name and alias in taken:
                alias, number = f"{fitting}_{number}", number + 1
            taken.add(alias)
            aliases[name] = alias
        return cls(aliases, {alias: name for name, alias in aliases.items()})


def names_of(conversation: Conversation, legal: Callable[[str], str]) -> ToolNames:
    """The names of the declared tools and of those called before."""
    called = (call.name for message in conversation.messages for call in message.tool_calls)
    return ToolNames.of([*(tool.name for tool in conversation.tools), *called], legal)


def plain_names_of(conversation: Conversation, most_characters: int) -> ToolNames:
    """The same for a provider that takes the characters that OpenAI takes, and this many of them."""
    return names_of(conversation, lambda name: _ILLEGAL.sub("_", name)[:most_characters] or "_")
