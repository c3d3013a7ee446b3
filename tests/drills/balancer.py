"""HAProxy, as users put it in front of several gateways: it follows `/health`."""

import asyncio
import os
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.front_door import until
from tests.management.making import free_port

_HOW = (
    "This drill needs HAProxy and found none on the PATH: install it with\n  apt-get install haproxy (Debian)"
)
# Where Debian puts it, and where the PATH of a user other than root does not lead.
_MORE_PATH = "/usr/sbin"

_CONFIGURATION = """
global
    stats socket {folder}/admin level admin
defaults
    mode http
    timeout connect 2s
    timeout client 2m
    timeout server 2m
frontend entry
    bind 127.0.0.1:{port}
    default_backend gateways
backend gateways
    option httpchk GET /health
    http-check expect status 200
    default-server check inter 200ms fall 2 rise 1
"""


@dataclass(frozen=True, slots=True)
class Balancer:
    """A running HAProxy; the gateways behind it are called `gateway-1`, `gateway-2`…"""

    url: str
    folder: Path

    async def has(self, *up: int) -> None:
        """Waits until these gateways, and no others, get requests."""

        async def agrees() -> bool:
            return await self._up() == set(up)

        await until(agrees, timeout_s=20)

    async def _up(self) -> set[int]:
        reader, writer = await asyncio.open_unix_connection(self.folder / "admin")
        writer.write(b"show stat\n")
        said = (await reader.read()).decode()
        writer.close()
        rows = [line.split(",") for line in said.splitlines() if line.startswith("gateways,gateway-")]
        return {int(row[1].removeprefix("gateway-")) for row in rows if row[17].startswith("UP")}


def find_haproxy() -> str:
    """The path of HAProxy. Fails the test where there is none, and says how to get it."""
    found = shutil.which("haproxy", path=os.pathsep.join((os.environ["PATH"], _MORE_PATH)))
    if found is None:
        pytest.fail(_HOW, pytrace=False)
    return found


@asynccontextmanager
async def balancing(ports: Sequence[int], folder: Path) -> AsyncIterator[Balancer]:
    """A balancer in front of the gateways at these ports of loopback."""
    program, port = find_haproxy(), free_port()
    servers = [f"    server gateway-{number} 127.0.0.1:{at}" for number, at in enumerate(ports, start=1)]
    configuration = _CONFIGURATION.format(folder=folder, port=port) + "\n".join(servers) + "\n"
    file = folder / "haproxy.cfg"
    file.write_text(configuration)
    process = await asyncio.create_subprocess_exec(program, "-db", "-f", file, stdout=PIPE, stderr=PIPE)
    try:

        async def listens() -> bool:
            assert process.returncode is None, (await process.communicate())[1].decode()
            return (folder / "admin").exists()

        await until(listens)
        yield Balancer(f"http://127.0.0.1:{port}", folder)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
