"""The snapshot: a miss is one query, a hit none, and a change is known within its time."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from app.core.changes import Changes, WorkspaceChanged
from app.core.clock import now
from app.core.ids import new_id
from app.core.secrets import Vault, hash_api_key, provider_key_place
from app.database import transaction
from app.errors import SnapshotUnavailable
from app.gateway import filling
from app.gateway import snapshot as snapshot_module
from app.gateway.filling import Filling
from app.gateway.snapshot import Snapshot
from app.models import ApiKey, ProviderKey, Workspace
from app.settings import Settings
from tests.front_door import until

pytestmark = pytest.mark.usefixtures("database")


class Clock:
    def __init__(self) -> None:
        self.skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.skipped


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(settings.encryption_key)


@pytest.fixture
async def snapshot(settings: Settings, vault: Vault, changes: Changes) -> AsyncIterator[Snapshot]:
    snapshot = Snapshot(settings, vault, changes)
    await snapshot.poll()
    async with snapshot.running():
        yield snapshot


async def a_workspace(vault: Vault, secret: str = "pk_one") -> Workspace:
    workspace = await Workspace.create(id=new_id(), owner_id=new_id(), name="W", created_at=now())
    await ApiKey.create(
        id=new_id(),
        workspace_id=workspace.id,
        name="key",
        key_hash=hash_api_key(secret).hex(),
        prefix=secret[:6],
        created_at=now(),
    )
    for priority, enabled in ((2, True), (1, True), (3, False)):
        id_ = new_id()
        await ProviderKey.create(
            id=id_,
            workspace_id=workspace.id,
            provider="OPENAI",
            label=f"key {priority}",
            secret_sealed=vault.seal(f"sk-{priority}", provider_key_place(workspace.id, id_)),
            key_hint="sk-…",
            priority=priority,
            enabled=enabled,
            model_map=[{"requested": "fast", "target": "gpt-4o-mini"}],
            created_at=now(),
            updated_at=now(),
        )
    return workspace


async def revoke(workspace: Workspace) -> None:
    """Revokes the workspace's keys, as another process would."""
    async with transaction() as connection:
        await ApiKey.filter(workspace_id=workspace.id).using_db(connection).update(revoked_at=now())
        await Workspace.filter(id=workspace.id).using_db(connection).update(version=workspace.version + 1)


async def test_finds_the_caller_with_its_enabled_keys_by_priority(snapshot: Snapshot, vault: Vault) -> None:
    workspace = await a_workspace(vault)

    caller = await snapshot.find(hash_api_key("pk_one"))

    assert caller is not None
    assert caller.workspace_id == workspace.id
    assert [(key.label, key.secret) for key in caller.provider_keys] == [("key 1", "sk-1"), ("key 2", "sk-2")]
    assert caller.provider_keys[0].model_map == {"fast": "gpt-4o-mini"}


async def test_secrets_are_not_in_the_callers_text(snapshot: Snapshot, vault: Vault) -> None:
    await a_workspace(vault)

    caller = await snapshot.find(hash_api_key("pk_one"))

    assert "sk-1" not in repr(caller)


async def test_an_unknown_key_is_nobody(snapshot: Snapshot) -> None:
    assert await snapshot.find(hash_api_key("pk_nobody")) is None


async def test_a_miss_is_one_query_however_many_ask(
    snapshot: Snapshot, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched to count; what it calls is the real thing.
    await a_workspace(vault)
    queries, real_fill = 0, filling.fill

    async def counted(key_hash: bytes, vault_: Vault) -> Filling | None:
        nonlocal queries
        queries += 1
        return await real_fill(key_hash, vault_)

    monkeypatch.setattr(snapshot_module, "fill", counted)

    callers = await asyncio.gather(*(snapshot.find(hash_api_key("pk_one")) for _ in range(50)))
    await snapshot.find(hash_api_key("pk_one"))

    assert queries == 1
    assert len({id(caller) for caller in callers}) == 1


async def test_a_change_in_this_process_is_known_at_once(
    snapshot: Snapshot, vault: Vault, changes: Changes
) -> None:
    workspace = await a_workspace(vault)
    await snapshot.find(hash_api_key("pk_one"))

    await revoke(workspace)
    changes.publish(WorkspaceChanged(workspace.id))

    assert await snapshot.find(hash_api_key("pk_one")) is None


async def test_a_change_in_another_process_is_known_within_a_second(snapshot: Snapshot, vault: Vault) -> None:
    workspace = await a_workspace(vault)
    await snapshot.find(hash_api_key("pk_one"))
    await revoke(workspace)

    async def is_out() -> bool:
        return await snapshot.find(hash_api_key("pk_one")) is None

    await until(is_out, timeout_s=1)


async def test_a_fill_from_before_a_change_is_thrown_away(
    snapshot: Snapshot, vault: Vault, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched to hold a fill between its query and its use.
    workspace = await a_workspace(vault)
    real_fill, was_read, may_go_on = filling.fill, asyncio.Event(), asyncio.Event()

    async def held(key_hash: bytes, vault_: Vault) -> Filling | None:
        filling = await real_fill(key_hash, vault_)
        was_read.set()
        await may_go_on.wait()
        return filling

    monkeypatch.setattr(snapshot_module, "fill", held)
    finding = asyncio.create_task(snapshot.find(hash_api_key("pk_one")))
    await was_read.wait()

    await revoke(workspace)
    changes.publish(WorkspaceChanged(workspace.id))
    may_go_on.set()

    assert await finding is None


async def test_a_new_key_works_although_it_was_asked_for_before(
    snapshot: Snapshot, vault: Vault, changes: Changes
) -> None:
    before = await snapshot.find(hash_api_key("pk_one"))

    workspace = await a_workspace(vault)
    changes.publish(WorkspaceChanged(workspace.id))

    assert before is None
    assert await snapshot.find(hash_api_key("pk_one")) is not None


async def test_it_is_bounded(settings: Settings, vault: Vault, changes: Changes) -> None:
    snapshot = Snapshot(settings.model_copy(update={"snapshot_max_keys": 3}), vault, changes)
    await snapshot.poll()
    for number in range(6):
        await a_workspace(vault, f"pk_{number}")

    callers = [await snapshot.find(hash_api_key(f"pk_{number}")) for number in range(6)]
    again = await snapshot.find(hash_api_key("pk_0"))

    assert all(callers)
    assert again is not None
    assert again is not callers[0]


async def test_cut_off_it_serves_known_keys_for_the_grace_and_never_says_401(
    settings: Settings, vault: Vault, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a database that goes away at a moment of our choosing.
    clock = Clock()
    snapshot = Snapshot(settings, vault, changes, clock)
    await snapshot.poll()
    await a_workspace(vault)
    await snapshot.find(hash_api_key("pk_one"))

    async def away(_: bytes, __: Vault) -> None:
        raise ConnectionRefusedError("the database is away")

    monkeypatch.setattr(snapshot_module, "fill", away)

    known = await snapshot.find(hash_api_key("pk_one"))
    with pytest.raises(SnapshotUnavailable):
        await snapshot.find(hash_api_key("pk_two"))
    clock.skipped = settings.snapshot_grace_s + 1
    with pytest.raises(SnapshotUnavailable):
        await snapshot.find(hash_api_key("pk_one"))

    assert known is not None
    assert not snapshot.can_vouch


async def test_a_database_that_says_nothing_is_away_before_any_question_fails(
    settings: Settings, vault: Vault, changes: Changes
) -> None:
    clock = Clock()
    snapshot = Snapshot(settings, vault, changes, clock)
    await snapshot.poll()
    ages = []

    for clock.skipped in (4, 8):
        ages.append(snapshot.away_for_s)

    assert ages[0] is None
    assert ages[1] is not None
    assert ages[1] >= 8


async def test_a_key_sealed_with_an_unknown_secret_is_left_out(
    settings: Settings, changes: Changes, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    await a_workspace(vault)
    snapshot = Snapshot(settings, Vault(["another secret of thirty-two characters"]), changes)
    await snapshot.poll()

    caller = await snapshot.find(hash_api_key("pk_one"))

    assert caller is not None
    assert caller.provider_keys == ()
    assert "ENCRYPTION_KEY" in caplog.text
