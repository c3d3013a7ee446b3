"""API keys: what callers of the route show."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app import models
from app.core.clock import now
from app.management import api_keys
from app.management.api_keys import CreatedApiKey
from app.management.usage import ApiKeyDays, GroupUse, UsageSums
from graphql_schema.context import Info
from graphql_schema.paging import require_id
from graphql_schema.usage import TimedAmounts, UsageTotals, check_days, timed_amounts

# The sums of a key take as long as so many rows: each is waited for on its own.
_SUMS_AS_ROWS = 5

_KeyId = Annotated[strawberry.ID, strawberry.argument(name="id", description="Id of the API key.")]
_WorkspaceId = Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")]


@strawberry.type(description="A key of the route. Only its hash is kept.")
class ApiKey:
    """An API key as the workspace's owner sees it."""

    row_id: strawberry.Private[UUID]
    workspace_id: strawberry.Private[UUID]

    id: strawberry.ID = strawberry.field(description="Opaque id.")
    name: str = strawberry.field(description="What its owner calls it.")
    prefix: str = strawberry.field(
        description="The first characters, enough to recognise it: pk_ and some more."
    )
    active: bool = strawberry.field(description="Whether it opens the route; false once revoked or expired.")
    expires_at: datetime | None = strawberry.field(description="When it stops by itself; null: never.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was used last; null: never. Some seconds late."
    )
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null: it was not.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="What it was used for in the last days.")
    async def usage(
        self,
        info: Info,
        days: Annotated[
            int, strawberry.argument(description="1 to 365; today, in UTC, is the last of them.")
        ] = 30,
    ) -> UsageTotals:
        """The last days of this key."""
        info.context.count_rows(_SUMS_AS_ROWS, "usage")
        asked = ApiKeyDays(self.workspace_id, self.row_id, check_days(days))
        return UsageTotals.from_sums(await info.context.loaders.api_key_use.load(asked) or UsageSums())

    @classmethod
    def from_row(cls, row: models.ApiKey) -> "ApiKey":
        """The API key of a row."""
        return cls(
            row_id=row.id,
            workspace_id=row.workspace_id,
            id=strawberry.ID(str(row.id)),
            name=row.name,
            prefix=row.prefix,
            active=row.is_active(now()),
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
            created_at=row.created_at,
        )


@strawberry.type(description="What one API key was used for in a range of days.")
class ApiKeyUsage(TimedAmounts):
    """The sums of one API key."""

    row_id: strawberry.Private[UUID]

    api_key_id: strawberry.ID = strawberry.field(description="Id of the key, also where it has been deleted.")
    average_duration_ms: float = strawberry.field(description="Mean time of a request in milliseconds.")

    @strawberry.field(description="The key that asked; null once it has been deleted.")
    async def api_key(self, info: Info) -> ApiKey | None:
        """The key that asked."""
        row = await info.context.loaders.api_key.load(self.row_id)
        return None if row is None else ApiKey.from_row(row)

    @classmethod
    def from_use(cls, use: GroupUse) -> "ApiKeyUsage":
        """The sums of one API key."""
        return cls(
            row_id=UUID(use.group),
            api_key_id=strawberry.ID(use.group),
            average_duration_ms=use.sums.average_duration_ms or 0.0,
            **timed_amounts(use.sums),
        )


@strawberry.type(description="A new API key.")
class CreateApiKeyPayload:
    """A new API key with its secret."""

    api_key: ApiKey = strawberry.field(description="The key as it is listed from now on.")
    secret: str = strawberry.field(description="The key in clear, shown this once.")


@strawberry.type
class ApiKeyMutations:
    """Changes of API keys. Each is known to every replica within a second."""

    @strawberry.mutation(description="Makes an API key.")
    async def create_api_key(
        self,
        info: Info,
        workspace_id: _WorkspaceId,
        name: Annotated[str, strawberry.argument(description="1 to 100 characters.")],
        expires_at: Annotated[
            datetime | None, strawberry.argument(description="When it stops by itself; left out: never.")
        ] = None,
    ) -> CreateApiKeyPayload | None:
        """The new key."""
        return _payload(
            await api_keys.create(
                info.context.tools,
                await info.context.viewer(),
                require_id(workspace_id, "workspace"),
                name=name,
                expires_at=expires_at,
            )
        )

    @strawberry.mutation(description="Makes an API key for the playground, which expires within the hour.")
    async def create_playground_key(
        self, info: Info, workspace_id: _WorkspaceId
    ) -> CreateApiKeyPayload | None:
        """The new key."""
        return _payload(
            await api_keys.create_playground_key(
                info.context.tools, await info.context.viewer(), require_id(workspace_id, "workspace")
            )
        )

    @strawberry.mutation(
        description="Stops an API key at once, on every replica; its logs stay. Twice is as good as once."
    )
    async def revoke_api_key(self, info: Info, id_: _KeyId) -> ApiKey | None:
        """The revoked key."""
        return ApiKey.from_row(
            await api_keys.revoke(info.context.tools, await info.context.viewer(), require_id(id_, "API key"))
        )

    @strawberry.mutation(
        description="Removes an API key, which stops at once; its logs stay. Gives back its id."
    )
    async def delete_api_key(self, info: Info, id_: _KeyId) -> strawberry.ID | None:
        """The id."""
        await api_keys.delete(info.context.tools, await info.context.viewer(), require_id(id_, "API key"))
        return id_


def _payload(created: CreatedApiKey) -> CreateApiKeyPayload:
    return CreateApiKeyPayload(api_key=ApiKey.from_row(created.row), secret=created.secret)
