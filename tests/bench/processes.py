"""Processes on a core of their own, and what the system says that they have used."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

_MEGABYTE = 1_000_000
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_START_S = 60
_STOP_S = 10
# What is over when nothing is asked any more, such as moving the journal into the database, counts too.
_QUIET_S, _QUIET_BUSY_S, _SETTLE_S = 0.4, 0.02, 20


@contextmanager
def pinned(*cores: int) -> Iterator[None]:
    """This process, and whatever is started inside, run on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@asynccontextmanager
async def started(
    command: Sequence[str | Path], *, core: int, port: int, folder: Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """A process on this core that listens at this port of loopback; it is gone at the end.

    What it prints goes to `output` in `folder`, where it runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with pinned(core), (folder / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=env and dict(env),
            cwd=folder,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        await _listens(process, port, folder / "output")
        yield process
    finally:
        await stop(process)


async def stop(process: Process) -> None:
    """Ends it and all it has started, politely first."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
    # One that is a wrapper around another, as Node from PyPI is, may leave that one behind.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def settled(pid: int) -> None:
    """Waits until the process and its children have nothing left to do, or seem never to come to rest."""
    until = time.monotonic() + _SETTLE_S
    before, now = -1.0, busy_s(pid)
    while now - before > _QUIET_BUSY_S and time.monotonic() < until:
        await asyncio.sleep(_QUIET_S)
        before, now = now, busy_s(pid)


def busy_s(pid: int) -> float:
    """The processor time that a process, and all it has started and still runs, have used so far."""
    return sum(time.clock_gettime(_clock(process)) for process in _family(pid))


def resident_mb(pid: int) -> float:
    """The memory of a process and of all it has started, in millions of bytes, shared files included."""
    pages = (int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in _family(pid))
    return sum(pages) * _PAGE_BYTES / _MEGABYTE


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _clock(pid: int) -> int:
    """The clock of a process's own processor time: clock_getcpuclockid(3). Not in ticks."""
    return ~pid << 3 | 2


async def _listens(process: Process, port: int, output: Path) -> None:
    async with asyncio.timeout(_START_S):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
    raise RuntimeError(f"it ended with code {process.returncode}: {output.read_text()[-2000:]}")
