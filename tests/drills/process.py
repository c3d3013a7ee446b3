"""What the system says of a running process."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

_MEGABYTE = 1_000_000
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds at one moment: descriptors by what they are, threads, processor time."""

    # Connections that it has accepted, and those that it has made to one port.
    clients: int
    made: int
    # All other descriptors.
    others: int
    threads: int
    # Since its start.
    busy_s: float


def held(pid: int, *, port: int, made_to: int) -> Held:
    """What the process holds now that accepts at `port`; `made_to` is the port whose connections count."""
    place = Path(f"/proc/{pid}")
    # After the name, which may hold anything, in brackets.
    fields = (place / "stat").read_text().rpartition(")")[2].split()
    busy_s = (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND
    sockets = _sockets(place)
    kinds = Counter(
        _kind(sockets.get(str(entry.readlink()), (0, 0)), port, made_to) for entry in (place / "fd").iterdir()
    )
    threads = len(list((place / "task").iterdir()))
    return Held(kinds["clients"], kinds["made"], kinds["others"], threads, busy_s)


def memory_mb(pid: int) -> float:
    """The memory of its own that a process has, in millions of bytes: without what its files share."""
    _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    return (int(resident) - int(shared)) * _PAGE_BYTES / _MEGABYTE


def folders_open_below(root: Path, pid: int) -> set[Path]:
    """The folders in `root` in which the process has a file open now; none where the process is gone."""
    found = set()
    for place in _opened(pid):
        # What has been deleted meanwhile is no file any more, and is in no folder.
        if root in place.parents and place.exists():
            found.add(root / place.relative_to(root).parts[0])
    return found


def slope_a_minute(samples: Sequence[tuple[float, float]]) -> float:
    """How much the second value grows in a minute of the first, which counts seconds."""
    slope, _ = linear_regression(*zip(*samples, strict=True))
    return slope * 60


def _opened(pid: int) -> Iterator[Path]:
    # A process may end while it is looked at, and a descriptor be closed.
    with suppress(FileNotFoundError, ProcessLookupError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                yield entry.readlink()


def _sockets(place: Path) -> dict[str, tuple[int, int]]:
    """The ports, here and there, of each TCP socket, by what its descriptor points to."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in _table(place / "net" / name)]
    return {f"socket:[{line[9]}]": (_port(line[1]), _port(line[2])) for line in lines}


def _table(file: Path) -> list[str]:
    return file.read_text().splitlines()[1:]


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _kind(ports: tuple[int, int], port: int, made_to: int) -> str:
    here, there = ports
    if there == made_to:
        return "made"
    return "clients" if there and here == port else "others"
