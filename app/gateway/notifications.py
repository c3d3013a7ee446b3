"""What other processes tell: their changes and their log rows, published here as if they were our own."""

from uuid import UUID

import msgspec

from app.core.changes import CHANGED_CHANNEL, Changes, RequestsLogged, WorkspaceChanged
from app.database import listen
from app.gateway.ledger import LOGGED_CHANNEL
from app.settings import Settings


async def hear(settings: Settings, changes: Changes, own_origin: str) -> None:
    """Publishes what other processes notify of, until cancelled; on SQLite there are none, and it returns.

    What this process logged itself, by `own_origin`, was published already. A change of its own comes twice,
    which does no harm.
    """

    def on_message(channel: str, payload: str) -> None:
        if channel == CHANGED_CHANNEL:
            for workspace_id in _ids(payload):
                changes.publish(WorkspaceChanged(workspace_id))
            return
        origin, _, rest = payload.partition(" ")
        if origin == own_origin:
            return
        ids = _ids(rest)
        if ids:
            changes.publish(RequestsLogged(ids[0], tuple(ids[1:])))

    await listen(settings, [CHANGED_CHANNEL, LOGGED_CHANNEL], on_message, lambda: None)


def _ids(text: str) -> list[UUID]:
    """The ids in `text`; a text with anything else in it is not ours."""
    try:
        # In C: a worker hears of each row of all others.
        return msgspec.convert(text.split(), list[UUID])
    except msgspec.ValidationError:
        return []
