"""What was used: sums that the ledger keeps beside the log."""

from tortoise import fields
from tortoise.models import Model

# Upper edges in milliseconds of the duration histogram; the twelfth bucket has none.
DURATION_EDGES_MS = (50, 100, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000)


class Amounts(Model):
    """What requests used, in sums."""

    requests = fields.BigIntField(default=0)
    failed_requests = fields.BigIntField(default=0)
    # Requests whose cost is known; without any, the cost is unknown rather than nothing.
    priced_requests = fields.BigIntField(default=0)
    input_tokens = fields.BigIntField(default=0)
    cached_input_tokens = fields.BigIntField(default=0)
    output_tokens = fields.BigIntField(default=0)
    cost_nano_usd = fields.BigIntField(default=0)

    class Meta:
        abstract = True


class TimedAmounts(Amounts):
    """What requests used and how long they took, in sums."""

    duration_ms = fields.BigIntField(default=0)
    # How many requests fell into each bucket of DURATION_EDGES_MS.
    duration_0 = fields.BigIntField(default=0)
    duration_1 = fields.BigIntField(default=0)
    duration_2 = fields.BigIntField(default=0)
    duration_3 = fields.BigIntField(default=0)
    duration_4 = fields.BigIntField(default=0)
    duration_5 = fields.BigIntField(default=0)
    duration_6 = fields.BigIntField(default=0)
    duration_7 = fields.BigIntField(default=0)
    duration_8 = fields.BigIntField(default=0)
    duration_9 = fields.BigIntField(default=0)
    duration_10 = fields.BigIntField(default=0)
    duration_11 = fields.BigIntField(default=0)

    class Meta:
        abstract = True


class UsageCounter(Amounts):
    """All time, one row a workspace. Always the sum of the workspace's daily rows."""

    workspace_id = fields.UUIDField(primary_key=True)

    class Meta:
        table = "usage_counter"


class UsageDaily(TimedAmounts):
    """One row for each UTC day, provider, model and API key of a workspace that was used.

    A request that no provider served counts under an empty provider and an empty model, so that a client's
    invented names make no rows.
    """

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    day = fields.DateField()
    provider = fields.CharField(max_length=16)
    model = fields.CharField(max_length=200)
    api_key_id = fields.UUIDField()

    class Meta:
        table = "usage_daily"
        unique_together = (("workspace_id", "day", "provider", "model", "api_key_id"),)


class UsageProviderDaily(TimedAmounts):
    """One row for each UTC day and provider of a workspace: the sum of its daily rows.

    A chart of a year by provider reads a few rows a day here, and thousands there.
    """

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    day = fields.DateField()
    provider = fields.CharField(max_length=16)

    class Meta:
        table = "usage_provider_daily"
        unique_together = (("workspace_id", "day", "provider"),)
