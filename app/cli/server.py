"""The application under uvicorn, from the first line printed to the last record flushed."""

import asyncio
import errno
import logging
import math
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack
from types import FrameType

import uvicorn
import uvloop

from app.cli.process import allow_many_connections, allow_many_look_ups, spare_collections
from app.errors import StartRefused
from app.main import Perpetuo, create_app
from app.rest.protocol import BoundedHttpProtocol
from app.settings import Settings
from graphql_schema.router import LARGEST_REQUEST

_READY_EVERY_S = 0.02
# Longer than balancers keep an idle connection, 60 s most of them: whoever closes first must be the one who
# knows whether a request is coming.
_KEEP_ALIVE_S = 75
# Their debug messages hold headers, frames and the values of statements: cookies, passwords and hashes.
_TALKATIVE = ("uvicorn", "websockets", "aiosqlite", "tortoise", "asyncpg")
# What is given up gets so long to say so.
_LAST_WORDS_S = 3.0


class Server(uvicorn.Server):
    """uvicorn, but SIGTERM is first told to the balancer and only then closes the door.

    Until DRAIN_DELAY_S is over everything is still accepted while `/health` answers 503. A second signal ends
    the wait.
    """

    def __init__(self, app: Perpetuo, settings: Settings) -> None:
        super().__init__(_config(app, settings))
        self._app = app
        self._drain_delay_s = settings.drain_delay_s

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Notes the signal, without uvicorn's own handler, which would raise it again after a clean end."""
        is_repeated = self._app.drain.is_draining
        self._app.drain.is_draining = True
        delay_s = 0.0 if is_repeated or sig == signal.SIGINT else self._drain_delay_s
        if self.should_exit:
            self.force_exit = True
        elif delay_s:
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(loop.call_later, delay_s, self.close_door)
        else:
            self.close_door()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits as uvicorn does; what is given up then still has its last word, and its row."""
        await super().shutdown(sockets)
        given_up = list(self.server_state.tasks)
        for task in given_up:
            if not task.cancelling():
                task.cancel()
        if given_up:
            await asyncio.wait(given_up, timeout=_LAST_WORDS_S)

    def close_door(self) -> None:
        """Ends `serve` as soon as what runs has finished."""
        self.should_exit = True


def run(settings: Settings, work: Coroutine[object, object, None]) -> None:
    """Does `work` in an event loop of its own, with logging as LOG_LEVEL says.

    A SIGTERM that comes before anybody else listens for it, which is while all is made ready, ends `work`
    tidily: what was opened until then is closed.
    """
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    # They name every upstream URL and every request; the ledger has what matters.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
    allow_many_connections()
    allow_many_look_ups()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told_to_end(work))


async def _until_told_to_end(work: Coroutine[object, object, None]) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    is_told = False

    def end(_: int, __: FrameType | None) -> None:
        nonlocal is_told
        is_told = True
        loop.call_soon_threadsafe(task.cancel)

    # Not the loop's own way: that would go on hearing signals after uvicorn has taken over.
    signal.signal(signal.SIGTERM, end)
    try:
        await task
    except asyncio.CancelledError:
        if not is_told:
            raise


async def serve(settings: Settings, on_ready: Callable[[str], Awaitable[None]]) -> None:
    """Serves until a signal ends it; `on_ready` gets the address, without trailing slash, once it answers.

    Where `on_ready` fails, so does this. Raises StartRefused.
    """
    app = create_app(settings)
    async with app.running():
        await serve_on(app, settings, listen(settings), on_ready)


async def serve_on(
    app: Perpetuo,
    settings: Settings,
    listeners: Sequence[socket.socket],
    on_ready: Callable[[str], Awaitable[None]],
) -> None:
    """Serves a running `app` as `serve` does, from these listeners."""
    server = Server(app, settings)
    spare_collections()
    greeting = asyncio.create_task(_greet(server, on_ready, address_of(settings, listeners)))
    await server.serve(list(listeners))
    greeting.cancel()
    await asyncio.wait({greeting})
    # Once a signal has closed the door the greeting cannot but fail.
    if not app.drain.is_draining:
        greeting.result()


def address_of(settings: Settings, listeners: Sequence[socket.socket]) -> str:
    """Where users find what serves from these listeners, without trailing slash."""
    return settings.public_url.rstrip("/") or f"http://localhost:{listeners[0].getsockname()[1]}"


async def welcome(address: str) -> None:
    """Prints where to go next."""
    print(
        f"\nPerpetuo listens on {address}\n"
        f"  first steps   {address}/\n"
        f"  the route     POST {address}/v1/chat/completions\n"
        f"  management    {address}/graphql\n"
        f"  health        {address}/health\n",
        flush=True,
    )


def listen(settings: Settings) -> list[socket.socket]:
    """Sockets that listen on PORT, one for each address that HOST stands for. Raises StartRefused."""
    with ExitStack() as opened:
        try:
            found = socket.getaddrinfo(
                settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            listeners = [
                opened.enter_context(socket.create_server(address, family=family))
                for family, _, _, _, address in dict.fromkeys(found)
            ]
        except OSError as error:
            reason = (error.strerror or str(error)).partition(" (")[0]
            is_taken = error.errno == errno.EADDRINUSE
            advice = (
                "Set PORT to a free one, or stop whoever has this one." if is_taken else "Mend HOST or PORT."
            )
            raise StartRefused(
                f"Nothing can listen on port {settings.port} of {settings.host}: {reason}. {advice}"
            ) from error
        opened.pop_all()
    return listeners


async def _greet(server: Server, on_ready: Callable[[str], Awaitable[None]], address: str) -> None:
    while not server.started:  # noqa: ASYNC110 # uvicorn offers no event
        await asyncio.sleep(_READY_EVERY_S)
    try:
        await on_ready(address)
    except BaseException:
        server.close_door()
        raise


def _config(app: Perpetuo, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=BoundedHttpProtocol,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_REQUEST,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=math.ceil(settings.drain_timeout_s) or None,
    )
