"""How long log-ins and revocations take while the ledger drains a journal, beside how long they take else."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tortoise.connection import get_connection

from app.database import READ, connect, migrate
from app.settings import Settings
from tests.bench.asking import Browser, Times
from tests.bench.figures import Bar, Figure, Samples
from tests.cli.command import running
from tests.conftest import environment
from tests.front_door import Account

# Who signs up in `Running.sign_up`.
_EMAIL, _PASSWORD = "ada@example.com", "correct horse"
_CREATE = 'mutation($id: ID!) { createApiKey(workspaceId: $id, name: "bench") { apiKey { id } } }'
_REVOKE = "mutation($id: ID!) { revokeApiKey(id: $id) { id } }"
_COUNT = "SELECT COALESCE(SUM(requests), 0) AS requests FROM usage_counter"
_IDLE_ROUNDS = 30
# How much longer others may wait while a batch is written.
_BAR = Bar(50)
# Journals that nobody holds are looked for every 30 s.
_PATIENCE_S = 120


@dataclass
class _Waits:
    """The seconds that answers took, by what was asked."""

    taken: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def noted(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.taken.setdefault(what, []).append(time.perf_counter() - started)


async def asked_meanwhile(settings: Settings, journal: Path, name: str, rows: int) -> list[Figure]:
    """The time of 95 of 100 answers while a served gateway adopts the journal of so many rows."""
    await migrate(settings)
    idle, busy = _Waits(), _Waits()
    async with (
        running("serve", env=environment(settings), cwd=settings.data_dir) as served,
        connect(settings),
    ):
        account = await served.sign_up()
        browser = Browser(served.url, _EMAIL, _PASSWORD)
        for _ in range(_IDLE_ROUNDS):
            _ask(browser, account, idle)
        rows_a_second = await _drain(settings, journal, rows, lambda: _ask(browser, account, busy))
        await served.stop()
    return [
        Figure(f"{name}: drained while it is asked", Samples((rows_a_second,), "rows/s")),
        *(
            _figure(f"{name}: {what} while it drains", busy.taken[what], idle.taken[what])
            for what in busy.taken
        ),
    ]


async def _drain(settings: Settings, journal: Path, rows: int, ask: Callable[[], None]) -> float:
    """Rows a second from the first to the last, with questions all the while."""
    # Whole from the instant at which it is found.
    arriving = settings.data_dir / journal.name
    shutil.copytree(journal, arriving)
    arriving.rename(settings.data_dir / "journal" / journal.name)
    asked = time.perf_counter()
    while not (first := await _stored()):
        if time.perf_counter() - asked > _PATIENCE_S:
            raise TimeoutError("the gateway does not adopt the journal")
        await asyncio.sleep(0.02)
    started = time.perf_counter()
    while (stored := await _stored()) < rows:
        ask()
        if time.perf_counter() - started > _PATIENCE_S:
            raise TimeoutError(f"the gateway has stored {stored} rows of {rows}")
    return (rows - first) / (time.perf_counter() - started)


def _ask(browser: Browser, account: Account, waits: _Waits) -> None:
    with waits.noted("log-in"):
        browser.log_in(_EMAIL, _PASSWORD)
    with waits.noted("createApiKey"):
        created = browser.ask(_CREATE, {"id": account.workspace_id})
    with waits.noted("revokeApiKey"):
        browser.ask(_REVOKE, {"id": created["createApiKey"]["apiKey"]["id"]})
    for _ in range(5):
        with waits.noted("an answer of the event loop alone"):
            browser.get("/health/live")


async def _stored() -> int:
    (row,) = await get_connection(READ).execute_query_dict(_COUNT)
    return int(row["requests"])


def _figure(what: str, busy: list[float], idle: list[float]) -> Figure:
    now, before = Times.of(busy).p95, Times.of(idle).p95
    more = Samples((now - before,), "ms more")
    return Figure(what, Samples((now,), "ms"), Samples((before,), "ms"), "idle", more, _BAR)
