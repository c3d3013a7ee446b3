"""The keys that a workspace hands out."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model


class ApiKey(Model):
    """A key `pk_…`, stored as hash and prefix."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=100)
    # SHA-256 of the whole key, as hex.
    key_hash = fields.CharField(max_length=64, unique=True)
    prefix = fields.CharField(max_length=16)
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    # Written by the ledger.
    last_used_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "api_key"

    def is_active(self, at: datetime) -> bool:
        """Whether the key opens the route at this instant."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)
