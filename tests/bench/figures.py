"""What was measured, as values: samples with their spread, and the bars beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

_HEAD = ("", "Perpetuo", "beside it", "ratio", "bar", "stretch", "")


@dataclass(frozen=True, slots=True)
class Samples:
    """One value a round."""

    values: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        """The one in the middle."""
        return median(self.values)

    def __str__(self) -> str:
        """The median, and where there were several the least and the most."""
        middle = f"{_short(self.median)} {self.unit}".rstrip()
        if len(self.values) == 1:
            return middle
        return f"{middle} ({_short(min(self.values))}–{_short(max(self.values))})"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must not exceed, or where `is_least` must reach; `stretch` is what we would like."""

    limit: float
    stretch: float | None = None
    is_least: bool = False

    def verdict(self, value: float) -> str:
        """How the value stands to it."""
        if self.stretch is not None and self._holds(value, self.stretch):
            return "met, stretch too"
        return "met" if self._holds(value, self.limit) else "**missed**"

    def text(self, limit: float | None, unit: str) -> str:
        """One of its limits for the table."""
        return "" if limit is None else f"{'≥' if self.is_least else '≤'} {limit:,g} {unit}".rstrip()

    def _holds(self, value: float, limit: float) -> bool:
        return value >= limit if self.is_least else value <= limit


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table: ours, what stands beside it, and what the bar is about."""

    what: str
    ours: Samples
    beside: Samples | None = None
    # Whose figure stands beside ours.
    beside_name: str = ""
    # What the bar is about where that is not our figure itself.
    ratio: Samples | None = None
    bar: Bar | None = None

    def cells(self) -> Sequence[str]:
        """The line of the table."""
        judged = self.ratio or self.ours
        bar = self.bar
        return (
            self.what,
            str(self.ours),
            "" if self.beside is None else f"{self.beside_name} {self.beside}",
            "" if self.ratio is None else str(self.ratio),
            "" if bar is None else bar.text(bar.limit, judged.unit),
            "" if bar is None else bar.text(bar.stretch, judged.unit),
            "reported" if bar is None else bar.verdict(judged.median),
        )


def line(figure: Figure) -> str:
    """A figure as a line of a table in Markdown."""
    return f"| {' | '.join(figure.cells())} |"


def table(figures: Iterable[Figure]) -> str:
    """Figures as a table in Markdown."""
    lines = [f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|", *map(line, figures)]
    return "\n".join(lines) + "\n"


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
