"""Time: UTC everywhere."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The current UTC day."""
    return now().date()
