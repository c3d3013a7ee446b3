"""The request log: pages of it, and its rows as they are written."""

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from app import models
from app.core.changes import RequestsLogged, SessionsEnded
from app.core.ids import created_at
from app.core.money import to_usd
from app.management import logs, workspaces
from app.models import AttemptRecord
from graphql_schema.api_keys import ApiKey
from graphql_schema.context import Context, Info
from graphql_schema.enums import ProviderName
from graphql_schema.paging import PageInfo, require_id, short_text, to_cursor
from graphql_schema.scalars import int32

# How many rows a subscription remembers, so that one that is announced twice comes once.
_REMEMBERED = 1000


@strawberry.type(description="One try at a provider.")
class Attempt:
    """One try at a provider."""

    provider: ProviderName = strawberry.field(description="Who was asked.")
    label: str = strawberry.field(description="The provider key's label at that time.")
    model: str = strawberry.field(description="What it was asked for.")
    status_code: int | None = strawberry.field(
        description="Its HTTP status; null where no HTTP answer came (refused, timed out)."
    )
    duration_ms: int = strawberry.field(description="How long it took.")
    error_message: str | None = strawberry.field(description="Why it failed; null for the one that answered.")

    @classmethod
    def from_record(cls, record: AttemptRecord) -> "Attempt":
        """The attempt as it is kept on the row."""
        return cls(
            provider=ProviderName(record["provider"]),
            label=record["label"],
            model=record["model"],
            status_code=record["status_code"],
            duration_ms=int32(record["duration_ms"]),
            error_message=record["error_message"],
        )


@strawberry.type(description="One request to the route, from its first byte to its last.")
class RequestLog:
    """A row of the log."""

    api_key_row_id: strawberry.Private[UUID]

    id: strawberry.ID = strawberry.field(description="Opaque id; the answer's `x-request-id`.")
    created_at: datetime = strawberry.field(description="When the request came.")
    api_key_id: strawberry.ID = strawberry.field(
        description="Id of the key that asked, also where it has been deleted."
    )
    requested_model: str = strawberry.field(description="The model that the client named.")
    model: str = strawberry.field(description="The model that answered; the requested one where none did.")
    provider_used: ProviderName | None = strawberry.field(
        description="The provider that answered; null: none did."
    )
    status_code: int = strawberry.field(
        description="The HTTP status that the client got; 499: it left before."
    )
    stream: bool = strawberry.field(description="Whether a stream was asked for.")
    input_tokens: int = strawberry.field(description="Tokens of the request, cached ones included.")
    cached_input_tokens: int = strawberry.field(description="Those of them that the provider had cached.")
    output_tokens: int = strawberry.field(description="Tokens of the answer.")
    tokens_estimated: bool = strawberry.field(
        description="Whether the counts are estimates, for the provider reported none."
    )
    cost_usd: Decimal | None = strawberry.field(
        description="What it cost in US dollars; null: no price is known."
    )
    duration_ms: int = strawberry.field(description="From the request's arrival to the answer's last byte.")
    time_to_first_token_ms: int | None = strawberry.field(
        description="Until the first byte of content went to the client; null: none did."
    )
    error_code: str | None = strawberry.field(
        description="What kind of failure it was: `error.code` of the answer where the client got one; null: "
        "it did not fail."
    )
    error_message: str | None = strawberry.field(description="Why it failed; null: it did not.")
    attempts: list[Attempt] = strawberry.field(description="Every provider that was tried, in order.")
    notes: list[str] = strawberry.field(
        description="What was left out or adapted for the provider that answered."
    )

    @strawberry.field(description="The key that asked; null once it has been deleted.")
    async def api_key(self, info: Info) -> ApiKey | None:
        """The key that asked."""
        row = await info.context.loaders.api_key.load(self.api_key_row_id)
        return None if row is None else ApiKey.from_row(row)

    @classmethod
    def from_row(cls, row: models.RequestLog) -> "RequestLog":
        """The request of a row."""
        first_token_ms = row.time_to_first_token_ms
        return cls(
            api_key_row_id=row.api_key_id,
            id=strawberry.ID(str(row.id)),
            api_key_id=strawberry.ID(str(row.api_key_id)),
            created_at=created_at(row.id),
            requested_model=row.requested_model,
            model=row.model,
            provider_used=row.provider,
            status_code=row.status_code,
            stream=row.stream,
            input_tokens=int32(row.input_tokens),
            cached_input_tokens=int32(row.cached_input_tokens),
            output_tokens=int32(row.output_tokens),
            tokens_estimated=row.tokens_estimated,
            cost_usd=None if row.cost_nano_usd is None else to_usd(row.cost_nano_usd),
            duration_ms=int32(row.duration_ms),
            time_to_first_token_ms=None if first_token_ms is None else int32(first_token_ms),
            error_code=row.error_code,
            error_message=row.error_message,
            attempts=[Attempt.from_record(record) for record in row.attempts],
            notes=row.notes,
        )


@strawberry.type(description="A row of a page, and its place.")
class RequestLogEdge:
    """A row and its place."""

    cursor: str = strawberry.field(description="The row's place, for `after`.")
    node: RequestLog = strawberry.field(description="The row.")


@strawberry.type(description="A page of the log.")
class RequestLogConnection:
    """A page of the log."""

    workspace_id: strawberry.Private[UUID]
    where: strawberry.Private[logs.LogFilter]

    edges: list[RequestLogEdge] = strawberry.field(description="The rows with their places.")
    nodes: list[RequestLog] = strawberry.field(description="The rows alone.")
    page_info: PageInfo = strawberry.field(description="Whether and how to go on.")

    @strawberry.field(
        description="How many rows match: exact up to 10,000, null beyond and with `search`. Counted only "
        "when asked for."
    )
    async def total_count(self) -> int | None:
        """How many rows match."""
        return await logs.count(self.workspace_id, self.where)


@strawberry.input(description="Which rows of the log; each field narrows them further.")
class LogFilter:
    """A filter as it was filled in."""

    provider: ProviderName | None = strawberry.field(default=None, description="The provider that answered.")
    model: str | None = strawberry.field(
        default=None, description="The whole name of the model that answered."
    )
    api_key_id: strawberry.ID | None = strawberry.field(default=None, description="The API key that asked.")
    succeeded: bool | None = strawberry.field(
        default=None, description="true: status below 400; false: 400 and above, but not 499."
    )
    aborted: bool | None = strawberry.field(default=None, description="true: status 499, the client left.")
    since: datetime | None = strawberry.field(default=None, description="From this instant on.")
    until: datetime | None = strawberry.field(default=None, description="Before this instant.")
    search: str | None = strawberry.field(
        default=None,
        description="A whole log id, or part of a model's name or of an error's text, looked for in the "
        "newest 50,000 rows of the range.",
    )

    def checked(self) -> logs.LogFilter:
        """The filter in management's words. Raises Invalid, NotFound."""
        return logs.LogFilter(
            provider=self.provider,
            model=short_text(self.model, "model"),
            api_key_id=None if self.api_key_id is None else require_id(self.api_key_id, "API key"),
            succeeded=self.succeeded,
            aborted=self.aborted,
            since=self.since,
            until=self.until,
            search=short_text(self.search, "search"),
        )


@strawberry.type
class LogSubscriptions:
    """The log as it grows."""

    @strawberry.subscription(description="Each request of the workspace as it ends.")
    async def request_logged(
        self,
        info: Info,
        workspace_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")],
    ) -> AsyncGenerator[RequestLog, None]:
        """The rows, once each."""
        # Before the first event, so that a refusal refuses the subscription itself.
        viewer = await info.context.viewer()
        workspace = await workspaces.get(viewer, require_id(workspace_id, "workspace"))
        return _rows_as_they_end(info.context, viewer.user.id, workspace.id)


async def page(
    workspace_id: UUID, *, first: int, after: UUID | None, where: logs.LogFilter
) -> RequestLogConnection:
    """A page of a workspace's log."""
    found = await logs.page(workspace_id, first=first, after=after, where=where)
    nodes = [RequestLog.from_row(row) for row in found.rows]
    cursors = [to_cursor(row.id) for row in found.rows]
    return RequestLogConnection(
        workspace_id=workspace_id,
        where=where,
        edges=[RequestLogEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )


async def _rows_as_they_end(
    context: Context, user_id: UUID, workspace_id: UUID
) -> AsyncGenerator[RequestLog, None]:
    seen: OrderedDict[UUID, None] = OrderedDict()
    async with aclosing(context.tools.changes.stream()) as changes:
        async for change in changes:
            if isinstance(change, SessionsEnded) and change.user_id == user_id:
                context.renew()
                await context.viewer()
            if not isinstance(change, RequestsLogged) or change.workspace_id != workspace_id:
                continue
            fresh = [log_id for log_id in change.log_ids if log_id not in seen]
            seen.update(dict.fromkeys(fresh))
            while len(seen) > _REMEMBERED:
                seen.popitem(last=False)
            for row in await logs.find_many(workspace_id, fresh):
                # A session may have ended, and a key changed, on another replica too.
                context.renew()
                await context.viewer()
                yield RequestLog.from_row(row)
