"""What can be done in a folder that may not be there yet."""

import os
from pathlib import Path


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there; `folder` is absolute."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def is_writable(folder: Path) -> bool:
    """Whether this user can make files there."""
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
