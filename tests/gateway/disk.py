"""A disk that remembers what was forced onto it: what the loss of power would leave."""

import os
from pathlib import Path

import pytest


class Disk:
    """Watches the syncs of this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # By their inodes: how much of a file is there, and which names of a folder.
        self._sizes: dict[int, int] = {}
        self._names: dict[int, set[str]] = {}
        self._fsync, self._fdatasync = os.fsync, os.fdatasync
        monkeypatch.setattr(os, "fsync", self._sync_names)
        monkeypatch.setattr(os, "fdatasync", self._sync_contents)

    def has(self, path: Path) -> bool:
        """Whether all of a file is there, and its name."""
        found = path.stat()
        return self._sizes.get(found.st_ino) == found.st_size and self.has_name(path)

    def has_name(self, path: Path) -> bool:
        """Whether a file or folder is there by its name, whatever is in it."""
        return path.name in self._names.get(path.parent.stat().st_ino, set())

    def _sync_names(self, descriptor: int) -> None:
        self._fsync(descriptor)
        self._names[os.fstat(descriptor).st_ino] = set(os.listdir(descriptor))

    def _sync_contents(self, descriptor: int) -> None:
        self._fdatasync(descriptor)
        found = os.fstat(descriptor)
        self._sizes[found.st_ino] = found.st_size
