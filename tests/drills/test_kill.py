"""The gateway is killed at random instants under load: no row is lost, and none is there twice."""

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from app.settings import Fsync, Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running, running
from tests.conftest import DatabaseKind, environment
from tests.drills import books
from tests.drills.figures import Figures, Length
from tests.drills.load import Load
from tests.drills.process import folders_open_below
from tests.front_door import until
from tests.management.making import free_port


@pytest.mark.parametrize("fsync", [Fsync.OFF, Fsync.ALWAYS])
async def test_killed_at_random_instants(
    fsync: Fsync,
    settings: Settings,
    database_kind: DatabaseKind,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    env = environment(settings) | {"PORT": str(free_port()), "LEDGER_FSYNC": fsync}
    rounds = length.of(3 if fsync is Fsync.OFF else 1, 20)
    async with running("serve", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        # Any model is welcome there, so that each request can have one of its own.
        await account.add_provider(simulator, provider="CUSTOM", label="first")
        await account.add_provider(simulator, provider="CUSTOM", label="second")
        load = Load([server.url], account.api_key, dice)
        asking = asyncio.create_task(load.run())
        await server.stop(signal.SIGKILL)
    for _ in range(rounds):
        async with running("serve", env=env, cwd=tmp_path) as server:
            await _some_are_answered(load)
            await asyncio.sleep(dice.random() * length.of(0.3, 1.0))
            await server.stop(signal.SIGKILL)
    async with running("serve", env=env, cwd=tmp_path) as server:
        load.stop()
        await asyncio.wait_for(asking, 60)
        await server.stop()

    async with books.open_books(settings):
        found = await books.read(account.workspace_id)
    books.check(found, load.outcomes, simulator)
    assert books.whole_lies(load.outcomes) == []
    figures.tell(
        f"killed at random, {database_kind}, LEDGER_FSYNC={fsync}",
        rounds=rounds,
        requests=len(load.outcomes),
        acknowledged=len(load.answered),
        rows=len(found.rows),
        interrupted=found.interrupted,
        lost=0,
        twice=0,
    )


async def test_workers_killed_one_at_a_time(
    postgres_settings: Settings,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    rounds = length.of(3, 20)
    journals = postgres_settings.data_dir / "journal"
    env = environment(postgres_settings)
    async with running("serve", "--workers", "2", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator, provider="CUSTOM", label="first")
        await account.add_provider(simulator, provider="CUSTOM", label="second")
        load = Load([server.url], account.api_key, dice)
        async with load.running():
            for _ in range(rounds):
                await _some_are_answered(load)
                await asyncio.sleep(dice.random() * 0.3)
                await _kill_one(server, dice)

        async def are_adopted() -> bool:
            # Counting does not do: one of two may be an orphan's while the last successor has none yet.
            # And whoever adopts has the orphan's open beside its own.
            held = [folders_open_below(journals, worker) for worker in server.workers]
            return sorted(map(len, held)) == [1, 1] and set(journals.iterdir()) == set().union(*held)

        await until(are_adopted, timeout_s=30)
        code = await server.stop()

    async with books.open_books(postgres_settings):
        found = await books.read(account.workspace_id)
    books.check(found, load.outcomes, simulator)
    assert books.whole_lies(load.outcomes) == []
    assert (code, list(journals.iterdir())) == (0, [])
    figures.tell(
        "one of two workers killed",
        rounds=rounds,
        requests=len(load.outcomes),
        acknowledged=len(load.answered),
        rows=len(found.rows),
        interrupted=found.interrupted,
        lost=0,
        twice=0,
    )


async def _some_are_answered(load: Load) -> None:
    """Waits until ten more requests have been answered."""
    answered = len(load.answered)
    while len(load.answered) < answered + 10:  # noqa: ASYNC110 # the clients say it by their outcomes
        await asyncio.sleep(0.005)


async def _kill_one(server: Running, dice: random.Random) -> None:
    """Kills one of two workers, and waits for its successor."""
    before = server.workers
    victim = dice.choice(sorted(before))
    os.kill(victim, signal.SIGKILL)

    async def is_replaced() -> bool:
        return victim not in server.workers and len(server.workers) == 2

    await until(is_replaced)
