"""A request body in the making: the client's own bytes for as long as nothing changes."""

from typing import Final, TypeVar

import msgspec

from app.chat.request import NULL, ChatRequest, Fields
from app.errors import InvalidValue

# Values that ask for nothing: with them a field means what its absence means, on every server that speaks the
# dialect (platform.openai.com/docs/api-reference/chat/create).
_NEUTRAL: Final = {
    "temperature": 1,
    "top_p": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
    "logprobs": False,
    "top_logprobs": 0,
    "n": 1,
    "stop": [],
    "tools": [],
    "functions": [],
    "parallel_tool_calls": True,
    "response_format": {"type": "text"},
    "modalities": ["text"],
    "store": False,
    "service_tier": "auto",
    "verbosity": "medium",
    "metadata": {},
}

_T = TypeVar("_T")


class Draft:
    """The fields of one request, copied once the first of them changes."""

    def __init__(self, chat: ChatRequest) -> None:
        self._chat = chat
        self._fields = chat.fields

    @property
    def fields(self) -> Fields:
        """The fields as they stand; not to be changed but through this draft."""
        return self._fields

    @property
    def body(self) -> bytes:
        """The body: the client's bytes where nothing changed."""
        return self._chat.body if self._fields is self._chat.fields else msgspec.json.encode(self._fields)

    def get(self, name: str) -> msgspec.Raw | None:
        """A field as the client wrote it; None where it is absent or null."""
        value = self._fields.get(name)
        return None if value is None or value == NULL else value

    def read(self, name: str, decoder: msgspec.json.Decoder[_T]) -> _T | None:
        """What `decoder` makes of a field; None where it is absent or null. Raises InvalidValue."""
        value = self.get(name)
        if value is None:
            return None
        try:
            return decoder.decode(value)
        except msgspec.ValidationError as error:
            raise InvalidValue(f"Invalid '{name}': {error}.", name) from None

    def is_neutral(self, name: str) -> bool:
        """Whether a field asks for nothing: absent, null, or the value that its absence stands for."""
        value = self.get(name)
        if value is None:
            return True
        return name in _NEUTRAL and msgspec.json.decode(value) == _NEUTRAL[name]

    def set(self, name: str, value: msgspec.Raw) -> None:
        """Sets a field; a new one comes last."""
        self._copy()
        self._fields[name] = value

    def write(self, name: str, value: object) -> None:
        """Sets a field to the JSON of `value`."""
        self.set(name, msgspec.Raw(msgspec.json.encode(value)))

    def remove(self, name: str) -> None:
        """Takes a field out."""
        if name in self._fields:
            self._copy()
            del self._fields[name]

    def rename(self, name: str, new_name: str) -> None:
        """Moves a field to another name, and over one that is there."""
        value = self._fields.get(name)
        if value is not None:
            self.remove(name)
            self.set(new_name, value)

    def _copy(self) -> None:
        if self._fields is self._chat.fields:
            self._fields = dict(self._fields)
