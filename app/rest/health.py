"""Whether this process can take a completion, told honestly, without authentication."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.gateway.ledger import Ledger
from app.gateway.snapshot import Snapshot
from app.settings import Settings


@dataclass(slots=True)
class Drain:
    """Whether the process is about to stop; set once, by the signal."""

    is_draining: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """Reads how the parts of the process are doing; asks nobody."""

    settings: Settings
    ledger: Ledger
    snapshot: Snapshot
    drain: Drain

    def report(self) -> tuple[int, bytes]:
        """HTTP status and JSON body: 200 while a completion can be taken, 503 with the reasons otherwise.

        A database that is away is 200 and `degraded` until DATABASE_OUTAGE_LIMIT_S: a shared outage must not
        take every replica out of the balancer at once.
        """
        reasons = list(self._reasons())
        ledger = self.ledger.state
        away_s = self._away_s()
        is_degraded = away_s is not None or ledger.rejected or ledger.damaged or ledger.is_stuck
        body = {
            "status": "unavailable" if reasons else "degraded" if is_degraded else "ok",
            "reasons": reasons,
            "database": {"away_s": None if away_s is None else round(away_s, 1)},
            "journal": {
                "bytes": ledger.journal_bytes,
                "limit_bytes": self.settings.journal_max_bytes,
                "rejected": ledger.rejected,
                "damaged": ledger.damaged,
            },
        }
        return (503 if reasons else 200), json.dumps(body).encode()

    def _reasons(self) -> Iterator[str]:
        ledger, limit_s = self.ledger.state, self.settings.database_outage_limit_s
        if self.drain.is_draining:
            yield "draining"
        if ledger.is_journal_full:
            yield "the journal is full"
        if ledger.unwritten:
            yield f"the journal cannot be written: {ledger.journal_failure}"
        if not self.snapshot.can_vouch:
            yield "the database has been away for too long to vouch for API keys"
        if limit_s and (self._away_s() or 0) > limit_s:
            yield "the database has been away for longer than DATABASE_OUTAGE_LIMIT_S"

    def _away_s(self) -> float | None:
        """Seconds since the database is away, whoever noticed first; None while it is there."""
        noticed = (self.ledger.state.database_away_s, self.snapshot.away_for_s)
        return max((away_s for away_s in noticed if away_s is not None), default=None)
