"""Gateways are replaced one after the other under load: behind a balancer nobody notices."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running
from tests.drills import books
from tests.drills.balancer import balancing
from tests.drills.figures import Figures, Length
from tests.drills.load import Kind, Load
from tests.drills.replicas import log_lines, replica
from tests.management.making import free_port

# The long ones still run when the door closes.
_KINDS: tuple[Kind, ...] = ("plain", "plain", "plain", "stream", "stream", "stream", "long")
_DRAIN_DELAY_S = 1.5


async def test_a_rolling_restart_refuses_and_breaks_no_completion(
    postgres_settings: Settings,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    ports = [free_port(), free_port()]
    more = {"DRAIN_DELAY_S": str(_DRAIN_DELAY_S)}
    restarts = length.of(2, 20)
    drained_s: list[float] = []
    async with AsyncExitStack() as stack:

        async def start(number: int) -> Running:
            """A gateway at the port of this number, once the balancer has it."""
            folder = tmp_path / f"replica-{number}"
            server = replica(postgres_settings, folder, port=ports[number - 1], more=more)
            return await stack.enter_async_context(server)

        balancer = await stack.enter_async_context(balancing(ports, tmp_path))
        number, serving = 1, await start(1)
        account = await serving.sign_up()
        await account.add_provider(simulator, provider="CUSTOM", label="only")
        await balancer.has(1)
        load = Load([balancer.url], account.api_key, dice, clients=16, kinds=_KINDS, pause_s=0.02)
        async with load.running():
            for _ in range(restarts):
                number = 3 - number
                successor = await start(number)
                await balancer.has(1, 2)
                drained_s.append(await _drained(serving))
                await balancer.has(number)
                serving = successor
        assert await serving.stop() == 0

    async with books.open_books(postgres_settings):
        found = await books.read(account.workspace_id)
    bad = [outcome for outcome in load.outcomes if outcome.status != 200 or not outcome.is_whole]
    assert bad == []
    books.check(found, load.outcomes, simulator)
    assert len(found.rows) == len(load.outcomes)
    assert log_lines(tmp_path) == []
    figures.tell(
        "rolling restart behind HAProxy",
        restarts=restarts,
        requests=len(load.outcomes),
        streams=sum(outcome.kind != "plain" for outcome in load.outcomes),
        failures=len(bad),
        drained_in_s=f"{min(drained_s):.1f} to {max(drained_s):.1f}",
    )


async def _drained(server: Running) -> float:
    """Seconds that a gateway took from SIGTERM to its end, which must be a clean one."""
    clock = asyncio.get_running_loop().time
    started = clock()
    assert await server.stop() == 0
    return clock() - started
