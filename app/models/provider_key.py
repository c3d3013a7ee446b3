"""Stored credentials of providers."""

from tortoise import fields
from tortoise.models import Model

from app.core.provider_name import ProviderName


class ProviderKey(Model):
    """A credential with a priority. The secret is sealed and bound to this row."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    provider = fields.CharEnumField(ProviderName, max_length=16)
    label = fields.CharField(max_length=100)
    base_url = fields.CharField(max_length=500, null=True)
    secret_sealed = fields.BinaryField()
    key_hint = fields.CharField(max_length=16)
    priority = fields.IntField()
    enabled = fields.BooleanField(default=True)
    # A list of {"requested": str, "target": str}, in the order given.
    model_map: fields.JSONField[list[dict[str, str]]] = fields.JSONField(default=list)
    default_model = fields.CharField(max_length=200, null=True)
    # Seconds by name, as `app.core.timeouts.Timeouts` has them; what is missing is left to the settings.
    timeouts: fields.JSONField[dict[str, float] | None] = fields.JSONField(null=True)
    # Written by the ledger; the instant orders the reports of several processes.
    last_attempt_at = fields.DatetimeField(null=True)
    last_error_at = fields.DatetimeField(null=True)
    last_error_status = fields.IntField(null=True)
    last_error_message = fields.CharField(max_length=1000, null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "provider_key"
        indexes = [("workspace_id", "priority")]
