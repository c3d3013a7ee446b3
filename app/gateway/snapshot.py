"""The snapshot: what API keys open, in memory, filled by need and never older than promised.

A change in this process is known at once, by `core.changes`; one in another by its notification, and by a
poll of the workspaces' versions whatever happens to the notifications.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from app.core.background import in_background
from app.core.changes import Change, Changes, WorkspaceChanged
from app.core.secrets import Vault
from app.database import fault, reason
from app.errors import SnapshotUnavailable
from app.gateway.filling import Filling, fill, versions
from app.gateway.known import Caller
from app.settings import Settings

logger = logging.getLogger(__name__)

_UNKNOWN_FOR_S = 1.0
_MAX_UNKNOWN = 10_000
_POLLED_AT_ONCE = 500
# A database that has said nothing for so long is away, though no question has failed yet.
_SILENT_S = 5.0


class Snapshot:
    """Finds callers. A miss is one query, however many ask at once; a hit is none."""

    def __init__(
        self, settings: Settings, vault: Vault, changes: Changes, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._vault = vault
        self._changes = changes
        self._clock = clock
        # A poll that takes its time must not look like an outage.
        self._longest_age_s = max(settings.snapshot_grace_s, settings.snapshot_poll_s * 4)
        self._known: dict[bytes, Filling] = {}
        self._keys_of: dict[UUID, set[bytes]] = {}
        # The version that everything known of a workspace was read at.
        self._versions: dict[UUID, int] = {}
        self._unknown: dict[bytes, float] = {}
        self._filling: dict[bytes, asyncio.Task[Caller | None]] = {}
        # When workspaces changed while fills were under way: what those bring may be from before.
        self._changes_seen = 0
        self._changed_at: dict[UUID, int] = {}
        self._vouched_at: float | None = None
        self._is_away = False

    @property
    def vouched_s_ago(self) -> float | None:
        """Seconds since the database last confirmed what is here; None before it ever did."""
        return None if self._vouched_at is None else self._clock() - self._vouched_at

    @property
    def away_for_s(self) -> float | None:
        """Seconds since the database last answered; None while it answers."""
        age_s = self.vouched_s_ago
        is_silent = age_s is not None and age_s > _SILENT_S + self._settings.snapshot_poll_s
        return age_s if self._is_away or is_silent else None

    @property
    def can_vouch(self) -> bool:
        """Whether what is here may still be served."""
        return self._vouched_at is not None and self._clock() - self._vouched_at <= self._longest_age_s

    async def find(self, key_hash: bytes) -> Caller | None:
        """Who holds the API key with this hash; None for an unknown or revoked one.

        Raises SnapshotUnavailable where the database is away and nobody here can say.
        """
        filling = self._known.get(key_hash)
        if filling is not None:
            if not self.can_vouch:
                raise SnapshotUnavailable("The database has been away for too long to vouch for any API key.")
            return filling.caller
        if self._unknown.get(key_hash, 0.0) > self._clock():
            return None
        task = self._filling.get(key_hash)
        if task is None:
            task = self._filling[key_hash] = asyncio.create_task(self._fill(key_hash))
            task.add_done_callback(lambda _: self._filled(key_hash))
        return await asyncio.shield(task)

    def forget(self, workspace_id: UUID) -> None:
        """Drops what is known of a workspace: it changed."""
        if self._filling:
            self._changes_seen += 1
            self._changed_at[workspace_id] = self._changes_seen
        # A new key may be one that was asked for before it existed.
        self._unknown.clear()
        self._versions.pop(workspace_id, None)
        for key_hash in self._keys_of.pop(workspace_id, ()):
            self._known.pop(key_hash, None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keeps the snapshot true while the block runs."""
        try:
            async with in_background(self._poll_for_ever):
                with self._changes.listening(self._on_change):
                    yield
        finally:
            for task in self._filling.values():
                task.cancel()

    async def poll(self) -> None:
        """Compares every known workspace's version with the database's. Raises what the database raises."""
        started = self._clock()
        workspace_ids = list(self._versions)
        for start in range(0, max(len(workspace_ids), 1), _POLLED_AT_ONCE):
            chosen = workspace_ids[start : start + _POLLED_AT_ONCE]
            present = await versions(chosen)
            for workspace_id in chosen:
                if self._versions.get(workspace_id, -1) not in {-1, present.get(workspace_id)}:
                    self.forget(workspace_id)
        self._vouched_at, self._is_away = started, False

    async def _fill(self, key_hash: bytes) -> Caller | None:
        while True:
            started_at = self._changes_seen
            try:
                filling = await fill(key_hash, self._vault)
            except Exception as error:
                if fault(error) is None:
                    raise
                raise SnapshotUnavailable(
                    "The database is away, and this API key is not known here."
                ) from error
            if filling is None:
                self._remember_unknown(key_hash)
                return None
            # Read before a change that came meanwhile, or after it? Nobody knows; read again.
            if self._changed_at.get(filling.caller.workspace_id, 0) <= started_at:
                self._remember(key_hash, filling)
                return filling.caller

    def _filled(self, key_hash: bytes) -> None:
        del self._filling[key_hash]
        if not self._filling:
            self._changed_at.clear()

    def _remember(self, key_hash: bytes, filling: Filling) -> None:
        while len(self._known) >= self._settings.snapshot_max_keys:
            self._drop(next(iter(self._known)))
        workspace_id = filling.caller.workspace_id
        if self._versions.get(workspace_id, filling.version) != filling.version:
            self.forget(workspace_id)
        self._known[key_hash] = filling
        self._versions[workspace_id] = filling.version
        self._keys_of.setdefault(workspace_id, set()).add(key_hash)

    def _drop(self, key_hash: bytes) -> None:
        workspace_id = self._known.pop(key_hash).caller.workspace_id
        hashes = self._keys_of[workspace_id]
        hashes.discard(key_hash)
        if not hashes:
            del self._keys_of[workspace_id], self._versions[workspace_id]

    def _remember_unknown(self, key_hash: bytes) -> None:
        if len(self._unknown) >= _MAX_UNKNOWN:
            self._unknown.clear()
        self._unknown[key_hash] = self._clock() + _UNKNOWN_FOR_S

    def _on_change(self, change: Change) -> None:
        if isinstance(change, WorkspaceChanged):
            self.forget(change.workspace_id)

    async def _poll_for_ever(self) -> None:
        while True:
            try:
                await self.poll()
            except Exception as error:  # whatever it is: what is known grows older until it passes
                if not self._is_away:
                    trace = error if fault(error) is None else None
                    logger.warning("cannot ask the database for changes: %s", reason(error), exc_info=trace)
                self._is_away = True
            await asyncio.sleep(self._settings.snapshot_poll_s)
