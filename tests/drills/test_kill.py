"""The gateway is killed at random instants under load: no row is lost, and none is there twice."""

import asyncio
import random
import signal
from pathlib import Path

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import running
from tests.conftest import DatabaseKind, environment
from tests.drills import books
from tests.drills.figures import Figures, Length
from tests.drills.load import Load
from tests.management.making import free_port


async def test_killed_at_random_instants(
    settings: Settings,
    database_kind: DatabaseKind,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    env = environment(settings) | {"PORT": str(free_port()), "SNAPSHOT_GRACE_S": "0"}
    async with running("serve", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        # Any model is welcome there, so that each request can have one of its own.
        await account.add_provider(simulator, provider="CUSTOM", label="first")
        await account.add_provider(simulator, provider="CUSTOM", label="second")
        load = Load([server.url], account.api_key, dice)
        asking = asyncio.create_task(load.run())
        await server.stop(signal.SIGKILL)
    for _ in range(length.of(3, 20)):
        async with running("serve", env=env, cwd=tmp_path) as server:
            answered = len(load.answered)
            while len(load.answered) < answered + 10:  # noqa: ASYNC110 # the clients say it by their outcomes
                await asyncio.sleep(0.005)
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
        f"killed at random, {database_kind}",
        rounds=length.of(3, 20),
        requests=len(load.outcomes),
        acknowledged=len(load.answered),
        rows=len(found.rows),
        interrupted=found.interrupted,
        lost=0,
        twice=0,
    )
