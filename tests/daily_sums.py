"""The daily sums that the ledger keeps: some made by hand, and those by provider beside all of them."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from app.core.ids import new_id
from app.database import transaction, upsert_sums
from app.database.statements import Plain
from app.models import DURATION_EDGES_MS, UsageDaily, UsageProviderDaily

PROVIDER_KEYS = ("workspace_id", "day", "provider")
DAILY_KEYS = (*PROVIDER_KEYS, "model", "api_key_id")
SUMS = (
    "requests", "failed_requests", "priced_requests", "input_tokens", "cached_input_tokens", "output_tokens",
    "cost_nano_usd", "duration_ms", *(f"duration_{number}" for number in range(len(DURATION_EDGES_MS) + 1)),
)  # fmt: skip

# The sums of a workspace, a day and a provider, in the order of SUMS.
ProviderSums = dict[tuple[Plain, ...], tuple[int, ...]]


async def add_day(
    workspace_id: UUID, day: date, *, provider: str, model: str, api_key_id: UUID, sums: dict[str, int]
) -> None:
    """What a day's requests of one group add, in both tables; sums that are not given are 0."""
    keys: dict[str, Plain] = {
        "workspace_id": workspace_id, "day": day, "provider": provider, "model": model,
        "api_key_id": api_key_id,
    }  # fmt: skip
    amounts = dict.fromkeys(SUMS, 0) | sums
    async with transaction() as connection:
        for table, names in (("usage_daily", DAILY_KEYS), ("usage_provider_daily", PROVIDER_KEYS)):
            row = {"id": new_id(), **{name: keys[name] for name in names}, **amounts}
            await upsert_sums(connection, table, keys=names, sums=SUMS, rows=[row])


async def of_providers() -> ProviderSums:
    """What the table by provider holds of all workspaces."""
    rows = await UsageProviderDaily.all().values_list(*PROVIDER_KEYS, *SUMS)
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


async def of_days_by_provider() -> ProviderSums:
    """What it has to hold: the daily rows of all workspaces, summed up here."""
    groups: dict[tuple[Plain, ...], list[tuple[int, ...]]] = defaultdict(list)
    for row in await UsageDaily.all().values_list(*PROVIDER_KEYS, *SUMS):
        groups[tuple(row[:3])].append(tuple(row[3:]))
    return {key: tuple(map(sum, zip(*rows, strict=True))) for key, rows in groups.items()}
