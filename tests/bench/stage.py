"""The servers that the rows of the hot path share, up and running."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

from tests.bench.certificates import make_authority
from tests.bench.load import Question, Target
from tests.bench.plan import Run
from tests.bench.rounds import Asked
from tests.bench.servers import Mock, mock, new_database, nginx, open_account, perpetuo, settings_for
from tests.cli.command import Running


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands there when a row begins: both mock upstreams, nginx in front of them, and one Perpetuo."""

    run: Run
    mock: Mock
    tls_mock: Mock
    nginx: Target
    ours: Target

    def ask_ours(self, question: Question) -> Asked:
        """Perpetuo asked."""
        return Asked(self.ours, question, self.mock)

    def ask_nginx(self, question: Question, prefix: str = "") -> Asked:
        """nginx asked; `prefix` chooses between its ways to the upstream."""
        upstream = self.tls_mock if prefix == "/tls" else self.mock
        return Asked(replace(self.nginx, prefix=prefix), question, upstream)


@asynccontextmanager
async def staged(run: Run) -> AsyncIterator[Stage]:
    """Everything started, and stopped at the end."""
    async with AsyncExitStack() as stack:
        authority = make_authority(run.folder / "tls")
        plain = await stack.enter_async_context(mock(run.cores, run.folder / "mock"))
        tls = await stack.enter_async_context(mock(run.cores, run.folder / "tls-mock", authority=authority))
        front = await stack.enter_async_context(nginx(run.cores, run.folder / "nginx", plain, tls))
        served = await stack.enter_async_context(another(run))
        yield Stage(run, plain, tls, front, await open_account(served, plain))


@asynccontextmanager
async def another(
    run: Run, *, workers: int = 1, more: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """A Perpetuo with a database and a folder of its own."""
    settings = settings_for(await new_database(run.postgres), run.folder / f"perpetuo-{uuid4().hex}")
    async with perpetuo(run.cores, settings, workers=workers, more=more) as served:
        yield served
