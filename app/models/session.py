"""Sessions: a JWT names one, so that it can be ended."""

from tortoise import fields
from tortoise.models import Model


class Session(Model):
    """One log-in of a user. It is deleted when it ends; an expired one may linger until it is swept."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.UUIDField(db_index=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "session"
