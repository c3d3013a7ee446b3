"""Who asks the management plane."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.models import User


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in user, and the session that says so."""

    user: User
    session_id: UUID
    expires_at: datetime
