"""How a client is answered: what its writers must know."""

from collections.abc import Mapping

import msgspec

from app.chat.request import ChatRequest
from app.providers.chunks import ChunkWriter
from app.providers.plain import PlainWriter


class Manner(msgspec.Struct, frozen=True):
    """One request's. `model` is the name by which the provider was asked; `to_client` has the tools' own."""

    chat: ChatRequest
    model: str
    to_client: Mapping[str, str]
    custom_tools: frozenset[str]
    has_functions: bool

    def plain(self) -> PlainWriter:
        """A writer for a plain answer."""
        return PlainWriter(self.chat, custom_tools=self.custom_tools, has_functions=self.has_functions)

    def chunks(self) -> ChunkWriter:
        """A writer for a stream."""
        return ChunkWriter(self.chat, custom_tools=self.custom_tools, has_functions=self.has_functions)
