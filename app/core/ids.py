"""Ids: UUIDv7, so that one order and one index serve pages and time ranges alike."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7; ids made by one process sort in the order they were made."""
    return uuid7()


def created_at(id_: UUID) -> datetime:
    """The UTC instant, to the millisecond, at which a UUIDv7 was made."""
    return datetime.fromtimestamp(milliseconds_of(id_.int) / 1000, UTC)


def milliseconds_of(number: int) -> int:
    """The milliseconds since 1970 at which the UUIDv7 of this number was made."""
    return number >> 80


def id_bytes(id_: UUID) -> bytes:
    """The id as it is spelt, in ASCII. By msgspec's encoder, which is several times as fast as `str`."""
    return msgspec.json.encode(id_)[1:-1]


def parse_id(text: str) -> UUID | None:
    """The id that `text` spells, or None: what is no id belongs to nobody."""
    try:
        return UUID(text)
    except ValueError:
        return None


def first_id_at(moment: datetime) -> UUID:
    """The smallest id that could have been made at `moment`: the edge of a time range."""
    milliseconds = min(max(int(moment.timestamp() * 1000), 0), 2**48 - 1)
    return UUID(int=milliseconds << 80)
