"""The rows that stand alone: latency, memory, open streams, starting, and many questions at once."""

import asyncio
import time

from tests.bench.costs import MODEL
from tests.bench.figures import Bar, Figure, Samples
from tests.bench.load import Answered, Target, ask_again_and_again, ask_at_once, completion, streaming
from tests.bench.processes import busy_s, resident_mb, settled
from tests.bench.rounds import CONNECTIONS, Asked, interleaved
from tests.bench.servers import launched, new_database, open_account, settings_for
from tests.bench.stage import Stage, another

_STREAMS, _COMPLETIONS, _AT_ONCE = 1000, 100_000, 1000
_RAMP_S = 10


async def latency(stage: Stage) -> list[Figure]:
    """What is added to the time of an answer where nobody else asks."""
    question = completion(MODEL)
    direct = Asked(Target("the mock upstream", stage.mock.pid, stage.mock.port), question, stage.mock)
    asked = direct, stage.ask_nginx(question), stage.ask_ours(question)
    base, nginx, ours = await interleaved(asked, stage.run.effort, _one_after_the_other)

    def added(theirs: tuple[Answered, ...], percentile: str) -> Samples:
        pairs = zip(theirs, base, strict=True)
        return Samples(
            tuple((getattr(one, percentile) - getattr(bare, percentile)) / 1000 for one, bare in pairs), "ms"
        )

    figures = []
    for name, percentile, bar in (("p50", "p50_us", Bar(0.6, 0.35)), ("p99", "p99_us", Bar(2, 1))):
        what = f"added latency at 1 connection, {name}"
        figures.append(Figure(what, added(ours, percentile), added(nginx, percentile), "nginx", bar=bar))
    return figures


async def _one_after_the_other(asked: Asked, seconds: float) -> Answered:
    return await ask_again_and_again(asked.target, asked.question, connections=1, seconds=seconds)


async def slow_streams(stage: Stage) -> list[Figure]:
    """Many open streams, each with five chunks a second."""
    question = completion(f"{MODEL}-slow", is_stream=True)
    async with another(stage.run) as served:
        target = await open_account(served, stage.mock)
        # What the first stream and the first seconds of all cost is not a stream's.
        async with streaming(target, question, count=1, ramp_s=0):
            await ask_again_and_again(target, completion(MODEL), connections=CONNECTIONS, seconds=2)
        await settled(target.pid)
        before_mb = resident_mb(target.pid)
        async with streaming(target, question, count=_STREAMS, ramp_s=_RAMP_S) as streams:
            # A whole life of a stream, so that ends and starts have their share.
            before_s, before, started = busy_s(target.pid), streams.chunks(), time.perf_counter()
            await asyncio.sleep(max(2 * stage.run.effort.seconds, _RAMP_S))
            took_s = time.perf_counter() - started
            share = (busy_s(target.pid) - before_s) / took_s * 100
            pace = (streams.chunks() - before) / took_s
            each_kb = (resident_mb(target.pid) - before_mb) * 1000 / _STREAMS
    what = f"{_STREAMS:,} open streams of 5 chunks a second"
    return [
        Figure(f"{what}, share of a core", Samples((share,), "%"), bar=Bar(35)),
        Figure(f"{what}, memory of each", Samples((each_kb,), "KB"), bar=Bar(30)),
        Figure(f"{what}, chunks a second that came through", Samples((pace,), "")),
    ]


async def memory(stage: Stage) -> list[Figure]:
    """Resident memory of a process that has just started, and how much it has more after many completions."""
    asked_for_s = stage.run.effort.seconds
    async with another(stage.run) as served:
        idle_mb = resident_mb(served.process.pid)
        target = await open_account(served, stage.mock)
        answered, first_mb = 0, 0.0
        while answered < _COMPLETIONS:
            answered += (
                await ask_again_and_again(
                    target, completion(MODEL), connections=CONNECTIONS, seconds=asked_for_s
                )
            ).requests
            await settled(target.pid)
            first_mb = first_mb or resident_mb(target.pid) - idle_mb
        more_mb = resident_mb(target.pid) - idle_mb
    more = "resident memory, more after"
    return [
        Figure("resident memory, idle", Samples((idle_mb,), "MB"), bar=Bar(120, 90)),
        Figure(f"{more} an account and the first seconds of completions", Samples((first_mb,), "MB")),
        Figure(f"{more} {_COMPLETIONS:,} completions", Samples((more_mb,), "MB"), bar=Bar(10)),
    ]


async def start(stage: Stage) -> list[Figure]:
    """From the command to the first answer of `/health`, with the database migrated."""
    run = stage.run
    settings = settings_for(await new_database(run.postgres), run.folder / "perpetuo-start")
    times = []
    # The first one migrates, and is not counted.
    for _ in range(run.effort.rounds + 1):
        before = time.perf_counter()
        async with launched(run.cores, settings) as served:
            (await served.http.get(f"{served.url}/health")).raise_for_status()
            times.append(time.perf_counter() - before)
    return [Figure("start to ready, database migrated", Samples(tuple(times[1:]), "s"), bar=Bar(2.5, 1.5))]


async def at_once(stage: Stage) -> list[Figure]:
    """As many questions at the same instant as nobody planned for."""
    counts, times = [], []
    for _ in range(stage.run.effort.rounds):
        before = time.perf_counter()
        counts.append(float(await ask_at_once(stage.ours, completion(MODEL), _AT_ONCE)))
        times.append(time.perf_counter() - before)
        await settled(stage.ours.pid)
    what = f"{_AT_ONCE:,} completions at once"
    return [
        Figure(f"{what}, answered", Samples(tuple(counts), ""), bar=Bar(_AT_ONCE, is_least=True)),
        Figure(f"{what}, until the last has its answer", Samples(tuple(times), "s")),
    ]
