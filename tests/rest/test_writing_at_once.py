"""What is written to a client outside of any task is in its place, also where the client is slow."""

import asyncio
from contextlib import suppress

from starlette.types import Message

from app.rest.client import Client


class SlowServer:
    """Takes what is sent while it is open, and lets whoever sends more wait, first come, first served."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.sent: list[bytes] = []
        self.heads = 0

    async def send(self, message: Message) -> None:
        """As a server does."""
        if not self.open.is_set():
            await self.open.wait()
        if message["type"] == "http.response.start":
            assert not self.sent
            self.heads += 1
        else:
            assert self.heads
            self.sent.append(message["body"])


async def a_client(server: SlowServer) -> Client:
    """A client whose stream has begun."""
    client = Client(server.send, list)
    await client.write(b"head")
    return client


async def test_it_is_sent_at_once_while_the_client_reads() -> None:
    server = SlowServer()
    client = await a_client(server)

    assert client.write_at_once(b"1")
    assert client.write_at_once(b"2")

    assert server.sent == [b"head", b"1", b"2"]


async def test_one_waits_for_a_slow_client_and_no_more() -> None:
    server = SlowServer()
    client = await a_client(server)
    server.open.clear()

    assert client.write_at_once(b"1")
    assert not client.write_at_once(b"never")
    waiting = asyncio.create_task(client.write(b"2"))
    await asyncio.sleep(0)
    assert server.sent == [b"head"]
    server.open.set()
    # The server takes more, but what waits comes first.
    assert not client.write_at_once(b"never")
    await waiting

    assert client.write_at_once(b"3")
    assert server.sent == [b"head", b"1", b"2", b"3"]


async def test_who_gives_up_waiting_does_not_take_it_along() -> None:
    server = SlowServer()
    client = await a_client(server)
    server.open.clear()
    assert client.write_at_once(b"1")
    waiting = asyncio.create_task(client.write(b": keep-alive"))
    await asyncio.sleep(0)

    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    server.open.set()
    await client.finish(b"end")

    assert server.sent == [b"head", b"1", b"end"]


async def test_who_gives_up_waiting_does_not_take_the_head_along() -> None:
    server = SlowServer()
    server.open.clear()
    client = Client(server.send, list)
    waiting = asyncio.create_task(client.write(b": keep-alive"))
    await asyncio.sleep(0)

    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    ending = asyncio.create_task(client.finish(b"end"))
    await asyncio.sleep(0)
    server.open.set()
    await ending

    assert (server.heads, server.sent) == (1, [b"end"])
