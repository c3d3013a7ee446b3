import asyncio

import pytest

from app.core.ids import new_id
from app.errors import Forbidden, Invalid, NotFound
from app.management import workspaces
from app.models import UsageCounter, Workspace
from tests.management.making import Account


async def test_workspaces_come_oldest_first_and_are_ones_own(ada: Account, eve: Account) -> None:
    second = await workspaces.create(ada.viewer, " Second ")

    mine = await workspaces.list_of(ada.viewer)

    assert [row.name for row in mine] == ["Default Workspace", "Second"]
    assert await UsageCounter.exists(workspace_id=second.id)


async def test_a_workspace_is_renamed(ada: Account) -> None:
    renamed = await workspaces.rename(ada.viewer, ada.workspace_id, "Better")

    assert renamed.name == "Better"
    assert (await workspaces.get(ada.viewer, ada.workspace_id)).name == "Better"


async def test_a_foreign_workspace_does_not_exist(ada: Account, eve: Account) -> None:
    for workspace_id in (eve.workspace_id, new_id()):
        with pytest.raises(NotFound, match=r"^There is no such workspace\.$"):
            await workspaces.get(ada.viewer, workspace_id)
        with pytest.raises(NotFound, match=r"^There is no such workspace\.$"):
            await workspaces.rename(ada.viewer, workspace_id, "Mine")

    assert (await Workspace.get(id=eve.workspace_id)).name == "Default Workspace"


@pytest.mark.parametrize("name", [pytest.param("", id="empty"), pytest.param("x" * 101, id="long")])
async def test_a_bad_name_is_refused(ada: Account, name: str) -> None:
    with pytest.raises(Invalid) as created:
        await workspaces.create(ada.viewer, name)
    with pytest.raises(Invalid) as renamed:
        await workspaces.rename(ada.viewer, ada.workspace_id, name)

    assert (created.value.field, renamed.value.field) == ("name", "name")


async def test_the_hundredth_workspace_is_the_last_even_when_two_ask_at_once(ada: Account) -> None:
    for number in range(98):
        await workspaces.create(ada.viewer, f"Workspace {number}")

    outcomes = await asyncio.gather(
        *(workspaces.create(ada.viewer, "One more") for _ in range(4)), return_exceptions=True
    )

    assert sum(isinstance(outcome, Workspace) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Forbidden) for outcome in outcomes) == 3
