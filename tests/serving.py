"""A real server on a free port, for what only sockets show."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from app.rest.protocol import BoundedHttpProtocol

_LOOK_EVERY_S = 0.002
_LAST_WORDS_S = 1.0


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serves `app` on loopback while the block runs; gives its address, as in `http://127.0.0.1:40000`.

    By the protocol that we serve with, without uvicorn's server: that looks only ten times a second whether
    it is to stop and whether anything still runs, which hundreds of tests would wait for.
    """
    config = uvicorn.Config(app, http=BoundedHttpProtocol, log_config=None, lifespan="off")
    config.load()
    state = ServerState()

    def protocol() -> asyncio.Protocol:
        made: asyncio.Protocol = config.http_protocol_class(config=config, server_state=state, app_state={})  # type: ignore[call-arg]
        return made

    listener = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        await _stop(state)


async def _stop(state: ServerState) -> None:
    """Lets what runs finish, for a while, and then cancels it."""
    for connection in list(state.connections):
        connection.shutdown()
    try:
        async with asyncio.timeout(_LAST_WORDS_S):
            while state.connections or state.tasks:  # noqa: ASYNC110 # uvicorn has sets, and no event
                await asyncio.sleep(_LOOK_EVERY_S)
    except TimeoutError:
        for task in state.tasks:
            task.cancel()
