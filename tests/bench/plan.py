"""What a run of the benchmark is made of: sections, and what each of them is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rounds import Effort
from tests.bench.servers import Cores


@dataclass(frozen=True, slots=True)
class Run:
    """What every section is given. `folder` and the server at `postgres` are gone after the run.

    The process itself, and what it starts without further ado, is bound to the core of everything else.
    """

    cores: Cores
    effort: Effort
    folder: Path
    postgres: str
    # The other gateways to measure, by name.
    rivals: frozenset[str]
    # Rows in the log of a large installation.
    log_rows: int
    # The rows and sections that were asked for by name; empty: all.
    only: frozenset[str]

    def wants(self, name: str) -> bool:
        """Whether this row is to be measured."""
        return not self.only or name in self.only


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; `measure` gives what stands below its heading, as Markdown, and prints as it goes.

    `names` are what `--only` knows of it, and `is_quick` says whether `make bench-quick` has it.
    """

    title: str
    names: tuple[str, ...]
    measure: Callable[[Run], Awaitable[str]]
    is_quick: bool = False
