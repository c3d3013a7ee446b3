"""`perpetuo serve --workers`: several processes behind one port."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running, run, running
from tests.conftest import environment
from tests.front_door import until

_HELLO = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello!"}]}


@pytest.fixture
async def served(postgres_settings: Settings, tmp_path: Path) -> AsyncIterator[Running]:
    async with running("serve", "--workers", "2", env=environment(postgres_settings), cwd=tmp_path) as served:
        yield served


async def test_two_workers_answer_at_one_address_and_end_together(
    served: Running, simulator: RunningSimulator
) -> None:
    account = await served.sign_up()
    await account.add_provider(simulator)
    workers = served.workers

    answers = await asyncio.gather(*(account.complete(_HELLO) for _ in range(40)))
    logs = await account.logs(40)
    code = await served.stop()

    assert len(workers) == 2
    assert {answer.status_code for answer in answers} == {200}
    assert {row["id"] for row in logs} == {answer.headers["x-request-id"] for answer in answers}
    assert code == 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


async def test_a_worker_that_dies_is_replaced_and_its_completions_are_kept(
    served: Running, simulator: RunningSimulator
) -> None:
    account = await served.sign_up()
    await account.add_provider(simulator)
    before = served.workers
    hanging = [asyncio.create_task(account.complete(_HELLO | {"model": "gpt-4o;hang"})) for _ in range(8)]
    await simulator.simulator.arrived(8)

    for worker in before:
        os.kill(worker, signal.SIGKILL)
    refused = await asyncio.gather(*hanging, return_exceptions=True)

    async def are_replaced() -> bool:
        return len(served.workers) == 2 and not served.workers & before

    await until(are_replaced)
    answer = await account.complete(_HELLO)
    logs = await account.logs(9)

    assert all(isinstance(outcome, httpx.HTTPError) for outcome in refused)
    assert answer.status_code == 200
    assert sorted(row["statusCode"] for row in logs) == [200] + [500] * 8
    assert await served.stop() == 0


async def test_workers_end_when_nobody_looks_after_them(served: Running) -> None:
    workers = served.workers

    served.process.kill()

    async def are_gone() -> bool:
        return not any(Path(f"/proc/{worker}").exists() for worker in workers)

    await until(are_gone)


async def test_sqlite_serves_one(sqlite_settings: Settings, tmp_path: Path) -> None:
    outcome = await run("serve", "--workers", "2", env=environment(sqlite_settings), cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr == (
        "perpetuo: SQLite serves exactly one worker; for several set DATABASE_URL to a PostgreSQL.\n"
    )


async def test_workers_that_cannot_start_end_with_one_that_says_why(
    postgres_settings: Settings, tmp_path: Path
) -> None:
    # What only a worker needs: a folder of its own for its journal.
    (postgres_settings.data_dir / "journal").write_text("in the way")

    outcome = await run("serve", "--workers", "2", env=environment(postgres_settings), cwd=tmp_path)

    assert outcome.code == 1
    lines = outcome.stderr.splitlines()
    # The other may have found out by itself before it was told to end.
    assert set(lines[:-1]) == {"perpetuo: The journal cannot be written: File exists."}
    assert lines[-1] == "perpetuo: A worker could not start; it says why above."
