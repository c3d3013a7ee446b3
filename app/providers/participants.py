"""Names of participants, for providers that have no place for them."""

from collections.abc import Sequence
from typing import Protocol

from app.providers.verdicts import Verdicts


class Speaker(Protocol):
    """A message, as far as it says who speaks."""

    @property
    def role(self) -> str:
        """The speaker's role."""

    @property
    def name(self) -> str | None:
        """The participant's name; of a tool's result, the tool's."""


def leave_out_names(messages: Sequence[Speaker], provider: str, verdicts: Verdicts) -> None:
    """Reports the names; where they tell several users apart, something is lost with them."""
    named = [message for message in messages if message.name and message.role != "tool"]
    if len({message.name for message in named if message.role == "user"}) > 1:
        verdicts.adapt("messages.name", "left_out", f"{provider} does not tell participants apart by name")
    elif named:
        verdicts.note("messages.name")
