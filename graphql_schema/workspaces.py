"""Workspaces: what keys, logs and usage are found under."""

from datetime import datetime
from typing import Annotated

import strawberry

from app import models
from app.gateway.routing import plan
from app.management import logs as log_rows
from app.management import workspaces
from app.management.inputs import line
from graphql_schema import logs
from graphql_schema.api_keys import ApiKey
from graphql_schema.context import Info
from graphql_schema.logs import LogFilter, RequestLog, RequestLogConnection
from graphql_schema.paging import LARGEST_PAGE, check_range, from_cursor, require_id
from graphql_schema.provider_keys import ProviderKey
from graphql_schema.routes import RouteStep, known_without_secret
from graphql_schema.workspace_usage import WorkspaceUsage

_LONGEST_MODEL = 200

_WorkspaceId = Annotated[strawberry.ID, strawberry.argument(name="id", description="Id of the workspace.")]
_Name = Annotated[str, strawberry.argument(description="1 to 100 characters.")]


@strawberry.type(description="What provider keys, API keys, logs and usage belong to.")
class Workspace(WorkspaceUsage):
    """A workspace as its owner sees it."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")
    name: str = strawberry.field(description="What its owner calls it.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="By priority, 1 first: the order in which the gateway tries them.")
    async def provider_keys(self, info: Info) -> list[ProviderKey]:
        """The provider keys by priority."""
        rows = await info.context.loaders.provider_keys_of.load(self.row_id) or []
        info.context.count_rows(len(rows), "providerKeys")
        return [ProviderKey.from_row(row) for row in rows]

    @strawberry.field(description="Newest first, revoked ones included.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        """The API keys, newest first."""
        rows = await info.context.loaders.api_keys_of.load(self.row_id) or []
        info.context.count_rows(len(rows), "apiKeys")
        return [ApiKey.from_row(row) for row in rows]

    @strawberry.field(description="The request log, newest first, in pages.")
    async def logs(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="Rows of the page, 1 to 200.")] = 50,
        after: Annotated[
            str | None,
            strawberry.argument(description="Cursor of the row to go on behind; null: the newest."),
        ] = None,
        where: Annotated[
            LogFilter | None, strawberry.argument(name="filter", description="Which rows; null: all.")
        ] = None,
    ) -> RequestLogConnection:
        """A page of the log."""
        info.context.count_log_rows(check_range(first, "first", LARGEST_PAGE))
        return await logs.page(
            self.row_id,
            first=first,
            after=None if after is None else from_cursor(after),
            where=log_rows.LogFilter() if where is None else where.checked(),
        )

    @strawberry.field(description="One row of the request log; null where there is none with this id.")
    async def log(
        self,
        id_: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="Id of the row; `x-request-id`.")
        ],
    ) -> RequestLog | None:
        """One row of the log."""
        row = await log_rows.find(self.row_id, require_id(id_, "request"))
        return None if row is None else RequestLog.from_row(row)

    @strawberry.field(
        description="What the gateway would do with this model now: the candidates in order, and the keys "
        "that it would pass by, with the reason."
    )
    async def route_preview(
        self,
        info: Info,
        model: Annotated[str, strawberry.argument(description="A model as a client would name it.")],
    ) -> list[RouteStep]:
        """The decision about each provider key, by priority."""
        rows = await info.context.loaders.provider_keys_of.load(self.row_id) or []
        # The model maps too: they are looked through for each preview.
        info.context.count_rows(len(rows) + sum(len(row.model_map) for row in rows), "routePreview")
        by_id = {row.id: row for row in rows}
        steps = plan([known_without_secret(row) for row in rows], line(model, "model", _LONGEST_MODEL)).steps
        return [RouteStep.from_step(step, by_id[step.provider_key.id]) for step in steps]

    @classmethod
    def from_row(cls, row: models.Workspace) -> "Workspace":
        """The workspace of a row."""
        return cls(row_id=row.id, id=strawberry.ID(str(row.id)), name=row.name, created_at=row.created_at)


@strawberry.type
class WorkspaceQueries:
    """Queries for the workspaces of the account that asks."""

    @strawberry.field(description="The workspaces of the account that asks, oldest first.")
    async def workspaces(self, info: Info) -> list[Workspace] | None:
        """The workspaces, oldest first."""
        return [Workspace.from_row(row) for row in await workspaces.list_of(await info.context.viewer())]

    @strawberry.field(description="One workspace of the account that asks.")
    async def workspace(self, info: Info, id_: _WorkspaceId) -> Workspace | None:
        """One workspace."""
        viewer = await info.context.viewer()
        return Workspace.from_row(await workspaces.get(viewer, require_id(id_, "workspace")))


@strawberry.type
class WorkspaceMutations:
    """Changes of workspaces."""

    @strawberry.mutation(description="Makes an empty workspace.")
    async def create_workspace(self, info: Info, name: _Name) -> Workspace | None:
        """The new workspace."""
        return Workspace.from_row(await workspaces.create(await info.context.viewer(), name))

    @strawberry.mutation(description="Renames a workspace.")
    async def update_workspace(self, info: Info, id_: _WorkspaceId, name: _Name) -> Workspace | None:
        """The renamed workspace."""
        viewer = await info.context.viewer()
        return Workspace.from_row(await workspaces.rename(viewer, require_id(id_, "workspace"), name))
