"""What a completion costs, by the public prices of the day."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from genai_prices import Usage as PricedUsage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from app.chat.usage import Usage
from app.core.clock import now
from app.core.provider_name import ProviderName
from app.gateway.known import Candidate
from app.gateway.record import CompletionRecord

_NANO_PER_USD = Decimal(10**9)
_PROVIDERS: Mapping[ProviderName, str] = MappingProxyType(
    {
        ProviderName.OPENAI: "openai",
        ProviderName.ANTHROPIC: "anthropic",
        ProviderName.GOOGLE: "google",
        ProviderName.COHERE: "cohere",
        ProviderName.MISTRAL: "mistral",
    }
)


def load_prices() -> None:
    """Reads the prices, which takes a moment: else the first completion would wait for them."""
    get_snapshot()


def cost_nano_usd(candidate: Candidate, usage: Usage, at: datetime) -> int | None:
    """What the tokens cost at the moment `at`, in billionths of a dollar; None where nobody knows.

    The prices are those that come with the library `genai-prices`, without discounts and taxes. A server of
    one's own has a price where its base URL is that of a provider with public ones.
    """
    key = candidate.provider_key
    provider_id = _PROVIDERS.get(key.provider)
    priced = _priced(provider_id, None if provider_id else key.base_url, candidate.model)
    if priced is None:
        return None
    provider, model = priced
    counted = PricedUsage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_input_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        total = model.calc_price(counted, provider, genai_request_timestamp=at).total_price
    except ValueError:
        # Counts that contradict each other, such as more cached tokens than there are.
        return None
    return int((total * _NANO_PER_USD).to_integral_value())


def cost_of(record: CompletionRecord) -> int | None:
    """What a completion cost with everything that was billed on its way; None where a part is not known."""
    billed = list(record.spent)
    if record.answered_by is not None:
        billed.append((record.answered_by, record.usage))
    at = now()
    costs = [cost_nano_usd(candidate, usage, at) for candidate, usage in billed]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None


@lru_cache(maxsize=1024)
def _priced(provider_id: str | None, base_url: str | None, model: str) -> tuple[Provider, ModelInfo] | None:
    """The provider's and the model's prices. Kept, since the search costs more than the rest of a row."""
    prices = get_snapshot()
    try:
        # By address alone: the library remembers for ever what it was asked for, and clients invent models.
        provider = prices.find_provider(None, provider_id, base_url)
    except LookupError:
        return None
    found = provider.find_model(model, all_providers=prices.providers)
    return None if found is None else (provider, found)
