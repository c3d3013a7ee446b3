"""Loaders: what an operation reads by id is gathered into one query, however many rows ask for it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from app.management import api_keys, provider_keys, usage
from app.models import ApiKey, ProviderKey, UsageCounter

T = TypeVar("T")


class Loaders:
    """One set for each operation, for they remember what they have read."""

    def __init__(self) -> None:
        self.provider_keys_of: DataLoader[UUID, list[ProviderKey] | None] = _loader(
            provider_keys.provider_keys_of
        )
        self.api_keys_of: DataLoader[UUID, list[ApiKey] | None] = _loader(api_keys.api_keys_of)
        self.api_key: DataLoader[UUID, ApiKey | None] = _loader(api_keys.api_keys_by_id)
        self.usage_of: DataLoader[UUID, UsageCounter | None] = _loader(usage.totals)


def _loader(
    read: Callable[[list[UUID]], Awaitable[Mapping[UUID, T]]],
) -> DataLoader[UUID, T | None]:
    async def load(ids: list[UUID]) -> list[T | None]:
        found = await read(ids)
        return [found.get(id_) for id_ in ids]

    return DataLoader(load)
