"""Other gateways, installed into a folder that goes with the run, one process each, with little logging.

Neither has accounts, keys or a stored log here.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Bar
from tests.bench.load import Target
from tests.bench.plan import Run
from tests.bench.processes import started
from tests.bench.servers import Mock
from tests.management.making import free_port

_PORTKEY, _LITELLM = "1.15.2", "1.100.5"
# Newer ones break its streams.
_OVERRIDES = {"hono": "4.9.7", "@hono/node-server": "1.13.8"}
_BIN = Path(sys.executable).parent
_INSTALL_S = 600


@dataclass(frozen=True, slots=True)
class Rival:
    """Another gateway: `running` installs and starts it, `bar` says how much dearer it should be."""

    name: str
    version: str
    bar: Bar
    running: Callable[[Run, Mock], AbstractAsyncContextManager[Target]]


@asynccontextmanager
async def _portkey(run: Run, upstream: Mock) -> AsyncIterator[Target]:
    folder = run.folder / "portkey"
    folder.mkdir()
    package = {"private": True, "dependencies": {"@portkey-ai/gateway": _PORTKEY}, "overrides": _OVERRIDES}
    (folder / "package.json").write_text(json.dumps(package))
    env = {**os.environ, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}
    quiet = "--silent", "--no-audit", "--no-fund", "--ignore-scripts"
    await _install(["npm", "install", *quiet], folder, env)
    port = free_port()
    program = folder / "node_modules/@portkey-ai/gateway/build/start-server.js"
    command: list[str | Path] = [_BIN / "node", program, f"--port={port}", "--headless"]
    chosen = {"PATH": env["PATH"], "HOME": str(folder), "NODE_ENV": "production"}
    async with started(command, core=run.cores.measured, port=port, folder=folder, env=chosen) as process:
        yield Target(
            "Portkey",
            process.pid,
            port,
            headers=("x-portkey-provider", "openai", "x-portkey-custom-host", f"{upstream.base_url}/v1"),
        )


@asynccontextmanager
async def _litellm(run: Run, upstream: Mock) -> AsyncIterator[Target]:
    folder = run.folder / "litellm"
    venv = folder / "venv"
    folder.mkdir()
    await _install([sys.executable, "-m", "venv", venv], folder, os.environ)
    await _install([venv / "bin/pip", "install", "-qq", f"litellm[proxy]=={_LITELLM}"], folder, os.environ)
    model = {"model": "openai/bench", "api_base": f"{upstream.base_url}/v1", "api_key": "sk-bench"}
    # JSON is YAML too.
    config = {"model_list": [{"model_name": "bench", "litellm_params": model}]}
    (folder / "config.yaml").write_text(json.dumps(config))
    port = free_port()
    where = "--host", "127.0.0.1", "--port", str(port)
    command: list[str | Path] = [
        venv / "bin/litellm",
        "--config",
        folder / "config.yaml",
        *where,
        "--num_workers",
        "1",
    ]
    chosen = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        # Else it asks the internet for prices.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    async with started(command, core=run.cores.measured, port=port, folder=folder, env=chosen) as process:
        yield Target("LiteLLM", process.pid, port)


async def _install(command: Sequence[str | Path], folder: Path, env: Mapping[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=dict(env), stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _INSTALL_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {said.decode()[-2000:]}")


RIVALS = (
    Rival("Portkey", _PORTKEY, Bar(10, 14, is_least=True), _portkey),
    Rival("LiteLLM", _LITELLM, Bar(80, 120, is_least=True), _litellm),
)
