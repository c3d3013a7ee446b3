"""Token counts where the provider reported none."""

_CHARACTERS_PER_TOKEN = 4


def estimate_tokens(characters: int) -> int:
    """About how many tokens so many characters are: a fourth, rounded up, as English text has it."""
    return -(-characters // _CHARACTERS_PER_TOKEN)
