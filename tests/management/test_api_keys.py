from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from app.core.changes import WorkspaceChanged
from app.core.clock import now
from app.core.ids import new_id
from app.core.secrets import hash_api_key, mint_api_key
from app.errors import Forbidden, Invalid, NotFound
from app.management import api_keys
from app.management.api_keys import CreatedApiKey
from app.management.tools import Tools
from app.models import ApiKey, Workspace
from tests.management.making import Account, listening


async def create(tools: Tools, account: Account, name: str = "ci") -> CreatedApiKey:
    return await api_keys.create(tools, account.viewer, account.workspace_id, name=name, expires_at=None)


async def version(account: Account) -> int:
    workspace = await Workspace.get(id=account.workspace_id)
    return int(workspace.version)


async def test_a_key_is_stored_as_hash_and_prefix_alone(tools: Tools, ada: Account) -> None:
    created = await create(tools, ada, " ci ")

    row = await ApiKey.get(id=created.row.id)
    assert (row.name, row.workspace_id, row.expires_at) == ("ci", ada.workspace_id, None)
    assert row.key_hash == hash_api_key(created.secret).hex()
    assert row.prefix == created.secret[:10]
    assert row.is_active(now())


async def test_a_key_expires_when_it_was_told_to(tools: Tools, ada: Account) -> None:
    expires_at = now() + timedelta(days=1)

    created = await api_keys.create(tools, ada.viewer, ada.workspace_id, name="ci", expires_at=expires_at)

    row = await ApiKey.get(id=created.row.id)
    assert row.expires_at == expires_at
    assert row.is_active(expires_at - timedelta(seconds=1))
    assert not row.is_active(expires_at)


@pytest.mark.parametrize(
    ("name", "expires_at", "field"),
    [
        pytest.param("", None, "name", id="no name"),
        pytest.param("x" * 101, None, "name", id="long name"),
        pytest.param("ci", now() - timedelta(seconds=1), "expiresAt", id="past"),
    ],
)
async def test_a_bad_key_is_refused_by_its_field(
    tools: Tools, ada: Account, name: str, expires_at: datetime | None, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await api_keys.create(tools, ada.viewer, ada.workspace_id, name=name, expires_at=expires_at)

    assert caught.value.field == field
    assert await version(ada) == 0


async def test_a_workspace_has_at_most_a_thousand_keys(tools: Tools, ada: Account) -> None:
    rows = [
        ApiKey(
            id=new_id(),
            workspace_id=ada.workspace_id,
            name="ci",
            key_hash=hash_api_key(mint_api_key()).hex(),
            prefix="pk_",
            created_at=now(),
        )
        for _ in range(999)
    ]
    await ApiKey.bulk_create(rows)

    with pytest.raises(Forbidden, match="1000"):
        await create(tools, ada)


async def test_revoking_is_final_and_harmless_to_repeat(tools: Tools, ada: Account) -> None:
    created = await create(tools, ada)

    first = await api_keys.revoke(tools, ada.viewer, created.row.id)
    second = await api_keys.revoke(tools, ada.viewer, created.row.id)

    assert first.revoked_at is not None
    assert second.revoked_at == first.revoked_at
    assert not second.is_active(now())


async def test_a_deleted_key_is_gone(tools: Tools, ada: Account) -> None:
    created = await create(tools, ada)

    await api_keys.delete(tools, ada.viewer, created.row.id)

    assert not await ApiKey.exists(id=created.row.id)
    with pytest.raises(NotFound):
        await api_keys.delete(tools, ada.viewer, created.row.id)
    with pytest.raises(NotFound):
        await api_keys.revoke(tools, ada.viewer, created.row.id)


async def test_a_playground_key_lasts_an_hour_and_clears_away_expired_ones(
    tools: Tools, ada: Account
) -> None:
    old = await api_keys.create_playground_key(tools, ada.viewer, ada.workspace_id)
    valid = await api_keys.create_playground_key(tools, ada.viewer, ada.workspace_id)
    await ApiKey.filter(id=old.row.id).update(expires_at=now() - timedelta(seconds=1))

    created = await api_keys.create_playground_key(tools, ada.viewer, ada.workspace_id)

    rows = {row.id: row for row in await ApiKey.filter(workspace_id=ada.workspace_id, name="playground")}
    assert set(rows) == {valid.row.id, created.row.id}
    expires_at = rows[created.row.id].expires_at
    assert expires_at is not None
    assert timedelta(minutes=59) < expires_at - now() <= timedelta(hours=1)


Operation = Callable[[Tools, Account, CreatedApiKey], Awaitable[object]]

OPERATIONS = [
    pytest.param(lambda tools, account, _: create(tools, account), id="create"),
    pytest.param(
        lambda tools, account, _: api_keys.create_playground_key(tools, account.viewer, account.workspace_id),
        id="create for the playground",
    ),
    pytest.param(lambda tools, account, key: api_keys.revoke(tools, account.viewer, key.row.id), id="revoke"),
    pytest.param(lambda tools, account, key: api_keys.delete(tools, account.viewer, key.row.id), id="delete"),
]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_every_change_raises_the_version_and_is_published(
    tools: Tools, ada: Account, operation: Operation
) -> None:
    key = await create(tools, ada)
    before = await version(ada)

    with listening(tools) as heard:
        await operation(tools, ada, key)

    assert await version(ada) == before + 1
    assert heard.changes == [WorkspaceChanged(ada.workspace_id)]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_foreign_key_does_not_exist(
    tools: Tools, ada: Account, eve: Account, operation: Operation
) -> None:
    key = await create(tools, ada)
    before = await version(ada)
    foreign = Account(ada.made, eve.viewer)

    with listening(tools) as heard, pytest.raises(NotFound):
        await operation(tools, foreign, key)

    assert await version(ada) == before
    assert heard.changes == []
    assert await ApiKey.exists(id=key.row.id, revoked_at__isnull=True)


async def test_keys_are_read_for_many_workspaces_at_once(tools: Tools, ada: Account, eve: Account) -> None:
    newer = await create(tools, ada)

    found = await api_keys.api_keys_of([ada.workspace_id, eve.workspace_id, new_id()])
    by_id = await api_keys.api_keys_by_id([newer.row.id, new_id()])

    assert [row.name for row in found[ada.workspace_id]] == ["ci", "Default key"]
    assert [row.name for row in found[eve.workspace_id]] == ["Default key"]
    assert list(by_id) == [newer.row.id]
