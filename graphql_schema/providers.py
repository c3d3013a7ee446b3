"""Providers: what a form for a provider key should know before there is one."""

import strawberry

from app.management import providers
from graphql_schema.enums import ProviderName


@strawberry.type(description="A provider that a key can be stored for.")
class Provider:
    """What is known of a provider."""

    name: ProviderName = strawberry.field(description="Its name in this schema.")
    label: str = strawberry.field(description="Its name for people; what its first key is called.")
    default_base_url: str | None = strawberry.field(
        description="Its public endpoint, used for a key without a `baseUrl`; null: there is none."
    )
    needs_base_url: bool = strawberry.field(description="Whether a key for it must have a `baseUrl`.")
    suggested_fallback_model: str | None = strawberry.field(
        description="A general model of its own to prefill `defaultModel` with; null: none is known."
    )

    @classmethod
    def from_facts(cls, facts: providers.ProviderFacts) -> "Provider":
        """What is known of a provider."""
        return cls(
            name=facts.name,
            label=facts.label,
            default_base_url=facts.default_base_url,
            needs_base_url=facts.needs_base_url,
            suggested_fallback_model=facts.suggested_fallback_model,
        )


@strawberry.type
class ProviderQueries:
    """Queries about providers, for everybody."""

    @strawberry.field(description="Every provider that a key can be stored for.")
    def providers(self) -> list[Provider]:
        """The providers."""
        return [Provider.from_facts(facts) for facts in providers.every_provider()]
