"""The live feed from other processes: what they logged, by their notifications."""

from app.core.changes import Changes, RequestsLogged
from app.core.ids import parse_id
from app.database import listen
from app.gateway.ledger.batch import LOGGED_CHANNEL
from app.settings import Settings


async def hear(settings: Settings, changes: Changes, own_origin: str) -> None:
    """Publishes what other processes logged, until cancelled; on SQLite there are none, and it returns."""

    def on_message(_: str, payload: str) -> None:
        origin, *ids = payload.split()
        known = [id_ for id_ in map(parse_id, ids) if id_ is not None]
        if origin != own_origin and known:
            changes.publish(RequestsLogged(known[0], tuple(known[1:])))

    await listen(settings, [LOGGED_CHANNEL], on_message, lambda: None)
