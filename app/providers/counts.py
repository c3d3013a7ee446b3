"""Numbers of tokens as they are reported."""

from typing import Final

# Beyond any real count; a broken one must not spoil the sums.
_MOST_TOKENS: Final = 10**12


def token_count(value: object) -> int:
    """The number as a whole one; none where it is no number."""
    if type(value) is int and 0 <= value <= _MOST_TOKENS:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(min(max(value, 0), _MOST_TOKENS))
