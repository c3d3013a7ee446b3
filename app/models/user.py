"""Accounts."""

from tortoise import fields
from tortoise.models import Model


class User(Model):
    """A person who signs in."""

    id = fields.UUIDField(primary_key=True)
    # Lower case, so that uniqueness does not depend on how an address is typed.
    email = fields.CharField(max_length=254, unique=True)
    name = fields.CharField(max_length=100)
    password_hash = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()

    class Meta:
        table = "user"
