"""A workspace's usage: all time, by range of days, by group, and as a series for charts."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.management import usage as used
from graphql_schema.api_keys import ApiKeyUsage
from graphql_schema.context import Info
from graphql_schema.paging import check_range
from graphql_schema.usage import (
    ModelUsage,
    ProviderUsage,
    UsageFilter,
    UsageGroup,
    UsagePeriod,
    UsagePoint,
    UsageSummary,
    UsageTotals,
    check_days,
)

_MOST_TOLD_APART = 50

_Days = Annotated[int, strawberry.argument(description="1 to 365; today, in UTC, is the last of them.")]
_Filter = Annotated[
    UsageFilter | None, strawberry.argument(name="filter", description="Which requests; null: all.")
]


@strawberry.type
class WorkspaceUsage:
    """The fields of a workspace that tell what it used."""

    row_id: strawberry.Private[UUID]

    @strawberry.field(description="All time: the workspace's usage counter.")
    async def usage(self, info: Info) -> UsageTotals:
        """All that was ever used."""
        sums = await info.context.loaders.usage_of.load(self.row_id)
        return UsageTotals.from_sums(sums or used.UsageSums())

    @strawberry.field(description="The last days as a whole, and as many days before them to compare with.")
    async def usage_summary(self, days: _Days = 7, where: _Filter = None) -> UsageSummary:
        """The last days and those before."""
        current, previous = await used.summary(self.row_id, check_days(days), _checked(where))
        return UsageSummary(
            current=UsagePeriod.from_period(current), previous=UsagePeriod.from_period(previous)
        )

    @strawberry.field(
        description="The last days by provider: one row for each that was used, the most used one first. "
        "Requests that no provider served are in none."
    )
    async def usage_by_provider(
        self, info: Info, days: _Days = 7, where: _Filter = None
    ) -> list[ProviderUsage]:
        """The last days by provider."""
        uses = await used.by_group(self.row_id, check_days(days), UsageGroup.PROVIDER, _checked(where))
        info.context.count_rows(len(uses), "usageByProvider")
        return [ProviderUsage.from_use(use) for use in uses]

    @strawberry.field(
        description="The last days by model: one row for each that answered, the most used ones first, 200 "
        "at most. Requests that no provider served are in none."
    )
    async def usage_by_model(self, info: Info, days: _Days = 7, where: _Filter = None) -> list[ModelUsage]:
        """The last days by model."""
        uses = await used.by_group(self.row_id, check_days(days), UsageGroup.MODEL, _checked(where))
        info.context.count_rows(len(uses), "usageByModel")
        return [ModelUsage.from_use(use) for use in uses]

    @strawberry.field(
        description="The last days by API key: one row for each that asked, the most used ones first, 200 "
        "at most."
    )
    async def usage_by_api_key(self, info: Info, days: _Days = 7, where: _Filter = None) -> list[ApiKeyUsage]:
        """The last days by API key."""
        uses = await used.by_group(self.row_id, check_days(days), UsageGroup.API_KEY, _checked(where))
        info.context.count_rows(len(uses), "usageByApiKey")
        return [ApiKeyUsage.from_use(use) for use in uses]

    @strawberry.field(
        description="One point for each UTC day and group that was used in the last days, oldest first. "
        "Nothing finer than days is kept: there are no hours."
    )
    async def usage_series(
        self,
        info: Info,
        days: _Days = 30,
        group_by: Annotated[
            UsageGroup, strawberry.argument(description="What to tell apart.")
        ] = UsageGroup.PROVIDER,
        where: _Filter = None,
        top: Annotated[
            int | None,
            strawberry.argument(
                description="1 to 50: tells only so many groups apart, the most used ones of these days, and "
                "sums up the others as one; null: all are told apart."
            ),
        ] = None,
    ) -> list[UsagePoint]:
        """The last days, for charts."""
        points = await used.series(
            self.row_id,
            check_days(days),
            group_by,
            where=_checked(where),
            top=None if top is None else check_range(top, "top", _MOST_TOLD_APART),
        )
        info.context.count_rows(len(points), "usageSeries")
        return [UsagePoint.from_point(point) for point in points]

    @strawberry.field(
        description="The models that answered in the last 90 days, the most used ones first, 200 at most: a "
        "list to choose from."
    )
    async def used_models(self) -> list[str]:
        """The models in use."""
        return await used.used_models(self.row_id)


def _checked(where: UsageFilter | None) -> used.UsageFilter:
    return used.EVERYTHING if where is None else where.checked()
