"""Measures how fast, and how cheaply, the ledger moves its journal into the database, and who waits for that.

    .venv/bin/python -m tests.bench.drain --database postgres --rows 100000

Fills a journal as completions do, and drains it through the ledger's own code while a task that ticks every
millisecond notes how long the event loop was held up. Then a gateway adopts such a journal while it is asked
to log in and to revoke keys (tests/bench/meanwhile.py). The databases are made for it, and gone after it.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

import uvloop

from app.chat.usage import Usage
from app.core.changes import Changes
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.database import connect, migrate
from app.gateway.known import Caller, Candidate, KnownProviderKey
from app.gateway.ledger import Ledger
from app.gateway.pricing import load_prices
from app.gateway.record import CompletionRecord
from app.installation import with_secrets
from app.providers.base import Failure, FailureKind
from app.settings import Settings
from tests.bench.asking import Times
from tests.bench.figures import Bar, Figure, Samples, line, table
from tests.bench.meanwhile import asked_meanwhile
from tests.bench.plan import Run
from tests.bench.processes import pinned
from tests.bench.servers import Cores, new_database, postgres

ROWS, WORKSPACES = 100_000, 200
_TICK_S = 0.001
_MODELS = ("gpt-4o", "gpt-4o-mini", "o4-mini")
_FAILED = Failure(FailureKind.OVERLOADED, "The model is overloaded. Please try again later.", 503)


async def section(run: Run) -> str:
    """The table of both databases."""
    found: list[Figure] = []
    # The gateway, who asks it and the database all work at once.
    with pinned(run.cores.measured, run.cores.other):
        for name, server in (("sqlite", ""), ("postgres", run.postgres)):
            folder = run.folder / f"drain-{name}"
            folder.mkdir()
            more = await figures(server, folder, min(run.log_rows, ROWS))
            sys.stdout.write("".join(f"{line(figure)}\n" for figure in more))
            sys.stdout.flush()
            found += more
    return table(found)


async def figures(server: str, folder: Path, rows: int = ROWS, workspaces: int = WORKSPACES) -> list[Figure]:
    """What draining takes, and what it costs others; SQLite where there is no server of PostgreSQL."""
    load_prices()
    name = "PostgreSQL" if server else "SQLite"
    settings = await _settings(server, folder / "drained")
    await migrate(settings)
    async with connect(settings):
        ledger = Ledger(settings, Changes())
        await keep(ledger, rows, workspaces)
        found = await _drained(ledger, name, rows)
        async with ledger.running():
            pass
    filled = Ledger(await _settings("", folder / "filled"), Changes())
    await keep(filled, rows, workspaces)
    (journal,) = (path for path in (folder / "filled/journal").iterdir() if path.is_dir())
    return [*found, *await asked_meanwhile(await _settings(server, folder / "asked"), journal, name, rows)]


async def _settings(server: str, folder: Path) -> Settings:
    url = await new_database(server) if server else ""
    folder.mkdir()
    # Secrets as every installation has them, and no cheaper password than those have.
    return with_secrets(Settings(_env_file=None, data_dir=folder, database_url=url, host="127.0.0.1", port=0))


async def _drained(ledger: Ledger, name: str, rows: int) -> list[Figure]:
    stalls: list[float] = []
    ticking = asyncio.create_task(_tick(stalls))
    started, process_s, loop_s = time.perf_counter(), time.process_time(), time.thread_time()
    await ledger.flush()
    took_s = time.perf_counter() - started
    process_us = (time.process_time() - process_s) / rows * 1e6
    loop_us = (time.thread_time() - loop_s) / rows * 1e6
    ticking.cancel()
    held_up = Times.of(stalls)
    least = Bar(10_000 if name == "PostgreSQL" else 5_000, is_least=True)
    return [
        Figure(f"{name}: ledger drained", Samples((rows / took_s,), "rows/s"), bar=least),
        Figure(
            f"{name}: processor time of a row, beside that in the event loop's thread",
            Samples((process_us,), "µs"),
            Samples((loop_us,), "µs"),
            "loop",
        ),
        Figure(
            f"{name}: event loop held up, 99 % of all ticks",
            Samples((held_up.p99,), "ms"),
            Samples((held_up.worst,), "ms"),
            "worst",
        ),
    ]


async def keep(ledger: Ledger, rows: int, workspaces: int) -> None:
    """Fills the journal with completions, most of one attempt, some of two."""
    random = Random(1)
    callers = [_caller() for _ in range(workspaces)]
    for _ in range(rows):
        record = _record(random, random.choice(callers))
        await ledger.begin(record)
        await ledger.end(record)


async def _tick(stalls: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(_TICK_S)
        stalls.append(time.perf_counter() - before - _TICK_S)


def _caller() -> Caller:
    keys = tuple(
        KnownProviderKey(new_id(), ProviderName.OPENAI, label, None, "sk-x", {}, None)
        for label in ("main", "spare")
    )
    return Caller(new_id(), new_id(), None, keys)


def _record(random: Random, caller: Caller) -> CompletionRecord:
    model, (main, spare) = random.choice(_MODELS), caller.provider_keys
    record = CompletionRecord(caller, requested_model=model)
    answering = main
    if random.random() < 0.1:
        record.note_attempt(Candidate(main, model), record.started, _FAILED, is_providers_fault=True)
        answering = spare
    record.answered_by = Candidate(answering, model)
    record.note_attempt(record.answered_by, record.started, None)
    usage = Usage(input_tokens=random.randint(20, 4000), output_tokens=random.randint(1, 900))
    record.note_usage(usage, 0, 0)
    record.note_first_token()
    record.succeed()
    return record


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--workspaces", type=int, default=WORKSPACES)
    chosen = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="perpetuo-drain-")))
        server = ""
        if chosen.database == "postgres":
            server = stack.enter_context(postgres(Cores(cores[0], cores[-1])))
        found = uvloop.run(figures(server, folder, chosen.rows, chosen.workspaces))
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()
