"""Provider keys: stored credentials, in the order in which the gateway tries them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.core.clock import now
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.core.secrets import hint, provider_key_place
from app.core.timeouts import FROM_SETTINGS, Timeouts
from app.errors import Forbidden, Invalid, NotFound
from app.management import provider_key_values as values
from app.management.changing import changing
from app.management.provider_key_values import ModelMapping
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import ProviderKey, Workspace

T = TypeVar("T")

_MOST_KEYS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProviderKey:
    """A provider key as it was filled in. Without a priority it comes last."""

    workspace_id: UUID
    provider: ProviderName
    api_key: str
    label: str | None = None
    base_url: str | None = None
    priority: int | None = None
    enabled: bool = True
    model_map: Sequence[ModelMapping] = ()
    default_model: str | None = None
    timeouts: Timeouts = FROM_SETTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKeyChange:
    """What to change: UNSET leaves a value as it is, None clears what can be empty."""

    api_key: str | UnsetType | None = UNSET
    label: str | UnsetType | None = UNSET
    base_url: str | UnsetType | None = UNSET
    priority: int | UnsetType | None = UNSET
    enabled: bool | UnsetType | None = UNSET
    model_map: Sequence[ModelMapping] | UnsetType | None = UNSET
    default_model: str | UnsetType | None = UNSET
    timeouts: Timeouts | UnsetType | None = UNSET


async def add(tools: Tools, viewer: Viewer, new: NewProviderKey) -> ProviderKey:
    """A new provider key; those at its priority and behind move back. Raises NotFound, Invalid, Conflict.

    Raises Forbidden beyond 50 keys.
    """
    secret = values.secret(new.api_key, new.provider)
    row = ProviderKey(
        id=new_id(),
        workspace_id=new.workspace_id,
        provider=new.provider,
        base_url=_base_url(tools, new.base_url, new.provider),
        key_hint=hint(secret),
        enabled=new.enabled,
        model_map=values.model_map(new.model_map),
        default_model=values.default_model(new.default_model),
        timeouts=values.timeouts(new.timeouts),
        created_at=now(),
        updated_at=now(),
    )
    row.secret_sealed = tools.vault.seal(secret, provider_key_place(row.workspace_id, row.id))
    async with changing(tools, viewer, new.workspace_id):
        rows = await _locked(new.workspace_id)
        if len(rows) >= _MOST_KEYS:
            raise Forbidden(f"A workspace has at most {_MOST_KEYS} provider keys.")
        taken = [other.label for other in rows]
        wanted = values.priority(len(rows) + 1 if new.priority is None else new.priority)
        row.label = (
            values.free_label(values.HUMAN_NAMES[new.provider], taken)
            if new.label is None
            else values.label(new.label, taken)
        )
        row.priority = min(wanted, len(rows) + 1)
        await row.save(force_create=True)
        rows.insert(row.priority - 1, row)
        await _renumber(rows)
    return row


async def update(
    tools: Tools, viewer: Viewer, provider_key_id: UUID, change: ProviderKeyChange
) -> ProviderKey:
    """The provider key with what `change` says. Raises NotFound, Invalid, Conflict."""
    workspace_id = await _workspace_of(viewer, provider_key_id)
    async with changing(tools, viewer, workspace_id):
        rows = await _locked(workspace_id)
        row = _pick(rows, provider_key_id)
        _apply_choices(row, change, [other.label for other in rows if other is not row])
        _apply_target(tools, row, change)
        if not isinstance(change.enabled, UnsetType):
            row.enabled = _given(change.enabled, "enabled")
        row.updated_at = now()
        # By name, for the other columns are the ledger's.
        await row.save(
            update_fields=[
                "label",
                "base_url",
                "secret_sealed",
                "key_hint",
                "enabled",
                "model_map",
                "default_model",
                "timeouts",
                "updated_at",
            ]
        )
        if not isinstance(change.priority, UnsetType):
            rows.remove(row)
            rows.insert(values.priority(_given(change.priority, "priority")) - 1, row)
            await _renumber(rows)
    return row


async def reorder(tools: Tools, viewer: Viewer, workspace_id: UUID, ids: Sequence[UUID]) -> list[ProviderKey]:
    """The workspace's provider keys in the order of `ids`, each of them once. Raises NotFound, Invalid."""
    async with changing(tools, viewer, workspace_id):
        rows = {row.id: row for row in await _locked(workspace_id)}
        if sorted(rows) != sorted(ids):
            raise Invalid("ids must name every provider key of the workspace once.", "ids")
        ordered = [rows[id_] for id_ in ids]
        await _renumber(ordered)
    return ordered


async def delete(tools: Tools, viewer: Viewer, provider_key_id: UUID) -> None:
    """Removes a provider key with its secret; those behind it move up. Raises NotFound."""
    workspace_id = await _workspace_of(viewer, provider_key_id)
    async with changing(tools, viewer, workspace_id):
        rows = await _locked(workspace_id)
        row = _pick(rows, provider_key_id)
        await row.delete()
        rows.remove(row)
        await _renumber(rows)


async def get(viewer: Viewer, provider_key_id: UUID) -> ProviderKey:
    """A provider key of one of the viewer's workspaces. Raises NotFound."""
    row = await ProviderKey.get_or_none(id=provider_key_id)
    if row is None or not await Workspace.exists(id=row.workspace_id, owner_id=viewer.user.id):
        raise _missing()
    return row


async def provider_keys_of(workspace_ids: Collection[UUID]) -> dict[UUID, list[ProviderKey]]:
    """The provider keys of each workspace by priority."""
    found: defaultdict[UUID, list[ProviderKey]] = defaultdict(list)
    for row in await ProviderKey.filter(workspace_id__in=list(workspace_ids)).order_by("priority", "id"):
        found[row.workspace_id].append(row)
    return found


def _apply_choices(row: ProviderKey, change: ProviderKeyChange, taken: Collection[str]) -> None:
    if not isinstance(change.label, UnsetType):
        row.label = values.label(_given(change.label, "label"), taken)
    if not isinstance(change.model_map, UnsetType):
        row.model_map = values.model_map(change.model_map or ())
    if not isinstance(change.default_model, UnsetType):
        row.default_model = values.default_model(change.default_model)
    if not isinstance(change.timeouts, UnsetType):
        row.timeouts = values.timeouts(change.timeouts or FROM_SETTINGS)


def _apply_target(tools: Tools, row: ProviderKey, change: ProviderKeyChange) -> None:
    if not isinstance(change.base_url, UnsetType):
        row.base_url = _base_url(tools, change.base_url, row.provider)
    if not isinstance(change.api_key, UnsetType):
        secret = values.secret(_given(change.api_key, "apiKey"), row.provider)
        row.secret_sealed = tools.vault.seal(secret, provider_key_place(row.workspace_id, row.id))
        row.key_hint = hint(secret)


def _given(value: T | None, field: str) -> T:
    if value is None:
        raise Invalid(f"{field} cannot be null; leave it out to keep it.", field)
    return value


def _base_url(tools: Tools, text: str | None, provider: ProviderName) -> str | None:
    return values.base_url(text, provider, private_allowed=tools.settings.private_upstreams_allowed)


async def _locked(workspace_id: UUID) -> list[ProviderKey]:
    """The workspace's rows by priority, locked in the order in which the ledger writes them."""
    rows = await ProviderKey.filter(workspace_id=workspace_id).order_by("id").select_for_update()
    return sorted(rows, key=lambda row: (row.priority, row.id))


async def _renumber(rows: Sequence[ProviderKey]) -> None:
    """Gives the rows the priorities 1, 2, 3… in the order they come in."""
    for priority, row in enumerate(rows, start=1):
        if row.priority != priority:
            row.priority = priority
            await row.save(update_fields=["priority"])


def _pick(rows: Sequence[ProviderKey], provider_key_id: UUID) -> ProviderKey:
    row = next((row for row in rows if row.id == provider_key_id), None)
    if row is None:
        raise _missing()
    return row


async def _workspace_of(viewer: Viewer, provider_key_id: UUID) -> UUID:
    return (await get(viewer, provider_key_id)).workspace_id


def _missing() -> NotFound:
    return NotFound("There is no such provider key.")
