"""What the operations of the management plane work with; built once in `app.main`, passed to each."""

from dataclasses import dataclass

from app.core.changes import Changes
from app.core.secrets import Vault
from app.management.passwords import Passwords
from app.management.throttle import Throttle
from app.management.tokens import Tokens
from app.settings import Settings
from app.upstream import Upstream


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
