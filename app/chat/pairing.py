"""That every tool call has its result, directly after it, as OpenAI demands of a conversation."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.chat.messages import ToolCall
from app.errors import InvalidValue


@dataclass(slots=True)
class OpenCalls:
    """The calls of the latest message that have no result yet. Where an id comes twice, so do its results."""

    _waiting: list[ToolCall] = field(default_factory=list)

    def close(self, call_id: str, param: str) -> None:
        """Takes the result of a call, which `param` names. Raises InvalidValue."""
        answered = next((call for call in self._waiting if call.id == call_id), None)
        if answered is None:
            raise InvalidValue(
                f"Invalid '{param}': a message with role 'tool' must be a response to a preceding message "
                "with 'tool_calls', and no call there waits for this one.",
                param,
            )
        self._waiting.remove(answered)

    def open(self, calls: Iterable[ToolCall]) -> None:
        """Takes the calls of the next message that is no result. Raises InvalidValue."""
        self.check()
        self._waiting = list(calls)

    def check(self) -> None:
        """Nothing, where no call waits. Raises InvalidValue."""
        if not self._waiting:
            return
        param = self._waiting[0].place
        ids = ", ".join(call.id for call in self._waiting)
        raise InvalidValue(
            f"Invalid '{param}': an assistant message with 'tool_calls' must be followed by tool messages "
            f"responding to each 'tool_call_id'. These did not have response messages: {ids}.",
            param,
        )
