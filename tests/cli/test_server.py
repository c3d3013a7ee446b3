"""What the server bounds by itself, before the application sees anything."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from app.cli.server import Server
from app.main import create_app
from app.settings import Settings

PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The host and port of a server in this process; it ends with the block."""
    app = create_app(settings)
    async with app.running():
        server = Server(app, settings)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            yield f"127.0.0.1:{listener.getsockname()[1]}"
            server.close_door()
            await serving


async def test_a_message_of_a_socket_may_be_as_long_as_a_request_and_no_longer(
    sqlite_settings: Settings,
) -> None:
    async with (
        served(sqlite_settings) as address,
        open_socket(f"ws://{address}/graphql", subprotocols=[PROTOCOL], proxy=None) as opened,
    ):
        await opened.send('{"type": "connection_init"}'.ljust(1_000_000))
        acknowledged = await opened.recv()

        await opened.send('{"type": "ping"}'.ljust(1_000_001))
        with pytest.raises(ConnectionClosedError) as caught:
            await opened.recv()

    assert json.loads(acknowledged) == {"type": "connection_ack"}
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009
