"""Workspaces."""

from tortoise import fields
from tortoise.models import Model


class Workspace(Model):
    """What keys, logs and usage belong to."""

    id = fields.UUIDField(primary_key=True)
    owner_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=100)
    # Raised by every change of a key, in the change's own transaction: by it other processes notice.
    version = fields.BigIntField(default=0)
    created_at = fields.DatetimeField()

    class Meta:
        table = "workspace"
