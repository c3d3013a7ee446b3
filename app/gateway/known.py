"""What the data plane knows of a workspace: values, opened once and kept in memory only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from app.core.provider_name import ProviderName
from app.core.timeouts import FROM_SETTINGS, Timeouts


@dataclass(frozen=True, slots=True)
class KnownProviderKey:
    """A provider key as routing and dispatch see it."""

    id: UUID
    provider: ProviderName
    label: str
    base_url: str | None
    # Never printed: a traceback or a debugger's repr must not show it.
    secret: str = field(repr=False)
    model_map: Mapping[str, str]
    default_model: str | None
    enabled: bool = True
    timeouts: Timeouts = FROM_SETTINGS


class Candidate(msgspec.Struct, frozen=True):
    """A provider key and the model to ask it for."""

    provider_key: KnownProviderKey
    model: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who holds an API key: its workspace, with the workspace's provider keys by priority.

    `routes` is routing's own: what it decided for models that were asked for. A change of the workspace makes
    a new caller.
    """

    api_key_id: UUID
    workspace_id: UUID
    expires_at: datetime | None
    provider_keys: tuple[KnownProviderKey, ...]
    routes: dict[str, tuple[Candidate, ...]] = field(default_factory=dict, compare=False, repr=False)
