"""Pages by key: a cursor is the place of a row, so that new rows do not shift the pages behind it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import strawberry

from app.core.ids import parse_id
from app.errors import Invalid, NotFound
from app.management.inputs import storable

LARGEST_PAGE = 200
_CURSOR_LENGTH = 22
_LONGEST_TEXT = 200


@strawberry.type(description="Where a page stands within its list.")
class PageInfo:
    """The ends of a page."""

    has_next_page: bool = strawberry.field(description="Whether rows follow; ask with `after: endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether this page was asked for with `after`.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first row; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last row; null on an empty page.")


def to_cursor(id_: UUID) -> str:
    """An opaque text that names a row's place."""
    return urlsafe_b64encode(id_.bytes).rstrip(b"=").decode()


def from_cursor(cursor: str) -> UUID:
    """The row that `cursor` names. Raises Invalid."""
    if len(cursor) == _CURSOR_LENGTH and cursor.isascii():
        try:
            id_ = UUID(bytes=urlsafe_b64decode(cursor + "=="))
        except ValueError:
            raise _bad_cursor() from None
        if to_cursor(id_) == cursor:
            return id_
    raise _bad_cursor()


def check_range(value: int, field: str, largest: int) -> int:
    """`value`, if it is 1 to `largest`. Raises Invalid."""
    if not 1 <= value <= largest:
        raise Invalid(f"{field} must be 1 to {largest}.", field)
    return value


def require_id(text: str, thing: str) -> UUID:
    """The id in `text`. Raises NotFound: what is no id names nothing."""
    id_ = parse_id(text)
    if id_ is None:
        raise NotFound(f"There is no such {thing}.")
    return id_


def short_text(text: str | None, field: str) -> str | None:
    """`text`, if it is one that could be looked for: at most 200 characters. Raises Invalid."""
    if text is None:
        return None
    if len(text) > _LONGEST_TEXT:
        raise Invalid(f"{field} must have at most {_LONGEST_TEXT} characters.", field)
    return storable(text, field)


def _bad_cursor() -> Invalid:
    return Invalid("after is no cursor of ours.", "after")
