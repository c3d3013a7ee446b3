"""Journals as a process leaves them that was killed, and what a bad disk makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.chat.usage import Usage
from app.gateway.known import Caller
from app.gateway.ledger.entries import Begun, Ended, begun, ended, from_line
from app.gateway.ledger.journal import Journal, segments
from tests.gateway.builders import a_candidate, a_record

# About two completions.
_SEGMENT_BYTES = 1500


def abandoned_journal(root: Path, caller: Caller, *, completions: int = 8, unfinished: int = 2) -> Path:
    """A journal's folder, of several segments, whose process is gone; the last `unfinished` never ended."""
    journal = Journal(root, segment_bytes=_SEGMENT_BYTES, max_bytes=10**9, is_durable=False)
    for number in range(completions):
        record = a_record(caller, model=f"model-{number}")
        record.answered_by = a_candidate(model="gpt-4o")
        record.usage = Usage(input_tokens=number, output_tokens=2 * number)
        journal.begin(begun(record))
        if number < completions - unfinished:
            journal.end(ended(record))
    journal.close(is_settled=False)
    return journal.folder


def contents(folder: Path) -> dict[str, bytes]:
    """What lies in a journal's segments, by their names."""
    return {path.name: path.read_bytes() for path in segments(folder)}


@dataclass(frozen=True, slots=True)
class Told:
    """What can be told of a journal by its bytes alone; `damaged` counts what is no line of it."""

    ended: Mapping[str, int]
    interrupted: frozenset[str]
    damaged: int


def told(whole: Mapping[str, bytes], now: Mapping[str, bytes]) -> Told:
    """What must be read of `now`, which was `whole`: each line that still is what it was."""
    lines = {line for text in whole.values() for line in text.split(b"\n")}
    found = [line for text in now.values() for line in text.split(b"\n")[:-1] if line]
    tails = sum(not text.endswith(b"\n") for text in now.values() if text)
    entries = [from_line(line) for line in found if line in lines]
    ends = {str(entry.id): entry.input_tokens for entry in entries if isinstance(entry, Ended)}
    begins = {str(entry.id) for entry in entries if isinstance(entry, Begun)}
    return Told(ends, frozenset(begins - ends.keys()), len(found) - len(entries) + tails)


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that happens to a journal. `where` and `segment` are parts of the whole, from 0 to 1."""

    kind: str
    segment: float
    where: float
    size: int
    noise: bytes

    def befall(self, files: dict[str, bytes]) -> None:
        """Damages `files`: the segments by name."""
        name = sorted(files)[min(int(self.segment * len(files)), len(files) - 1)]
        if self.kind == "missing":
            # One is left at least: without any there is nothing to try.
            if len(files) > 1:
                del files[name]
            return
        if self.kind == "swap":
            other = min(files)
            files[name], files[other] = files[other], files[name]
            return
        at = int(self.where * len(files[name]))
        files[name] = _DAMAGES[self.kind](files[name], at, self)


def _flip(text: bytes, at: int, damage: Damage) -> bytes:
    return text[:at] + bytes(byte ^ (1 << damage.size % 8) for byte in text[at : at + 1]) + text[at + 1 :]


def _version(text: bytes, at: int, _: Damage) -> bytes:
    """A line that was written by another version of the program."""
    start = text.rfind(b"\n", 0, at) + 1
    return text[:start] + b"2" + text[start + 1 :]


_DAMAGES: Mapping[str, Callable[[bytes, int, Damage], bytes]] = MappingProxyType(
    {
        "cut": lambda text, at, _: text[:at],
        "flip": _flip,
        "insert": lambda text, at, damage: text[:at] + damage.noise + text[at:],
        "zero": lambda text, at, damage: (
            text[:at] + bytes(len(text[at : at + damage.size])) + text[at + damage.size :]
        ),
        "lose": lambda text, at, damage: text[:at] + text[at + damage.size :],
        "double": lambda text, at, damage: text[: at + damage.size] + text[at:],
        "version": _version,
        "empty": lambda _, __, ___: b"",
    }
)

KINDS = (*_DAMAGES, "missing", "swap")


def make_unreadable(segment: Path) -> bytes:
    """Makes the disk give an error for a segment; gives what it held."""
    whole = segment.read_bytes()
    segment.unlink()
    # Reading the memory of a process at its very beginning is an error of the disk to whoever tries it.
    segment.symlink_to("/proc/self/mem")
    return whole


def make_readable(segment: Path, whole: bytes) -> None:
    """Makes the disk give a segment again."""
    segment.unlink()
    segment.write_bytes(whole)
