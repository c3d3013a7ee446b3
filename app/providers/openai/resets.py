"""When a limit on the rate ends, by the headers that count it down.

https://developers.openai.com/api/docs/guides/rate-limits ("Rate limits in headers"), November 2026; Groq and
others have the same ones.
"""

import re
from collections.abc import Mapping
from typing import Final

_LIMITED: Final = ("requests", "tokens", "project-tokens")
_UNITS_S: Final[Mapping[str, float]] = {"d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")


def until_reset_s(headers: Mapping[str, str]) -> float | None:
    """Seconds until the limits that are used up are reset; None where the headers do not say."""
    used_up = [name for name in _LIMITED if headers.get(f"x-ratelimit-remaining-{name}") == "0"]
    waits = [_seconds(headers.get(f"x-ratelimit-reset-{name}", "")) for name in used_up]
    return max((wait_s for wait_s in waits if wait_s is not None), default=None)


def _seconds(text: str) -> float | None:
    """A duration as in `6m0s`, `120ms` or `1.5s`."""
    if len(text) > 30 or not text or _PART.sub("", text):
        return None
    return sum(float(number) * _UNITS_S[unit] for number, unit in _PART.findall(text))
