"""The connections to one origin: as many as allowed, and the ones that are free for the next request."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import httpx

from app.upstream.connection import Connection

# Opens a connection within the seconds given; the two callbacks are the connection's.
Open = Callable[
    [Callable[[Connection], None], Callable[[Connection], None], float | None], Awaitable[Connection]
]


class Pool:
    """Lends connections to one origin. The one that was used last is lent first, so that others can rest."""

    def __init__(self, open_: Open, most: int) -> None:
        self._open = open_
        self._most = most
        # Open ones, and those that are being opened.
        self._count = 0
        # By the time they were last used.
        self._free: dict[Connection, None] = {}
        self._all: set[Connection] = set()
        # Each gets a connection, or None with the place to open one.
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()

    def take(self) -> Connection | None:
        """A connection that is free now, as `borrow` would lend it; None where there is none."""
        while self._free:
            connection, _ = self._free.popitem()
            if connection.is_open:
                return connection
        return None

    async def borrow(
        self, *, wait_s: float | None, connect_s: float | None, is_fresh: bool = False
    ) -> tuple[Connection, bool]:
        """A connection, and whether it is new. It comes back by itself when its answer is whole.

        `is_fresh` asks for a new one. Raises httpx.PoolTimeout, ConnectTimeout and ConnectError.
        """
        if not is_fresh and (connection := self.take()) is not None:
            return connection, False
        while self._count >= self._most:
            lent = await self._wait(wait_s, is_fresh=is_fresh)
            if lent is None:
                return await self._open_one(connect_s), True
            # It may have broken since.
            if lent.is_open:
                return lent, False
        self._count += 1
        return await self._open_one(connect_s), True

    @property
    def is_unused(self) -> bool:
        """Whether there is no connection, and nobody waits for one."""
        return not self._count

    def close_free(self, before: float) -> None:
        """Closes the connections that have been free since before this moment."""
        for connection in tuple(self._free):
            if connection.free_since >= before:
                break
            self._discard(connection)

    def close(self) -> None:
        """Closes all connections, whatever is under way."""
        for connection in tuple(self._all):
            connection.abort()

    async def _open_one(self, connect_s: float | None) -> Connection:
        """A new connection, in a place that is counted already."""
        try:
            connection = await self._open(self._take_back, self._forget, connect_s)
        except BaseException:
            self._leave_place()
            raise
        if not connection.is_open:
            self._leave_place()
            raise httpx.ConnectError("the server closed the connection at once")
        self._all.add(connection)
        return connection

    def _discard(self, connection: Connection) -> None:
        del self._free[connection]
        connection.abort()

    async def _wait(self, wait_s: float | None, *, is_fresh: bool) -> Connection | None:
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if is_fresh and self._free:
            # Its place is what is wanted.
            self._discard(next(iter(self._free)))
        try:
            async with asyncio.timeout(wait_s):
                return await turn
        except BaseException as error:
            self._pass_on(turn)
            if isinstance(error, TimeoutError):
                raise httpx.PoolTimeout("all connections are in use") from None
            raise

    def _pass_on(self, turn: "asyncio.Future[Connection | None]") -> None:
        """Who waited goes away, perhaps in the very moment that it was its turn."""
        if not turn.done() or turn.cancelled():
            turn.cancel()
        elif (lent := turn.result()) is None:
            self._leave_place()
        elif lent.is_open:
            self._take_back(lent)

    def _take_back(self, connection: Connection) -> None:
        turn = self._next()
        if turn is not None:
            turn.set_result(connection)
        else:
            connection.free_since = connection.loop.time()
            self._free[connection] = None

    def _forget(self, connection: Connection) -> None:
        # Of one that was lost while it was opened, the opener takes care.
        if connection in self._all:
            self._all.remove(connection)
            self._free.pop(connection, None)
            self._leave_place()

    def _leave_place(self) -> None:
        turn = self._next()
        if turn is not None:
            turn.set_result(None)
        else:
            self._count -= 1

    def _next(self) -> "asyncio.Future[Connection | None] | None":
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                return turn
        return None
