"""Several workers behind one port, each a process of its own; one that dies is replaced."""

import asyncio
import logging
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from app.cli.server import address_of, listen
from app.database import migrate
from app.errors import PerpetuoError, StartRefused
from app.installation import with_secrets
from app.settings import Settings

logger = logging.getLogger(__name__)

# What a worker says by its lifeline. It stands here because a module that runs must not be imported before.
READY = b"r"

_REPLACE_AFTER_S = 1.0
# A signal may come before the worker has begun to listen for it.
_GOOD_CODES = {0, -signal.SIGTERM, -signal.SIGINT}


async def serve_many(settings: Settings, count: int, on_ready: Callable[[str], Awaitable[None]]) -> None:
    """Serves with `count` workers until a signal ends it; `on_ready` gets the address once all answer.

    Raises StartRefused, and PerpetuoError where a worker fails.
    """
    if settings.is_sqlite:
        raise StartRefused("SQLite serves exactly one worker; for several set DATABASE_URL to a PostgreSQL.")
    # Once for all, so that what is wrong is said once, and so are the secrets that are made.
    settings = with_secrets(settings)
    await migrate(settings)
    listeners = listen(settings)

    async def tell() -> None:
        await on_ready(address_of(settings, listeners))

    await _Workers(count, listeners, tell).run()


@dataclass(slots=True)
class _Workers:
    count: int
    listeners: Sequence[socket.socket]
    on_ready: Callable[[], Awaitable[None]]
    running: set[Process] = field(default_factory=set)
    ready: int = 0
    is_stopping: bool = False
    # Why all of them end: what went wrong first.
    failure: PerpetuoError | None = None

    async def run(self) -> None:
        """Keeps the workers running until a signal ends them. Raises PerpetuoError."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, number)
        places = [self.fill_place() for _ in range(self.count)]
        for outcome in await asyncio.gather(*places, return_exceptions=True):
            if outcome is not None:
                raise outcome
        if self.failure is not None:
            raise self.failure

    def stop(self, number: signal.Signals) -> None:
        """Passes a signal on; a second one ends a worker's wait for what still runs."""
        self.is_stopping = True
        for process in self.running:
            process.send_signal(number)

    async def fill_place(self) -> None:
        """Runs one worker, and its successors. Where the first cannot start all end."""
        while not self.is_stopping:
            code = await self.run_one()
            if self.is_stopping:
                if code not in _GOOD_CODES:
                    self.fail(f"A worker ended with code {code} instead of finishing.")
            elif self.ready < self.count:
                self.stop(signal.SIGTERM)
                self.fail("A worker could not start; it says why above.")
            else:
                logger.error("a worker ended with code %s; another one starts", code)
                await asyncio.sleep(_REPLACE_AFTER_S)

    def fail(self, message: str) -> None:
        """Notes why all of them end; what fails after that follows from it."""
        if self.failure is None:
            self.failure = PerpetuoError(message)

    async def run_one(self) -> int:
        """The exit code of one worker."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = await self.start(theirs)
            self.running.add(process)
            if self.is_stopping:
                process.terminate()
            try:
                await self.hear(ours)
                return await process.wait()
            finally:
                self.running.discard(process)

    async def start(self, lifeline: socket.socket) -> Process:
        """A worker that has the listeners, and hears by `lifeline` when this process is gone."""
        numbers = [lifeline.fileno(), *(listener.fileno() for listener in self.listeners)]
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.cli.worker", *map(str, numbers)),
            pass_fds=numbers,
            # Ctrl-C in a terminal reaches a whole group; a worker gets it from here, and once.
            start_new_session=True,
        )

    async def hear(self, lifeline: socket.socket) -> None:
        """Waits until the worker is ready, or has ended."""
        lifeline.setblocking(False)
        word = await asyncio.get_running_loop().sock_recv(lifeline, 1)
        if word == READY and self.ready < self.count:
            self.ready += 1
            if self.ready == self.count:
                await self.on_ready()
