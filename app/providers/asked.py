"""Which parameters a request asks something with: given, and not with the value that asks for nothing."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.chat.conversation import Conversation
from app.chat.parameters import ResponseFormat

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


def asked(conversation: Conversation) -> frozenset[str]:
    """The names of the parameters whose values ask for something."""
    given = conversation.given
    return frozenset([name for name in conversation.named if _asks(name, getattr(given, name))])


def _asks(name: str, value: object) -> bool:
    return value is not None and value not in _NEUTRAL.get(name, ())
