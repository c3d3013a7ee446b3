"""Token counts of a completion, in OpenAI's sense."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted. `input_tokens` includes the cached ones, `output_tokens` reasoning."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
