"""Loaders: what an operation reads by id is gathered into one query, however many rows ask for it."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from app.management import api_keys, provider_keys, usage
from app.management.usage import ApiKeyDays, UsageSums
from app.models import ApiKey, ProviderKey

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Loaders:
    """One set for each operation, for they remember what they have read."""

    def __init__(self) -> None:
        self.provider_keys_of: DataLoader[UUID, list[ProviderKey] | None] = _loader(
            provider_keys.provider_keys_of
        )
        self.api_keys_of: DataLoader[UUID, list[ApiKey] | None] = _loader(api_keys.api_keys_of)
        self.api_key: DataLoader[UUID, ApiKey | None] = _loader(api_keys.api_keys_by_id)
        self.usage_of: DataLoader[UUID, UsageSums | None] = _loader(usage.totals)
        self.api_key_use: DataLoader[ApiKeyDays, UsageSums | None] = _loader(usage.of_api_keys)


def _loader(
    read: Callable[[list[K]], Awaitable[Mapping[K, T]]],
) -> DataLoader[K, T | None]:
    async def load(keys: list[K]) -> list[T | None]:
        found = await read(keys)
        return [found.get(key) for key in keys]

    return DataLoader(load)
