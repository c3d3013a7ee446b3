"""The switchboard of one process: who changed something says so, who cares hears it at once."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WorkspaceChanged:
    """Keys of a workspace changed and the change is committed."""

    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """Sessions of a user ended: sockets that rely on them must close."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class RequestsLogged:
    """Rows of a workspace's log were committed, oldest first."""

    workspace_id: UUID
    log_ids: tuple[UUID, ...]


Change = WorkspaceChanged | SessionsEnded | RequestsLogged
Listener = Callable[[Change], None]

_BACKLOG = 1000

# Where other processes hear of a changed workspace; the payload is its id.
CHANGED_CHANNEL = "perpetuo_changed"


class Changes:
    """Publishes changes within the process. Listeners are called at once, in order, and must not fail."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, change: Change) -> None:
        """Tells every listener before it returns."""
        for listener in tuple(self._listeners):
            listener(change)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Has `listener` called for every change while the block runs."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def stream(self) -> AsyncGenerator[Change, None]:
        """Every change from now on. A reader that falls far behind loses the oldest ones."""
        backlog: asyncio.Queue[Change] = asyncio.Queue()

        def remember(change: Change) -> None:
            if backlog.qsize() >= _BACKLOG:
                backlog.get_nowait()
            backlog.put_nowait(change)

        with self.listening(remember):
            while True:
                yield await backlog.get()
