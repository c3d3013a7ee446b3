"""Which parameters a request asks something with: given, and not with the value that asks for nothing."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from app.chat.parameters import Parameters, ResponseFormat

# As if absent with every provider but OpenAI itself. Temperature and top_p have defaults that differ.
_NEUTRAL: Final[Mapping[str, Sequence[object]]] = {
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "logit_bias": ({},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "metadata": ({},),
    "modalities": (["text"], []),
    "n": (1,),
    "parallel_tool_calls": (True,),
    "response_format": (ResponseFormat("text"),),
    "service_tier": ("auto",),
    "stop": ([],),
    "store": (False,),
    "tools": ([],),
    "functions": ([],),
    "verbosity": ("medium",),
}


def asked(given: Parameters) -> frozenset[str]:
    """The names of the parameters whose values ask for something."""
    values = msgspec.structs.asdict(given)
    return frozenset(
        [name for name, value in values.items() if value is not None and value not in _NEUTRAL.get(name, ())]
    )
