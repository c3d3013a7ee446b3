"""Log rows past LOG_RETENTION_DAYS are deleted, a few at a time; the sums of their days stay."""

import asyncio
from datetime import timedelta
from uuid import UUID

from app.core.clock import now
from app.core.ids import first_id_at
from app.database import LEDGER, dialect, transaction

# So few that nobody else who writes to SQLite waits for longer than 50 ms.
_ROWS_AT_ONCE = 500
_PAUSE_S = 0.05
# Refused this much earlier than deleted: what is stored twice finds its first row.
_MARGIN = timedelta(hours=1)


def oldest_storable(retention_days: int) -> UUID | None:
    """The smallest id that may still be stored; None where rows are kept for ever.

    An older row may have been stored, counted and deleted before; stored again it would count twice.
    """
    if not retention_days:
        return None
    return first_id_at(now() - timedelta(days=retention_days) + _MARGIN)


async def delete_expired(retention_days: int) -> int:
    """Deletes the rows older than `retention_days`; gives how many. Raises what the database raises."""
    before = first_id_at(now() - timedelta(days=retention_days))
    deleted = 0
    while count := await _delete_some(before):
        deleted += count
        await asyncio.sleep(_PAUSE_S)
    return deleted


async def _delete_some(before: UUID) -> int:
    # Several workers share the work: none waits for a row that another one is deleting.
    skip = "FOR UPDATE SKIP LOCKED" if dialect(LEDGER) == "postgres" else ""
    placeholder, value = ("$1", before) if skip else ("?", str(before))
    async with transaction(LEDGER) as connection:
        count, _ = await connection.execute_query(
            "DELETE FROM request_log WHERE id IN "  # noqa: S608 # the placeholder is ours
            f"(SELECT id FROM request_log WHERE id < {placeholder} ORDER BY id LIMIT {_ROWS_AT_ONCE} {skip})",
            [value],
        )
    return count
