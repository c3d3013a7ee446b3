"""A limit on guessing: tries are counted by e-mail and by address, in memory and within a bound."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import TooManyTries

_WINDOW_S = 15 * 60
_MOST_NAMES = 20_000


@dataclass(slots=True)
class _Window:
    ends_at: float
    tries: int = 0


class Throttle:
    """Allows so many failed tries in a quarter of an hour for one e-mail, and for one address."""

    def __init__(
        self, *, per_email: int = 10, per_address: int = 100, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = {"email": per_email, "address": per_address}
        self._clock = clock
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()

    def take(self, email: str, address: str) -> None:
        """Counts a try before it is made, so that many at once do not slip through. Raises TooManyTries."""
        windows = [(kind, self._window(kind, name)) for kind, name in _names(email, address)]
        for kind, window in windows:
            if window.tries >= self._limits[kind]:
                minutes = math.ceil((window.ends_at - self._clock()) / 60)
                raise TooManyTries(f"Too many tries. Try again in {minutes} min.")
        for _, window in windows:
            window.tries += 1

    def forgive(self, email: str, address: str) -> None:
        """Takes a counted try back: it succeeded."""
        for kind, name in _names(email, address):
            window = self._window(kind, name)
            window.tries = max(window.tries - 1, 0) if kind == "address" else 0

    def _window(self, kind: str, name: str) -> _Window:
        window = self._windows.get((kind, name))
        if window is None or window.ends_at <= self._clock():
            self._windows.pop((kind, name), None)
            window = self._windows[kind, name] = _Window(self._clock() + _WINDOW_S)
            if len(self._windows) > _MOST_NAMES:
                self._windows.popitem(last=False)
        return window


def _names(email: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("email", email), ("address", _network(address))


def _network(address: str) -> str:
    """An address as it is counted: who has one IPv6 address has the 2^64 around it as well."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
