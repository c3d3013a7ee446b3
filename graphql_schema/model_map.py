"""What requested models are called at a provider: the type and its input."""

from collections.abc import Sequence

import strawberry

from app.management.provider_key_values import ModelMapping as StoredMapping


@strawberry.type(description="One requested model and its name at a provider.")
class ModelMapping:
    """An entry of a model map."""

    requested: str = strawberry.field(description="The model that a client names.")
    target: str = strawberry.field(description="What the provider is asked for instead.")


@strawberry.input(description="One requested model and its name at a provider.")
class ModelMappingInput:
    """An entry of a model map as it was filled in."""

    requested: str = strawberry.field(description="The model that a client names, at most 200 characters.")
    target: str = strawberry.field(description="What to ask the provider for, at most 200 characters.")


def mappings_of(inputs: Sequence[ModelMappingInput]) -> list[StoredMapping]:
    """The entries that were filled in."""
    return [StoredMapping(entry.requested, entry.target) for entry in inputs]
