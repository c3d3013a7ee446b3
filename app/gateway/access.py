"""Who is calling: from the Authorization header to a Caller, by headers alone."""

from dataclasses import dataclass

from app.core.clock import now
from app.core.secrets import hash_api_key
from app.errors import InvalidApiKey
from app.gateway.known import Caller
from app.gateway.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Access:
    """Looks callers up in the snapshot."""

    snapshot: Snapshot

    async def caller(self, authorization: bytes) -> Caller:
        """The caller. Raises InvalidApiKey and SnapshotUnavailable."""
        scheme, _, api_key = authorization.partition(b" ")
        api_key = api_key.strip()
        if scheme.lower() != b"bearer" or not api_key:
            raise InvalidApiKey(
                "You didn't provide an API key. Send one of your workspace's as 'Authorization: Bearer pk_…'."
            )
        caller = await self.snapshot.find(hash_api_key(api_key.decode("latin-1")))
        if caller is None or (caller.expires_at is not None and caller.expires_at <= now()):
            raise InvalidApiKey("Incorrect API key provided: it is unknown, revoked or expired.")
        return caller
