"""Ids of tool calls that are unlike in a whole conversation, for who looks for a call by its id alone."""

import hashlib


class DistinctIds:
    """Native ids, the same for the same conversation.

    Clients that count calls anew in every turn send an id twice: then the later call has one of its own, and
    a result belongs to the first call of its id that has none yet.
    """

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._open: dict[str, list[str]] = {}

    def of_call(self, call_id: str, place: str) -> str:
        """The native id of the call at `place` in the client's request."""
        native = call_id
        if native in self._used:
            native = f"call_{hashlib.sha256(f'{place}:{call_id}'.encode()).hexdigest()[:24]}"
        self._used.add(native)
        self._open.setdefault(call_id, []).append(native)
        return native

    def of_result(self, call_id: str) -> str:
        """The native id of the call that the next result with this id answers."""
        return self._open[call_id].pop(0)
