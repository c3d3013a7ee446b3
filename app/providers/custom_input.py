"""The input of a custom tool, taken out of the JSON object that stands for it with other providers.

A custom tool takes a text. Where a provider knows functions only, it is declared as one with the single
string property `input`, and the model answers `{"input": "…"}`, possibly in fragments cut anywhere.
"""

import re
from typing import Final

import msgspec

PROPERTY: Final = "input"
SCHEMA: Final = msgspec.Raw(
    b'{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],'
    b'"additionalProperties":false}'
)

_OPENING: Final = re.compile(r'\s*\{\s*"input"\s*:\s*"')
# A text up to its closing quote, whole escapes and whole surrogate pairs only.
_WHOLE: Final = re.compile(
    r'(?:[^"\\]|\\["\\/bfnrt]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|\\u(?![dD][89abAB])[0-9a-fA-F]{4})*'
)


def wrapped(text: str) -> str:
    """The arguments that stand for `text` as a custom tool's input."""
    return msgspec.json.encode({PROPERTY: text}).decode()


def unwrapped(arguments: str) -> str:
    """The input inside `arguments`; `arguments` themselves where the model wrote something else."""
    try:
        decoded = msgspec.json.decode(arguments, type=dict[str, object])
    except msgspec.DecodeError:
        return arguments
    text = decoded.get(PROPERTY)
    return text if isinstance(text, str) else arguments


class CustomInput:
    """Unwraps while the fragments come."""

    def __init__(self) -> None:
        self._pending = ""
        self._is_open = False
        self._is_closed = False

    def feed(self, fragment: str) -> str:
        """The text of the input that is certain by now, as far as it was not given before."""
        self._pending += fragment
        if not self._is_open:
            opening = _OPENING.match(self._pending)
            if opening is None:
                return ""
            self._pending, self._is_open = self._pending[opening.end() :], True
        if self._is_closed:
            return ""
        match = _WHOLE.match(self._pending)
        end = match.end() if match else 0
        whole, self._pending = self._pending[:end], self._pending[end:]
        self._is_closed = self._pending.startswith('"')
        return msgspec.json.decode(f'"{whole}"', type=str)

    def end(self) -> str:
        """What is left where the model wrote no such object: the fragments as they are."""
        return "" if self._is_open else unwrapped(self._pending)
