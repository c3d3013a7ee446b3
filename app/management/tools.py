"""What the operations of the management plane work with; built once in `app.main`, passed to each."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from app.core.changes import Changes
from app.core.secrets import Vault
from app.management.passwords import Passwords
from app.management.throttle import Throttle
from app.management.tokens import Tokens
from app.settings import Settings
from app.upstream import Upstream


class SimulatedProvider(Protocol):
    """A provider that this process plays itself, once somebody has asked for it."""

    @property
    def base_url(self) -> str:
        """Its address, which is the same after each restart."""
        ...

    async def ensure(self) -> None:
        """Starts it, if it does not run yet. Raises SimulatorUnavailable."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Lets it be started while the block runs, and ends it with the block."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Settings and the few things that live as long as the process."""

    settings: Settings
    vault: Vault
    passwords: Passwords
    tokens: Tokens
    throttle: Throttle
    changes: Changes
    upstream: Upstream
    simulated: SimulatedProvider
