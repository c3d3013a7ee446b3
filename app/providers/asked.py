"""Which parameters a request asks something with: given, and not with the value that asks for nothing."""

from typing import Final

import msgspec

from app.chat.parameters import Parameters, ResponseFormat

# As if absent with every provider but OpenAI itself. Temperature and top_p have defaults that differ.
_NEUTRAL: Final[tuple[tuple[str, object], ...]] = (
    ("frequency_penalty", 0),
    ("presence_penalty", 0),
    ("logit_bias", {}),
    ("logprobs", False),
    ("top_logprobs", 0),
    ("metadata", {}),
    ("modalities", ["text"]),
    ("modalities", []),
    ("n", 1),
    ("parallel_tool_calls", True),
    ("response_format", ResponseFormat("text")),
    ("service_tier", "auto"),
    ("stop", []),
    ("store", False),
    ("tools", []),
    ("functions", []),
    ("verbosity", "medium"),
)


def asked(given: Parameters) -> frozenset[str]:
    """The names of the parameters whose values ask for something."""
    values = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not None}
    return frozenset(values) - {name for name, value in _NEUTRAL if values.get(name) == value}
