"""The `perpetuo` command as its users run it: a process of its own."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.front_door import Account

PROGRAM = Path(sys.executable).with_name("perpetuo")

_SIGN_UP = "mutation($input: SignupInput!) { signup(input: $input) { token apiKey workspace { id } } }"
_LISTENS = re.compile(r"listens on (http://\S+?)[,;]?(?:\s|$)")


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """Everything it said."""
        return self.stdout + self.stderr


@dataclass
class Running:
    """A command that listens at `url`; `said` is what it printed until then, and all of it once it ended."""

    process: Process
    url: str
    said: str
    http: httpx.AsyncClient = field(repr=False)

    @property
    def workers(self) -> set[int]:
        """The processes that it has started, by number."""
        pid = self.process.pid
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    async def sign_up(self) -> Account:
        """A new account."""
        values = {"email": "ada@example.com", "password": "correct horse", "name": "Ada"}
        answer = await self.http.post(
            f"{self.url}/graphql", json={"query": _SIGN_UP, "variables": {"input": values}}
        )
        payload = answer.json()["data"]["signup"]
        self.http.cookies.clear()
        return Account(self.url, payload["token"], payload["workspace"]["id"], payload["apiKey"], self.http)

    async def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """The exit code after a signal."""
        self.process.send_signal(sign)
        return await self.ended()

    async def ended(self) -> int:
        """The exit code, as soon as there is one."""
        assert self.process.stdout is not None
        self.said += (await self.process.stdout.read()).decode()
        return await self.process.wait()


async def run(*arguments: str, env: Mapping[str, str], cwd: Path, stdin: str = "") -> Outcome:
    """Runs `perpetuo` with these arguments to its end."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *arguments, env=env, cwd=cwd, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    stdout, stderr = await process.communicate(stdin.encode())
    return Outcome(process.returncode or 0, stdout.decode(), stderr.decode())


@asynccontextmanager
async def running(*arguments: str, env: Mapping[str, str], cwd: Path) -> AsyncIterator[Running]:
    """A `perpetuo` that has said where it listens; it is killed at the end if it still runs.

    Its errors go to the file `stderr` in `cwd`.
    """
    with (cwd / "stderr").open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, *arguments, env=env, cwd=cwd, stdin=DEVNULL, stdout=PIPE, stderr=errors
        )
    try:
        said = await _until_it_listens(process)
        found = _LISTENS.search(said)
        assert found, (cwd / "stderr").read_text()
        async with httpx.AsyncClient(timeout=30, verify=False) as http:
            yield Running(process, found[1], said, http)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _until_it_listens(process: Process) -> str:
    """What is printed up to the first pause or the end after the line that names the address."""
    assert process.stdout is not None
    said = ""
    while piece := await process.stdout.read(65_536):
        said += piece.decode()
        if _LISTENS.search(said):
            break
    return said
