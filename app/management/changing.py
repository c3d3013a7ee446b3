"""How a change that the gateway must notice is made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from tortoise.expressions import F

from app.core.changes import CHANGED_CHANNEL, WorkspaceChanged
from app.database import notify, transaction
from app.errors import NotFound
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import Workspace


@asynccontextmanager
async def changing(tools: Tools, viewer: Viewer, workspace_id: UUID) -> AsyncIterator[None]:
    """A transaction that changes keys of the viewer's workspace, announced everywhere once it is committed.

    Raising the version comes first: it locks the workspace's row, so that changes of one workspace follow one
    another, and says whether the workspace is the viewer's. Raises NotFound where it is not.
    """
    async with transaction() as connection:
        raised = await Workspace.filter(id=workspace_id, owner_id=viewer.user.id).update(
            version=F("version") + 1
        )
        if not raised:
            raise NotFound("There is no such workspace.")
        yield
        await notify(connection, CHANGED_CHANNEL, str(workspace_id))
    tools.changes.publish(WorkspaceChanged(workspace_id))
