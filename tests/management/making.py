"""Builders that take only what a test cares about."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from app.core.changes import Change, Changes
from app.core.provider_name import ProviderName
from app.core.secrets import Vault
from app.management import accounts, provider_keys
from app.management.accounts import SignedUp
from app.management.passwords import Passwords
from app.management.provider_keys import NewProviderKey
from app.management.throttle import Throttle
from app.management.tokens import Tokens
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import ProviderKey
from app.settings import Settings
from app.simulator import EmbeddedSimulator
from app.upstream import Upstream

PASSWORD = "correct horse battery"


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@asynccontextmanager
async def open_tools(settings: Settings, throttle: Throttle | None = None) -> AsyncIterator[Tools]:
    """The tools of the management plane."""
    upstream = Upstream(settings)
    simulated = EmbeddedSimulator(settings)
    tools = Tools(
        settings=settings,
        vault=Vault(settings.encryption_key),
        passwords=Passwords(settings),
        tokens=Tokens(settings.jwt_secret, settings.session_days),
        throttle=throttle or Throttle(),
        changes=Changes(),
        upstream=upstream,
        simulated=simulated,
    )
    async with simulated.running():
        yield tools
    await upstream.close()


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-up user and what it started with."""

    made: SignedUp
    viewer: Viewer

    @property
    def workspace_id(self) -> UUID:
        """The default workspace."""
        return self.made.workspace.id


async def sign_up(tools: Tools, email: str = "ada@example.com", origin: str = "192.0.2.1") -> Account:
    """A new account."""
    made = await accounts.sign_up(tools, email=email, password=PASSWORD, name="Ada", origin=origin)
    return Account(made, await viewer_of(tools, made.signed_in.token))


async def viewer_of(tools: Tools, token: str) -> Viewer:
    """The viewer that a token stands for."""
    viewer = await accounts.authenticate(tools, token)
    assert viewer is not None
    return viewer


async def log_in(tools: Tools, email: str = "ada@example.com", password: str = PASSWORD) -> str:
    """The token of a new session."""
    return (await accounts.log_in(tools, email=email, password=password, origin="192.0.2.1")).token


def new_key(account: Account, provider: ProviderName = ProviderName.OPENAI) -> NewProviderKey:
    """A provider key as it was filled in."""
    return NewProviderKey(workspace_id=account.workspace_id, provider=provider, api_key="sk-a-long-secret")


async def add_key(
    tools: Tools,
    account: Account,
    label: str | None = None,
    *,
    provider: ProviderName = ProviderName.OPENAI,
    priority: int | None = None,
) -> ProviderKey:
    """A new provider key."""
    new = NewProviderKey(
        workspace_id=account.workspace_id,
        provider=provider,
        api_key="sk-secret-of-some-length",
        label=label,
        base_url="http://localhost:9/v1" if provider is ProviderName.CUSTOM else None,
        priority=priority,
    )
    return await provider_keys.add(tools, account.viewer, new)


@dataclass(slots=True)
class Heard:
    """The changes that were published."""

    changes: list[Change] = field(default_factory=list)


@contextmanager
def listening(tools: Tools) -> Iterator[Heard]:
    """Hears every change while the block runs."""
    heard = Heard()
    with tools.changes.listening(heard.changes.append):
        yield heard
