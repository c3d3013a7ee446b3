"""How the answers of one exchange are to be read."""

import msgspec

from app.chat.messages import ReasoningDetail
from app.providers.openai.history import REASONING_TEXT


class Habits(msgspec.Struct, frozen=True, gc=False):
    """What one exchange needs of its answers.

    `has_functions`: the client speaks of `function_call` and the server of tools. `keeps_reasoning` names the
    model whose reasoning must come back with its tool calls, where there is one.
    """

    shows_usage: bool = False
    choices: int = 1
    has_functions: bool = False
    keeps_reasoning: str = ""


def kept_reasoning(model: str, text: str, call_ids: tuple[str, ...]) -> tuple[ReasoningDetail, ...]:
    """The reasoning of a turn, to be found by any of its tool calls."""
    if not text:
        return ()
    block = msgspec.Raw(msgspec.json.encode(text))
    return tuple(ReasoningDetail(REASONING_TEXT, model, 0, block, call_id) for call_id in call_ids)
