"""What the drills measure, and how long they take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a drill is to be."""

    is_long: bool

    def of(self, short: T, long: T) -> T:
        """The value for this run."""
        return long if self.is_long else short


@dataclass(slots=True)
class Figures:
    """Figures of the drills of this run, in the order they came."""

    rows: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def tell(self, drill: str, **figures: object) -> None:
        """Keeps what a drill has measured; the names carry the units."""
        self.rows.append((drill, figures))

    def table(self) -> str:
        """All of them, a drill a line."""
        width = max((len(drill) for drill, _ in self.rows), default=0)
        return "\n".join(
            f"{drill:<{width}}  "
            + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in said.items())
            for drill, said in self.rows
        )
