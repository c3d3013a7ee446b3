"""What texts of a form must look like, whichever form it is."""

from app.errors import Invalid


def storable(text: str, field: str) -> str:
    """`text`, if both databases can keep it: no NUL and no half of a surrogate pair. Raises Invalid."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid(f"{field} contains characters that are not text.", field)
    return text


def line(text: str, field: str, longest: int) -> str:
    """`text` without surrounding space, 1 to `longest` characters in one line. Raises Invalid."""
    stripped = storable(text, field).strip()
    if not 1 <= len(stripped) <= longest:
        raise Invalid(f"{field} must have 1 to {longest} characters.", field)
    if any(character < " " or character == "\x7f" for character in stripped):
        raise Invalid(f"{field} must be a single line.", field)
    return stripped
