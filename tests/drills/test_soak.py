"""A steady load whose clients leave again and again: nothing is left behind, and memory stays flat."""

import asyncio
import random
from collections import Counter
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running, running
from tests.conftest import DatabaseKind, environment
from tests.drills import books
from tests.drills.figures import Figures, Length
from tests.drills.load import Kind, Load, Outcome
from tests.drills.process import Held, held, memory_mb, slope_a_minute
from tests.front_door import Account, open_gateway, until

_KINDS: tuple[Kind, ...] = ("plain", "stream", "refused", "broken", "aborted", "impatient")
_LEAVING = {"aborted", "impatient"}
_CLIENTS = 8
# So that even a short run fills some.
_SEGMENT_BYTES = 200_000
_SAMPLED_EVERY_S = 0.25
_WATCHED_IDLE_S = 1.0
# What may be open to a provider without a use, and to PostgreSQL.
_KEPT_UPSTREAM = 20
_MOST_IN_POOLS = 17


async def test_memory_descriptors_and_threads_stay_as_they_are(
    settings: Settings,
    database_kind: DatabaseKind,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    env = environment(settings) | {"JOURNAL_SEGMENT_BYTES": str(_SEGMENT_BYTES)}
    seconds = float(environ.get("PERPETUO_SOAK_S", length.of(6, 600)))
    pause_s = length.of(0.0, 0.05)
    async with running("serve", env=env, cwd=tmp_path) as server:
        pid = server.process.pid
        account = await _prepared(await server.sign_up(), simulator)
        warm = Load([server.url], account.api_key, dice, _CLIENTS, _KINDS, pause_s, "warm")
        await _sampled(warm, pid, length.of(3, 60))
        before, idle_before = await _at_rest(server, simulator)
        soak = Load([server.url], account.api_key, dice, _CLIENTS, _KINDS, pause_s, "soak")
        samples = await _sampled(soak, pid, seconds)
        outcomes = [*warm.outcomes, *soak.outcomes]
        left = await _left(outcomes, simulator)
        after, idle_after = await _at_rest(server, simulator)
        segments = sorted(int(path.stem) for path in settings.data_dir.glob("journal/*/*.log"))
        code = await server.stop()

    async with books.open_books(settings):
        found = await books.read(account.workspace_id)
    books.check(found, outcomes, simulator)
    slope_mb = slope_a_minute(samples)
    assert set(left.values()) == {"aborted"}
    assert slope_mb < length.of(60.0, 1.0)
    assert after.clients <= before.clients
    assert after.made <= _KEPT_UPSTREAM
    # The database's pools open as many as they need; files are always the same ones.
    assert after.others <= before.others + (0 if database_kind == "sqlite" else _MOST_IN_POOLS)
    assert after.threads <= before.threads
    assert idle_after < idle_before + 0.1
    assert segments[0] > 3
    assert len(segments) <= 2
    # A completion that was still open would have kept it.
    assert (code, list(settings.data_dir.glob("journal/*"))) == (0, [])
    figures.tell(
        f"soak, {database_kind}",
        seconds=round(seconds),
        requests=len(soak.outcomes),
        clients_gone=sum(outcome.kind in _LEAVING for outcome in soak.outcomes),
        memory_mb=round(samples[-1][1], 1),
        slope_mb_a_minute=round(slope_mb, 2),
        connections_to_the_provider=f"{before.made} then {after.made}",
        other_descriptors=f"{before.others} then {after.others}",
        threads=f"{before.threads} then {after.threads}",
        idle_cpu=f"{idle_before:.0%} then {idle_after:.0%}",
        segments_deleted=segments[0] - 1,
    )


async def test_no_task_is_left_behind(
    settings: Settings, simulator: RunningSimulator, length: Length, dice: random.Random, figures: Figures
) -> None:
    async with open_gateway(settings) as gateway:
        account = await _prepared(await gateway.sign_up(), simulator)
        before = _tasks()
        load = Load([gateway.url], account.api_key, dice, _CLIENTS, _KINDS)
        async with load.running():
            await asyncio.sleep(length.of(2, 60))

        async def are_gone() -> bool:
            return not _tasks() - before

        await _left(load.outcomes, simulator)
        await until(are_gone)

    figures.tell("tasks after a soak", requests=len(load.outcomes), left_behind=0)


async def _prepared(account: Account, simulator: RunningSimulator) -> Account:
    """The account, with two provider keys that take any model."""
    for label in ("first", "second"):
        await account.add_provider(simulator, provider="CUSTOM", label=label)
    return account


async def _sampled(load: Load, pid: int, seconds: float) -> list[tuple[float, float]]:
    """The process's memory under load: pairs of seconds and millions of bytes."""
    clock = asyncio.get_running_loop().time
    started, samples = clock(), []
    async with load.running():
        while clock() < started + seconds:
            samples.append((clock() - started, memory_mb(pid)))
            await asyncio.sleep(_SAMPLED_EVERY_S)
    return samples


async def _at_rest(server: Running, simulator: RunningSimulator) -> tuple[Held, float]:
    """What the process holds while nobody asks it anything, and how much of a processor it uses."""
    pid, ports = server.process.pid, (urlsplit(server.url).port or 0, urlsplit(simulator.url).port or 0)
    before = held(pid, port=ports[0], made_to=ports[1])
    await asyncio.sleep(_WATCHED_IDLE_S)
    after = held(pid, port=ports[0], made_to=ports[1])
    return after, (after.busy_s - before.busy_s) / _WATCHED_IDLE_S


async def _left(outcomes: list[Outcome], simulator: RunningSimulator) -> dict[str, str]:
    """How each request whose client left ended for the provider, by its model, once all have ended."""
    models = {outcome.model for outcome in outcomes if outcome.kind in _LEAVING}
    async with asyncio.timeout(10):
        return {
            str(request.body["model"]): await request.ended()
            for request in simulator.simulator.requests
            if request.body.get("model") in models
        }


def _tasks() -> Counter[str]:
    """What the tasks of this event loop do, without the simulator's, which has one for each connection."""
    names = Counter(getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    names.pop("Connection._serve", None)
    return names
