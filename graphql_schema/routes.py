"""Routes: what the gateway would do with a model, seen before anyone asks."""

import strawberry

from app import models
from app.gateway.known import KnownProviderKey
from app.gateway.routing import Step
from graphql_schema.provider_keys import ProviderKey


@strawberry.type(description="What the gateway decided about one provider key.")
class RouteStep:
    """A decision about one provider key."""

    provider_key: ProviderKey = strawberry.field(description="The provider key.")
    model: str | None = strawberry.field(
        description="What the provider would be asked for; null: this key is passed by."
    )
    reason: str = strawberry.field(description="Why.")

    @classmethod
    def from_step(cls, step: Step, row: models.ProviderKey) -> "RouteStep":
        """The decision about the provider key of a row."""
        return cls(provider_key=ProviderKey.from_row(row), model=step.model, reason=step.reason)


def known_without_secret(row: models.ProviderKey) -> KnownProviderKey:
    """What routing needs to know of a row, and no more."""
    return KnownProviderKey(
        id=row.id,
        provider=row.provider,
        label=row.label,
        base_url=row.base_url,
        secret="",
        model_map={entry["requested"]: entry["target"] for entry in row.model_map},
        default_model=row.default_model,
        enabled=row.enabled,
    )
