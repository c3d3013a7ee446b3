"""The log: one row for each completion."""

from typing import TypedDict

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app.core.provider_name import ProviderName


class AttemptRecord(TypedDict):
    """One try at a candidate, as it is kept on the log row."""

    provider: str
    label: str
    model: str
    status_code: int | None
    duration_ms: int
    error_message: str | None


class FailedIndex(Index):
    """An index of nothing but failed requests, by far the fewer."""

    def __init__(self, *, fields: tuple[str, ...], name: str) -> None:
        super().__init__(fields=fields, name=name)
        self.extra = " WHERE status_code >= 400"


class RequestLog(Model):
    """A completion. Plain ids, no foreign keys: deleting a key touches no row here.

    `id` is a UUIDv7 whose millisecond is the time of the request, so that one order and one index serve
    pages and time ranges alike.
    """

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    api_key_id = fields.UUIDField()
    requested_model = fields.CharField(max_length=200)
    model = fields.CharField(max_length=200)
    provider = fields.CharEnumField(ProviderName, max_length=16, null=True)
    status_code = fields.IntField()
    stream = fields.BooleanField()
    input_tokens = fields.BigIntField()
    cached_input_tokens = fields.BigIntField()
    output_tokens = fields.BigIntField()
    tokens_estimated = fields.BooleanField()
    cost_nano_usd = fields.BigIntField(null=True)
    duration_ms = fields.BigIntField()
    time_to_first_token_ms = fields.BigIntField(null=True)
    error_code = fields.CharField(max_length=64, null=True)
    error_message = fields.CharField(max_length=1000, null=True)
    attempts: fields.JSONField[list[AttemptRecord]] = fields.JSONField(default=list)
    notes: fields.JSONField[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "request_log"
        indexes = [
            Index(fields=("workspace_id", "id")),
            Index(fields=("workspace_id", "provider", "id")),
            Index(fields=("workspace_id", "model", "id")),
            Index(fields=("workspace_id", "api_key_id", "id")),
            # With the status: to tell those that the client left from the others, no row is read.
            FailedIndex(fields=("workspace_id", "id", "status_code"), name="idx_request_log_failed"),
        ]
