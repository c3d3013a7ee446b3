"""Several gateways on one PostgreSQL, each with a port and a folder of its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from app.settings import Settings
from tests.cli.command import Running, running
from tests.conftest import environment
from tests.management.making import free_port


@asynccontextmanager
async def replica(
    settings: Settings, folder: Path, *, port: int = 0, more: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """A gateway whose data and log lines are in `folder`; `more` are variables of its environment."""
    folder.mkdir(exist_ok=True)
    own = {"DATA_DIR": str(folder), "PORT": str(port or free_port())}
    async with running("serve", env=environment(settings) | own | dict(more or {}), cwd=folder) as server:
        yield server


@asynccontextmanager
async def replicas(
    count: int, settings: Settings, folder: Path, *, more: Mapping[str, str] | None = None
) -> AsyncIterator[list[Running]]:
    """So many of them, started together."""
    async with AsyncExitStack() as stack:
        yield await asyncio.gather(
            *(
                stack.enter_async_context(replica(settings, folder / f"replica-{number}", more=more))
                for number in range(1, count + 1)
            )
        )


def log_lines(folder: Path) -> list[str]:
    """What the gateways below `folder` complained of: their log lines above "info"."""
    lines = [line for file in sorted(folder.rglob("stderr")) for line in file.read_text().splitlines()]
    return [line for line in lines if " INFO " not in line]
