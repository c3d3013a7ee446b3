"""A limit on guessing: tries are counted by e-mail and by address, in memory and within a bound."""

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import TooManyTries

_WINDOW_S = 15 * 60
_MOST_NAMES = 20_000
# How many make room for others at once: finding them takes some milliseconds.
_MAKING_ROOM = 2_000


class Throttle:
    """Allows so many failed tries in a quarter of an hour for one e-mail, and for one address."""

    def __init__(
        self, *, per_email: int = 10, per_address: int = 100, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._emails = _Tries(per_email, clock)
        self._addresses = _Tries(per_address, clock)

    def take(self, email: str, address: str) -> None:
        """Counts a try before it is made, so that many at once do not slip through. Raises TooManyTries."""
        network = _network(address)
        # What is refused leaves no trace: names are free, and would crowd out those that are guessed at.
        self._addresses.check(network)
        self._emails.check(email)
        self._addresses.add(network)
        self._emails.add(email)

    def forgive(self, email: str, address: str) -> None:
        """Takes a counted try back: it succeeded."""
        self._addresses.take_back(_network(address))
        self._emails.forget(email)


@dataclass(slots=True)
class _Window:
    ends_at: float
    tries: int = 0


class _Tries:
    """How many tries each name has had in its window, which its first one opened."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def check(self, name: str) -> None:
        """Raises TooManyTries where the name has no more."""
        window = self._window(name)
        if window is not None and window.tries >= self._limit:
            minutes = math.ceil((window.ends_at - self._clock()) / 60)
            raise TooManyTries(f"Too many tries. Try again in {minutes} min.")

    def add(self, name: str) -> None:
        """Counts a try."""
        window = self._window(name)
        if window is None:
            self._make_room()
            window = self._windows[name] = _Window(self._clock() + _WINDOW_S)
        window.tries += 1

    def take_back(self, name: str) -> None:
        """Counts one try less."""
        window = self._window(name)
        if window is not None:
            window.tries = max(window.tries - 1, 0)

    def forget(self, name: str) -> None:
        """Counts from nothing again."""
        self._windows.pop(name, None)

    def _window(self, name: str) -> _Window | None:
        window = self._windows.get(name)
        return window if window is not None and window.ends_at > self._clock() else None

    def _make_room(self) -> None:
        """Drops what has ended, or else those with the fewest tries: a name at its limit is kept."""
        if len(self._windows) < _MOST_NAMES:
            return
        moment = self._clock()
        running = {name: window for name, window in self._windows.items() if window.ends_at > moment}
        if len(running) > _MOST_NAMES - _MAKING_ROOM:
            for name in sorted(running, key=lambda name: running[name].tries)[:_MAKING_ROOM]:
                del running[name]
        self._windows = running


def _network(address: str) -> str:
    """An address as it is counted: who has one IPv6 address has the 2^64 around it as well."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    # A socket for both families shows clients by IPv4 so, each within the same 2^64.
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
