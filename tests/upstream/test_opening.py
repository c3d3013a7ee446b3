"""How our own transport opens connections: names with several addresses, TLS, and what breaks on the way."""

import asyncio
import gc
import os
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aiohappyeyeballs import AddrInfoType

from app.errors import ConnectionFailed, UpstreamTimeout
from app.upstream import Upstream, network
from app.upstream.transport import DirectTransport
from tests.conftest import make_settings
from tests.upstream.fetching import certified
from tests.upstream.servers import HEADERS, Exchange, serve, until


def transport_of(upstream: Upstream) -> DirectTransport:
    transport = upstream._client._transport
    assert isinstance(transport, DirectTransport)
    return transport


def places(upstream: Upstream) -> list[int]:
    """The connections to each origin that are counted, open or on their way."""
    return [pool._count for pool in transport_of(upstream)._pools.values()]


def handles() -> int:
    """The files and sockets that this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 # it counts, nothing more


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS, for 127.0.0.1, which clients that are made afterwards trust."""
    context = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    return context


@pytest.fixture
async def direct(tls: ssl.SSLContext, tmp_path: Path) -> AsyncIterator[Upstream]:
    """Our own transport, which trusts the server."""
    upstream = Upstream(make_settings(tmp_path))
    yield upstream
    await upstream.close()


def resolve_at_once(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Patches the resolver: a real one answers from a thread when it likes, and knows no dead addresses."""

    async def look_up(_: str, port: int) -> list[AddrInfoType]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(network, "look_up", look_up)


@contextmanager
def deaf(address: str, port: int = 0) -> Iterator[int]:
    """The port of a listener that takes nobody: once its backlog is full, a SYN stays unanswered."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(0)
        chosen: int = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex((address, chosen))
        yield chosen
        for filler in fillers:
            filler.close()


@asynccontextmanager
async def mute() -> AsyncIterator[tuple[int, list[asyncio.StreamReader]]]:
    """The port of a server that takes connections and says nothing, and what it has taken."""
    taken: list[asyncio.StreamReader] = []
    writers: list[asyncio.StreamWriter] = []

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(reader)
        writers.append(writer)

    listener = await asyncio.start_server(take, "127.0.0.1", 0)
    yield listener.sockets[0].getsockname()[1], taken
    listener.close()
    for writer in writers:
        writer.close()


async def echo(exchange: Exchange) -> None:
    await exchange.answer(exchange.body)


async def get(upstream: Upstream, url: str) -> int:
    answer = await upstream.send("GET", url, HEADERS, b"")
    await answer.read(100)
    await answer.close()
    return answer.status


async def test_a_trusted_server_is_asked_with_one_handshake(direct: Upstream, tls: ssl.SSLContext) -> None:
    async with serve(echo, tls) as server:
        statuses = [await get(direct, f"https://127.0.0.1:{server.port}/") for _ in range(5)]

    assert (statuses, server.connections) == ([200] * 5, 1)


async def test_an_unknown_authority_is_not_trusted(tmp_path: Path) -> None:
    upstream = Upstream(make_settings(tmp_path))

    async with serve(echo, certified(tmp_path)) as server:
        with pytest.raises(ConnectionFailed) as failure:
            await get(upstream, f"https://127.0.0.1:{server.port}/")
        counted = places(upstream)
        await upstream.close()

    reason = "its certificate is not trusted (self-signed certificate)"
    assert failure.value.message == f"no connection to the provider: {reason}"
    assert (server.requests, counted) == ([], [0])


async def test_a_certificate_for_another_name_is_refused(direct: Upstream, tls: ssl.SSLContext) -> None:
    async with serve(echo, tls) as server:
        with pytest.raises(ConnectionFailed) as failure:
            await get(direct, f"https://localhost:{server.port}/")

    assert failure.value.message == "no connection to the provider: its certificate is for another host"
    assert server.requests == []


async def test_a_dead_address_costs_little_where_another_answers(
    direct: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_at_once(monkeypatch, "127.0.0.2", "127.0.0.1")

    async with serve(echo) as server:
        with deaf("127.0.0.2", server.port):
            # The time limit for connecting is 5 seconds.
            status = await asyncio.wait_for(get(direct, f"http://two.invalid:{server.port}/"), 2)

    assert status == 200


async def test_a_handshake_that_takes_too_long_leaves_nothing_behind(
    tls: ssl.SSLContext, tmp_path: Path
) -> None:
    upstream = Upstream(make_settings(tmp_path).model_copy(update={"connect_timeout_s": 0.1}))

    async with mute() as (port, taken):
        with pytest.raises(UpstreamTimeout):
            await get(upstream, f"https://127.0.0.1:{port}/")
        await taken[0].read()
        counted = places(upstream)
        await upstream.close()

    assert (taken[0].at_eof(), counted) == (True, [0])


async def test_a_server_that_hangs_up_at_once_is_asked_again_later(
    direct: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        for scheme in ("http", "https") * 5:
            with pytest.raises(ConnectionFailed):
                await get(direct, f"{scheme}://127.0.0.1:{port}/")
        await until(lambda: places(direct) == [0, 0])


async def test_cancelling_while_nobody_takes_the_connection_leaves_nothing_behind(direct: Upstream) -> None:
    with deaf("127.0.0.1") as port:
        before = handles()
        asking = asyncio.create_task(get(direct, f"http://127.0.0.1:{port}/"))
        await until(lambda: handles() > before)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        await until(lambda: handles() == before)

    assert places(direct) == [0]


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("127.0.0.2", "127.0.0.1")], ids=["one", "two"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_cancelling_at_any_moment_leaves_nothing_behind(
    direct: Upstream,
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    addresses: tuple[str, ...],
) -> None:
    resolve_at_once(monkeypatch, *addresses)
    finished = 0

    async with serve(echo, tls if scheme == "https" else None) as server:
        url = f"{scheme}://127.0.0.1:{server.port}/"
        before = handles()
        await get(direct, url)
        transport_of(direct)._pools.popitem()[1].close()
        await until(lambda: handles() == before)
        turns = 0
        # How many turns of the event loop a request takes is up to the machine.
        while finished < 3 and turns < 1000:
            asking = asyncio.create_task(get(direct, url))
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            (outcome,) = await asyncio.gather(asking, return_exceptions=True)
            finished += outcome == 200
            turns += 1
            for pool in transport_of(direct)._pools.values():
                pool.close()
            await until(lambda: places(direct) == [0] or not places(direct))
            await until(lambda: handles() == before)

    # A socket that is forgotten without having been closed warns, which is an error.
    gc.collect()
    assert finished == 3
    assert turns > 10
