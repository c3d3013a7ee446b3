"""What texts of a form must look like, whichever form it is."""

import re

from app.errors import Invalid

# Searched for in C, for a text may be as long as a request.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def is_storable(text: str) -> bool:
    """Whether both databases can keep `text`: no NUL and no half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None


def storable(text: str, field: str) -> str:
    """`text`, if both databases can keep it. Raises Invalid."""
    if not is_storable(text):
        raise Invalid(f"{field} contains characters that are not text.", field)
    return text


def line(text: str, field: str, longest: int) -> str:
    """`text` without surrounding space, 1 to `longest` characters in one line. Raises Invalid."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= longest:
        raise Invalid(f"{field} must have 1 to {longest} characters.", field)
    if _CONTROL.search(storable(stripped, field)):
        raise Invalid(f"{field} must be a single line.", field)
    return stripped
