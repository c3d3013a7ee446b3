"""Measures the management plane of a large installation.

    .venv/bin/python -m tests.bench.seed_logs FOLDER [--postgres]
    .venv/bin/python -m tests.bench.management FOLDER [--postgres] [--plans]

Serves the folder's database as a process of its own and asks it by HTTP what the dashboard asks, about the
largest and the smallest workspace of an account; of both the slower one counts. With `--plans` it shows
instead how the database finds the rows of a page.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

import msgspec
from tortoise.connection import get_connection

from app.database import READ, connect, dialect, migrate
from app.management.logs import LogFilter, _Query
from app.models import ApiKey, RequestLog, User, Workspace
from app.settings import Settings
from tests.bench.asking import Asked, Browser, Times
from tests.bench.figures import Bar, Figure, Samples, line, table
from tests.bench.plan import Run
from tests.bench.processes import pinned
from tests.bench.questions import Place, account, combined, filters, questions, searches
from tests.bench.seed_logs import EMAIL, PASSWORD, seed, settings_at, settings_of
from tests.bench.servers import drop_database, new_database
from tests.cli.command import running
from tests.conftest import environment

_LOG_SCANS = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'request_log'"
_WORKSPACES, _RUNS = 200, 40
# A plan's lines that say where rows come from.
_SOURCES = ("Scan", "SCAN", "SEARCH")


async def section(run: Run) -> str:
    """The tables of both databases, one after the other: full ones take many gigabytes."""
    texts = []
    # The server and who asks it take turns, and PostgreSQL has the other core.
    with pinned(run.cores.measured):
        for name in ("SQLite", "PostgreSQL"):
            url = await new_database(run.postgres) if name == "PostgreSQL" else ""
            folder = run.folder / f"large-{name}"
            folder.mkdir()
            settings = settings_at(folder, url)
            await seed(settings, run.log_rows, _WORKSPACES)
            figures = await measure(settings, _RUNS)
            texts.append(
                f"{name} with {run.log_rows:,} rows of {_WORKSPACES} workspaces: the time of 95 of 100 "
                f"answers, about the largest or smallest of an account, the slower one.\n\n{table(figures)}"
            )
            shutil.rmtree(folder)
            if url:
                await drop_database(url)
    return "\n".join(texts)


async def measure(settings: Settings, runs: int, only: str = "") -> list[Figure]:
    """What 95 of 100 answers took at most, beside the one in the middle; each is printed as it is known."""
    await migrate(settings)
    scans = await _sequential_scans(settings)
    async with connect(settings):
        places = await _places()
    figures = []
    async with running("serve", env=environment(settings), cwd=settings.data_dir) as served:
        browser = Browser(served.url, EMAIL, PASSWORD)
        for one in _alike(places):
            if only in one[0].name:
                figures.append(_figure(one[0], _slower(browser.time(asked, runs) for asked in one)))
                sys.stdout.write(line(figures[-1]) + "\n")
                sys.stdout.flush()
        await served.stop()
    if scans is not None:
        # Its connections have ended, and so their counts are in.
        more = (await _sequential_scans(settings) or 0) - scans
        figures.append(Figure("sequential scans of the log for all of it", Samples((more,), ""), bar=Bar(0)))
    return figures


async def plans(settings: Settings) -> dict[str, list[str]]:
    """Where the rows of each page come from, as the database tells, for the largest workspace."""
    async with connect(settings):
        place = (await _places())[0]
        asked = {"first page": LogFilter(), "deepest page": LogFilter()}
        asked |= {
            name: _where(given) for name, given in (*filters(place), *combined(place), *searches(place))
        }
        return {
            name: await _plan(
                _Query(place.workspace_id, where, place.last_but_one_page if "deepest" in name else None)
            )
            for name, where in asked.items()
        }


def _alike(places: list[Place]) -> Iterable[tuple[Asked, ...]]:
    yield (account(),)
    yield from zip(*(questions(place) for place in places), strict=True)


def _slower(times: Iterable[Times]) -> Times:
    return max(times, key=lambda one: one.p95)


def _figure(asked: Asked, times: Times) -> Figure:
    p95, p50 = Samples((times.p95,), "ms"), Samples((times.p50,), "ms")
    bar = None if asked.bar_ms is None else Bar(asked.bar_ms)
    return Figure(asked.name, p95, p50, "median", bar=bar)


async def _plan(query: _Query) -> list[str]:
    how = "EXPLAIN QUERY PLAN" if dialect(READ) == "sqlite" else "EXPLAIN (COSTS off)"
    rows = await get_connection(READ).execute_query_dict(f"{how} {query.newest(51)}", query.values)
    told = (str(row.get("detail", row.get("QUERY PLAN"))).strip() for row in rows)
    return [step for step in told if any(source in step for source in _SOURCES)]


def _where(given: Mapping[str, object]) -> LogFilter:
    """A filter as the dashboard sends it, in management's words."""
    named = {"api_key_id" if name == "apiKeyId" else name: value for name, value in given.items()}
    return msgspec.convert(named, LogFilter)


async def _sequential_scans(settings: Settings) -> int | None:
    """How often the whole log was read so far; None where the database does not count that."""
    if settings.is_sqlite:
        return None
    async with connect(settings):
        (row,) = await get_connection(READ).execute_query_dict(_LOG_SCANS)
        return int(row["seq_scan"])


async def _places() -> list[Place]:
    user = await User.get(email=EMAIL)
    mine = await Workspace.filter(owner_id=user.id).order_by("id")
    return [await _place(workspace.id) for workspace in (mine[0], mine[-1])]


async def _place(workspace_id: UUID) -> Place:
    key = await ApiKey.filter(workspace_id=workspace_id).order_by("id").first()
    assert key is not None
    rows = RequestLog.filter(workspace_id=workspace_id).using_db(get_connection(READ)).order_by("id")
    oldest = [row.id for row in await rows.limit(60)]
    return Place(workspace_id, key.id, oldest[30], oldest[50])


def main() -> int:
    """Reads the command line; gives 1 where a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--runs", type=int, default=_RUNS)
    parser.add_argument("--only", default="", help="what the names of the questions contain")
    parser.add_argument("--plans", action="store_true")
    chosen = parser.parse_args()
    settings = settings_of(chosen.folder, has_postgres=chosen.postgres)
    if chosen.plans:
        for name, steps in asyncio.run(plans(settings)).items():
            sys.stdout.write(f"{name}\n" + "".join(f"    {step}\n" for step in steps))
        return 0
    figures = asyncio.run(measure(settings, chosen.runs, chosen.only))
    sys.stdout.write(f"\n{table(figures)}")
    return int(any(figure.bar and "missed" in figure.bar.verdict(figure.ours.median) for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
