"""Filling the snapshot: one query from an API key's hash to everything the data plane needs of it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from tortoise.connection import get_connections

from app.core.provider_name import ProviderName
from app.core.secrets import SealBroken, Vault, provider_key_place
from app.core.timeouts import Timeouts
from app.database import DEFAULT, dialect
from app.gateway.known import Caller, KnownProviderKey
from app.models import Workspace

logger = logging.getLogger(__name__)

Row = Mapping[str, object]

# One statement sees one state of the database: the version belongs to exactly these keys.
_QUERY = """
SELECT a.id AS api_key_id, a.workspace_id, a.expires_at, w.version,
       p.id AS provider_key_id, p.provider, p.label, p.base_url, p.secret_sealed, p.model_map,
       p.default_model, p.timeouts
FROM api_key a
JOIN workspace w ON w.id = a.workspace_id
LEFT JOIN provider_key p ON p.workspace_id = a.workspace_id AND p.enabled
WHERE a.key_hash = {} AND a.revoked_at IS NULL
ORDER BY p.priority, p.id
"""


@dataclass(frozen=True, slots=True)
class Filling:
    """A caller, and the version of the workspace that its keys were read at."""

    caller: Caller
    version: int


async def fill(key_hash: bytes, vault: Vault) -> Filling | None:
    """What is known of an API key; None for an unknown or revoked one. Raises what the database raises."""
    placeholder = "?" if dialect() == "sqlite" else "$1"
    connection = get_connections().get(DEFAULT)
    rows = await connection.execute_query_dict(_QUERY.format(placeholder), [key_hash.hex()])
    if not rows:
        return None
    first = rows[0]
    workspace_id = _id(first["workspace_id"])
    known = [_provider_key(row, workspace_id, vault) for row in rows if row["provider_key_id"] is not None]
    caller = Caller(
        _id(first["api_key_id"]),
        workspace_id,
        _instant(first["expires_at"]),
        tuple(key for key in known if key is not None),
    )
    return Filling(caller, int(str(first["version"])))


async def versions(workspace_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The present versions of workspaces, without those that are gone. Raises what the database raises."""
    rows = await Workspace.filter(id__in=list(workspace_ids)).values_list("id", "version")
    return dict(rows)


def _provider_key(row: Row, workspace_id: UUID, vault: Vault) -> KnownProviderKey | None:
    id_ = _id(row["provider_key_id"])
    sealed = row["secret_sealed"]
    try:
        blob = bytes(sealed) if isinstance(sealed, bytes | memoryview) else b""
        secret = vault.open(blob, provider_key_place(workspace_id, id_))
    except SealBroken:
        logger.exception("provider key %s cannot be opened: was ENCRYPTION_KEY changed?", id_)
        return None
    entries = msgspec.json.decode(str(row["model_map"]), type=list[dict[str, str]])
    return KnownProviderKey(
        id=id_,
        provider=ProviderName(str(row["provider"])),
        label=str(row["label"]),
        base_url=None if row["base_url"] is None else str(row["base_url"]),
        secret=secret,
        model_map={entry["requested"]: entry["target"] for entry in entries},
        default_model=None if row["default_model"] is None else str(row["default_model"]),
        timeouts=msgspec.json.decode(str(row["timeouts"] or "{}"), type=Timeouts),
    )


def _id(value: object) -> UUID:
    return UUID(str(value))


def _instant(value: object) -> datetime | None:
    """The databases give an aware datetime, or the text of one."""
    if value is None:
        return None
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
