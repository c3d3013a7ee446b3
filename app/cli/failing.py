"""How the command line fails: errors that we know are one line, and exit code 1."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import PerpetuoError


@contextmanager
def in_one_line() -> Iterator[None]:
    """Ends the process with the message of a PerpetuoError that leaves the block."""
    try:
        yield
    except PerpetuoError as error:
        print(f"perpetuo: {error.message}", file=sys.stderr)
        raise SystemExit(1) from None
