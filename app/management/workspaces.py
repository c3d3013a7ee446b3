"""Workspaces: what keys, logs and usage belong to."""

from uuid import UUID

from app.core.clock import now
from app.core.ids import new_id
from app.database import transaction
from app.errors import Forbidden, NotFound
from app.management.inputs import line
from app.management.viewer import Viewer
from app.models import UsageCounter, User, Workspace

_MOST_WORKSPACES = 100
_LONGEST_NAME = 100


async def list_of(viewer: Viewer) -> list[Workspace]:
    """The viewer's workspaces, oldest first."""
    return await Workspace.filter(owner_id=viewer.user.id).order_by("id")


async def get(viewer: Viewer, workspace_id: UUID) -> Workspace:
    """A workspace of the viewer. Raises NotFound, also for one that belongs to somebody else."""
    workspace = await Workspace.get_or_none(id=workspace_id, owner_id=viewer.user.id)
    if workspace is None:
        raise NotFound("There is no such workspace.")
    return workspace


async def create(viewer: Viewer, name: str) -> Workspace:
    """A new, empty workspace. Raises Invalid, and Forbidden beyond 100 workspaces."""
    name = line(name, "name", _LONGEST_NAME)
    async with transaction():
        # The owner's row is locked so that two at once are counted one after the other.
        await User.filter(id=viewer.user.id).select_for_update().get()
        if await Workspace.filter(owner_id=viewer.user.id).count() >= _MOST_WORKSPACES:
            raise Forbidden(f"An account has at most {_MOST_WORKSPACES} workspaces.")
        return await insert(viewer.user.id, name)


async def rename(viewer: Viewer, workspace_id: UUID, name: str) -> Workspace:
    """The workspace with another name. Raises NotFound, Invalid."""
    name = line(name, "name", _LONGEST_NAME)
    async with transaction():
        mine = Workspace.filter(id=workspace_id, owner_id=viewer.user.id)
        if not await mine.update(name=name):
            raise NotFound("There is no such workspace.")
        return await mine.get()


async def insert(owner_id: UUID, name: str) -> Workspace:
    """A new workspace and its usage counter, within a transaction of the caller's."""
    workspace = await Workspace.create(id=new_id(), owner_id=owner_id, name=name, created_at=now())
    await UsageCounter.create(workspace_id=workspace.id)
    return workspace
