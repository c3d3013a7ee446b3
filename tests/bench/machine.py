"""What a run was measured with: versions and hardware, and neither the machine's name nor its paths."""

import asyncio
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import asyncpg

from tests.bench.plan import Run
from tests.bench.rivals import RIVALS
from tests.bench.servers import ROOT, find

_PACKAGES = ("fastapi", "uvicorn", "uvloop", "httptools", "httpx", "msgspec", "asyncpg", "tortoise-orm")


def described(run: Run) -> str:
    """A list in Markdown."""
    return "".join(f"- {item}\n" for item in _items(run))


def _items(run: Run) -> Iterator[str]:
    yield f"{datetime.now(UTC):%Y-%m-%d}, Perpetuo {version('perpetuo')}, commit {_commit()}"
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    yield f"{os.cpu_count()} cores of {_processor()}, {memory_gb:.0f} GB of memory"
    yield f"{_system()}, {platform.system()} {_kernel()}"
    yield ", ".join(
        (f"{_python()} {platform.python_version()}", *(f"{name} {version(name)}" for name in _PACKAGES))
    )
    postgres = asyncio.run(_postgres_version(run.postgres))
    yield f"PostgreSQL {postgres}, {_said('nginx', '-v')}, wrk {_said('wrk', '-v')}"
    rivals = [rival for rival in RIVALS if rival.name in run.rivals]
    if rivals:
        node = _said(str(Path(sys.executable).with_name("node")), "--version")
        yield ", ".join((*(f"{rival.name} {rival.version}" for rival in rivals), f"Node {node}"))
    left_out = [rival.name for rival in RIVALS if rival not in rivals]
    if left_out:
        yield f"not asked for: {', '.join(left_out)}"


def _python() -> str:
    # Interpreters are built in different ways, and who built it tells.
    return "the system's Python" if sys.base_prefix == "/usr" else "a Python that is not the system's"


def _commit() -> str:
    commit = _output("git", "rev-parse", "--short", "HEAD").strip()
    has_changes = _output("git", "status", "--porcelain", "--untracked-files=no", "app").strip()
    return f"{commit}, with changes" if has_changes else commit


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), flags=re.MULTILINE)
    return found[1] if found else platform.machine()


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "an unknown system")


def _kernel() -> str:
    # What follows the numbers is the name of whoever built it.
    return re.split(r"[^\d.]", platform.release())[0]


async def _postgres_version(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        said: str = await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    return said


def _said(program: str, option: str) -> str:
    """The first line of what it says of its version, wherever and with whatever exit code it says so."""
    found = re.search(r"\S*\d+\.\d+\S*", _output(find(program), option))
    return found[0] if found else "of an unknown version"


def _output(*command: str) -> str:
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr
