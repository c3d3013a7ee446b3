"""Token counts of a completion, in OpenAI's sense."""

import msgspec


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens that a provider counted.

    `input_tokens` includes the cached ones and those written to a cache, `output_tokens` includes reasoning.
    None: the provider does not say, which is not the same as none.
    """

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int | None = None
