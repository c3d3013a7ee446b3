"""What `perpetuo doctor` finds: a verdict, what it is about, and how to mend it."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Verdict(StrEnum):
    """How bad it is. Only FAIL keeps Perpetuo from doing its work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `text` never holds a secret."""

    verdict: Verdict
    subject: str
    text: str

    def __str__(self) -> str:
        """The line as it is printed."""
        return f"{self.verdict:<5} {self.subject:<14} {self.text}"


def ok(subject: str, text: str) -> Finding:
    """A finding that asks for nothing."""
    return Finding(Verdict.OK, subject, text)


def warn(subject: str, text: str) -> Finding:
    """A finding that works now and may hurt later."""
    return Finding(Verdict.WARN, subject, text)


def fail(subject: str, text: str) -> Finding:
    """A finding that has to be mended."""
    return Finding(Verdict.FAIL, subject, text)


def check_permissions(subject: str, path: Path) -> Iterator[Finding]:
    """A warning where others than its owner may use a file or folder."""
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        mode = "700" if path.is_dir() else "600"
        yield warn(subject, f"others on this machine may read {path}: chmod {mode} {path}")
