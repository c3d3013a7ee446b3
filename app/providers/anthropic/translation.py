"""What every step of a translation to Anthropic's dialect needs to know."""

import msgspec

from app.chat.conversation import Conversation
from app.chat.parameters import Parameters
from app.providers.base import Target
from app.providers.facts.anthropic import ModelFacts
from app.providers.tool_names import ToolNames
from app.providers.verdicts import Verdicts

# A block of content, or any other object of a native request. Client's JSON in it stays as it was written.
Block = dict[str, object]


class Translation(msgspec.Struct, frozen=True):
    """One request on its way. `asked` are the parameters that ask for something."""

    conversation: Conversation
    asked: frozenset[str]
    target: Target
    facts: ModelFacts
    names: ToolNames
    verdicts: Verdicts

    @property
    def given(self) -> Parameters:
        """The parameters as they came."""
        return self.conversation.given

    @property
    def has_reasoning_state(self) -> bool:
        """Whether an earlier turn came with reasoning state of Anthropic's."""
        details = (detail for message in self.conversation.messages for detail in message.details)
        return any(detail.type.startswith("anthropic.") for detail in details)
