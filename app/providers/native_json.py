"""Reading what providers write, tolerant of the one thing in which real JSON is not quite JSON."""

import re
from typing import Final, TypeVar

import msgspec

# What decoding raises on anything that is not the JSON hoped for.
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# Half of a surrogate pair is no Unicode and msgspec refuses it; servers write it where they cut a text. What
# only looks like one (behind a backslash that is escaped itself, in a whole pair) is found first, and kept.
_SURROGATE: Final = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)

_T = TypeVar("_T")


def read_json(decoder: msgspec.json.Decoder[_T], data: bytes) -> _T:
    """What `decoder` makes of `data`; half a character becomes U+FFFD. Raises UNREADABLE."""
    if not data.isascii():
        # Raw values are not decoded, and would go to the client as they are.
        data.decode()
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return decoder.decode(_SURROGATE.sub(lambda found: found[1] or rb"\ufffd", data))
