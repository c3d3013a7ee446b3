"""Measures Perpetuo beside nginx and other gateways.

    .venv/bin/python -m tests.bench.run --only plain,stream --rounds 2 --seconds 2
    .venv/bin/python -m tests.bench.run --only management,drain --log-rows 100000

`make bench` runs all of it and writes docs/benchmarks.md, `make bench-quick` what a few minutes suffice for.
Whatever is to be on the page is a Section in SECTIONS, with a module of its own that measures it.
"""

import argparse
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import uvloop

from tests.bench import drain, hot_path, management
from tests.bench.machine import described
from tests.bench.page import PAGE, page
from tests.bench.plan import Run, Section
from tests.bench.processes import pinned
from tests.bench.rivals import RIVALS
from tests.bench.rounds import Effort
from tests.bench.servers import Cores, find, postgres

SECTIONS = (
    Section("The hot path", tuple(hot_path.ROWS), hot_path.measure, is_quick=True),
    Section("The management plane", ("management",), management.section),
    Section("The ledger on its way into the database", ("drain",), drain.section),
)

_FULL, _QUICK = Effort(rounds=5, seconds=5), Effort(rounds=2, seconds=2)


async def measure(run: Run, sections: tuple[Section, ...]) -> str:
    """What was measured, as Markdown with a heading for each section."""
    texts = []
    for section in sections:
        if any(run.wants(name) for name in section.names):
            sys.stdout.write(f"{section.title}\n")
            sys.stdout.flush()
            texts.append(f"## {section.title}\n\n{await section.measure(run)}")
    return "\n".join(texts)


def main() -> int:
    """Reads the command line; gives the exit code."""
    chosen = _parser().parse_args()
    only = _only(chosen)
    # The other sections measure Perpetuo alone.
    has_hot_path = not only or not only.isdisjoint(hot_path.ROWS)
    if has_hot_path and (missing := _missing()):
        # Whoever runs all checks on a machine without it shall not fail for that.
        if chosen.quick:
            missing.append("Skipped.")
        sys.stdout.write("\n".join(missing) + "\n")
        return 0 if chosen.quick else 1
    # What is told to end takes along what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sections = tuple(section for section in SECTIONS if section.is_quick or not chosen.quick)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="perpetuo-bench-")))
        # nginx, started by root, is somebody else's process.
        folder.chmod(0o755)
        cores = _cores()
        stack.enter_context(pinned(cores.other))
        server = stack.enter_context(postgres(cores))
        rivals = frozenset(_rivals(chosen))
        run = Run(cores, _effort(chosen), folder, server, rivals, chosen.log_rows, only)
        measured = uvloop.run(measure(run, sections))
        if not chosen.quick and not chosen.only:
            PAGE.write_text(page(measured, described(run)))
            sys.stdout.write(f"Written to {PAGE.name}.\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    names = [name for section in SECTIONS for name in section.names]
    parser.add_argument("--quick", action="store_true", help="a few rows with less effort, and no page")
    parser.add_argument("--litellm", action="store_true", help="LiteLLM too, which takes a while to install")
    parser.add_argument("--only", default="", help=f"some of {', '.join(names)}, and no page")
    parser.add_argument("--rounds", type=int, help="how often each is measured")
    parser.add_argument("--seconds", type=float, help="how long each time")
    parser.add_argument(
        "--log-rows", type=int, default=10_000_000, help="of the management plane; 100,000 at the least"
    )
    return parser


def _effort(chosen: argparse.Namespace) -> Effort:
    usual = _QUICK if chosen.quick else _FULL
    return Effort(chosen.rounds or usual.rounds, chosen.seconds or usual.seconds)


def _rivals(chosen: argparse.Namespace) -> list[str]:
    return [rival.name for rival in RIVALS if rival.name != "LiteLLM" or chosen.litellm]


def _only(chosen: argparse.Namespace) -> frozenset[str]:
    if chosen.only:
        return frozenset(chosen.only.split(","))
    return hot_path.QUICK if chosen.quick else frozenset()


def _cores() -> Cores:
    available = sorted(os.sched_getaffinity(0))
    # One is enough to run it, though not for figures that mean much.
    return Cores(available[0], available[-1])


def _missing() -> list[str]:
    missing = []
    for program in ("nginx", "wrk"):
        try:
            find(program)
        except FileNotFoundError as error:
            missing.append(str(error))
    return missing


if __name__ == "__main__":
    sys.exit(main())
