"""Tokens: a JWT that names a session and is worth nothing without it."""

from datetime import datetime, timedelta
from uuid import UUID

import jwt

from app.core.clock import now
from app.core.ids import parse_id

_ALGORITHM = "HS256"


class Tokens:
    """Signs and reads the tokens of sessions that last `days`."""

    def __init__(self, jwt_secret: str, days: int) -> None:
        self._secret = jwt_secret
        self.lifetime = timedelta(days=days)

    def sign(self, session_id: UUID, user_id: UUID, expires_at: datetime) -> str:
        """A token for a session."""
        claims = {"sid": str(session_id), "sub": str(user_id), "iat": now(), "exp": expires_at}
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def read(self, token: str) -> UUID | None:
        """The session that a token of ours names; None for any other text, and once the token has expired."""
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=[_ALGORITHM], options={"require": ["sid", "sub", "exp"]}
            )
        except (jwt.InvalidTokenError, ValueError):
            return None
        return parse_id(str(claims["sid"]))
