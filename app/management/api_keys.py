"""API keys: what a workspace hands to its callers."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.clock import now
from app.core.ids import new_id
from app.core.secrets import api_key_prefix, hash_api_key, mint_api_key
from app.errors import Forbidden, Invalid, NotFound
from app.management.changing import changing
from app.management.inputs import line
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import ApiKey, Workspace

_MOST_KEYS = 1000
_LONGEST_NAME = 100
_PLAYGROUND = "playground"
_PLAYGROUND_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new API key and its secret in clear, which is kept nowhere."""

    row: ApiKey
    secret: str


async def create(
    tools: Tools, viewer: Viewer, workspace_id: UUID, *, name: str, expires_at: datetime | None
) -> CreatedApiKey:
    """A new API key. Raises NotFound, Invalid, and Forbidden beyond 1000 keys."""
    name = line(name, "name", _LONGEST_NAME)
    if expires_at is not None and expires_at <= now():
        raise Invalid("expiresAt must be in the future.", "expiresAt")
    async with changing(tools, viewer, workspace_id):
        await _check_room(workspace_id)
        return await insert(workspace_id, name, expires_at=expires_at)


async def create_playground_key(tools: Tools, viewer: Viewer, workspace_id: UUID) -> CreatedApiKey:
    """An API key that lasts an hour. Expired ones of its kind are deleted on the way. Raises NotFound."""
    async with changing(tools, viewer, workspace_id):
        expired = ApiKey.filter(workspace_id=workspace_id, name=_PLAYGROUND, expires_at__lt=now())
        # Locked in the order in which the ledger writes them, so that neither waits for the other.
        rows = await expired.order_by("id").select_for_update()
        await ApiKey.filter(id__in=[row.id for row in rows]).delete()
        await _check_room(workspace_id)
        return await insert(workspace_id, _PLAYGROUND, expires_at=now() + _PLAYGROUND_LIFETIME)


async def revoke(tools: Tools, viewer: Viewer, api_key_id: UUID) -> ApiKey:
    """The key, which stops working at once; revoking it again changes nothing. Raises NotFound."""
    workspace_id = await _workspace_of(viewer, api_key_id)
    async with changing(tools, viewer, workspace_id):
        this = ApiKey.filter(id=api_key_id, workspace_id=workspace_id)
        await this.filter(revoked_at__isnull=True).update(revoked_at=now())
        row = await this.get_or_none()
        if row is None:
            raise _missing()
    return row


async def delete(tools: Tools, viewer: Viewer, api_key_id: UUID) -> None:
    """Removes a key; its log rows stay. Raises NotFound."""
    workspace_id = await _workspace_of(viewer, api_key_id)
    async with changing(tools, viewer, workspace_id):
        this = ApiKey.filter(id=api_key_id, workspace_id=workspace_id)
        if not await this.delete():
            raise _missing()


async def insert(workspace_id: UUID, name: str, *, expires_at: datetime | None) -> CreatedApiKey:
    """A new API key, within a transaction of the caller's."""
    secret = mint_api_key()
    row = await ApiKey.create(
        id=new_id(),
        workspace_id=workspace_id,
        name=name,
        key_hash=hash_api_key(secret).hex(),
        prefix=api_key_prefix(secret),
        expires_at=expires_at,
        created_at=now(),
    )
    return CreatedApiKey(row, secret)


async def api_keys_of(workspace_ids: Collection[UUID]) -> dict[UUID, list[ApiKey]]:
    """The API keys of each workspace, newest first, revoked ones included."""
    found: defaultdict[UUID, list[ApiKey]] = defaultdict(list)
    for row in await ApiKey.filter(workspace_id__in=list(workspace_ids)).order_by("-id"):
        found[row.workspace_id].append(row)
    return found


async def api_keys_by_id(ids: Collection[UUID]) -> dict[UUID, ApiKey]:
    """API keys by id; a deleted one is not among them. Whose they are is the caller's to know."""
    return {row.id: row for row in await ApiKey.filter(id__in=list(ids))}


async def _check_room(workspace_id: UUID) -> None:
    if await ApiKey.filter(workspace_id=workspace_id).count() >= _MOST_KEYS:
        raise Forbidden(f"A workspace has at most {_MOST_KEYS} API keys; delete some first.")


async def _workspace_of(viewer: Viewer, api_key_id: UUID) -> UUID:
    row = await ApiKey.get_or_none(id=api_key_id)
    if row is None or not await Workspace.exists(id=row.workspace_id, owner_id=viewer.user.id):
        raise _missing()
    return row.workspace_id


def _missing() -> NotFound:
    return NotFound("There is no such API key.")
