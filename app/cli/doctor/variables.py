"""Checks of the names in `.env`: what is no setting is ignored, and may have been meant for one."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from app.cli.doctor.findings import Finding, ok, warn
from app.settings import Settings

_NAME: Final = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=", re.MULTILINE)
# How alike two names are that differ in a letter or two: `PROT` and `PORT`.
_ALIKE: Final = 0.75


def check_names(file: Path) -> Iterator[Finding]:
    """A warning for each name that is nearly a setting's; the variables of others may stand there too."""
    settings = [name.upper() for name in Settings.model_fields]
    given = dict.fromkeys(_NAME.findall(file.read_text())) if file.exists() else {}
    mistyped = [
        (name, meant)
        for name in given
        if name.upper() not in settings
        for meant in get_close_matches(name.upper(), settings, n=1, cutoff=_ALIKE)
    ]
    for name, meant in mistyped:
        yield warn("settings", f"{name} in {file} is no setting and is ignored: is {meant} meant?")
    if not mistyped:
        yield ok("settings", "every variable is understood")
