"""What a completion costs, by the public prices of the day."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from genai_prices import Usage as PricedUsage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

from app.chat.usage import Usage
from app.core.clock import now
from app.core.provider_name import ProviderName
from app.gateway.known import Candidate
from app.gateway.record import CompletionRecord

_NANO_PER_USD = Decimal(10**9)
# Of one prompt, beyond any that a price makes a difference for.
_MOST_TOKENS = 10**9
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
    return None if priced is None else priced.cost_nano_usd(usage, at)


class _Rates(NamedTuple):
    """Nano-dollars a token."""

    plain: Decimal
    cached: Decimal
    cache_write: Decimal
    output: Decimal


class _Tariff(NamedTuple):
    """What tokens cost by these prices: `rates` up to each of the `edges` in input tokens, and beyond."""

    prices: ModelPrice
    edges: list[int]
    # None where the library must be asked each time.
    rates: list[_Rates | None]


class _PricedModel:
    """A model with public prices.

    The library takes long for a price, so it is asked once for what a token of each kind costs, for long
    prompts apart. Where a request has a price of its own it is asked each time.
    """

    def __init__(self, provider: Provider, model: ModelInfo) -> None:
        self._provider = provider
        self._model = model
        # By the prices they are of: some change with the hour of the day.
        self._tariffs: dict[int, _Tariff] = {}

    def cost_nano_usd(self, usage: Usage, at: datetime) -> int | None:
        """What these tokens cost at this moment; None where their counts contradict each other."""
        prices = self._model.get_prices(at)
        tariff = self._tariffs.get(id(prices)) or self._learn(prices, at)
        rates = tariff.rates[bisect_left(tariff.edges, usage.input_tokens)]
        uncached = usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens
        if rates is None or uncached < 0:
            return _whole(self._ask(usage, at))
        return _whole(
            rates.plain * uncached
            + rates.cached * usage.cached_input_tokens
            + rates.cache_write * usage.cache_write_tokens
            + rates.output * usage.output_tokens
        )

    def _learn(self, prices: ModelPrice, at: datetime) -> _Tariff:
        tiered = [price for price in vars(prices).values() if isinstance(price, TieredPrices)]
        edges = sorted({tier.start for price in tiered for tier in price.tiers})
        if self._ask(Usage(), at):
            # The request itself costs something.
            rates: list[_Rates | None] = [None] * (len(edges) + 1)
        else:
            bands = zip([0, *edges], [*edges, _MOST_TOKENS], strict=True)
            rates = [self._ask_rates(low, high, at) for low, high in bands]
        learnt = self._tariffs[id(prices)] = _Tariff(prices, edges, rates)
        return learnt

    def _ask_rates(self, low: int, high: int, at: datetime) -> _Rates | None:
        """The rates for prompts longer than `low` and up to `high` tokens."""
        # A power of ten, so that what is divided by it stays exact.
        count = 10 ** (len(str(high)) - 1)
        if count <= low:
            return None
        plain, cached, written, answered = (
            self._ask(usage, at)
            for usage in (
                Usage(input_tokens=count),
                Usage(input_tokens=count, cached_input_tokens=count),
                Usage(input_tokens=count, cache_write_tokens=count),
                Usage(input_tokens=count, output_tokens=count),
            )
        )
        if plain is None or cached is None or written is None or answered is None:
            return None
        return _Rates(plain / count, cached / count, written / count, (answered - plain) / count)

    def _ask(self, usage: Usage, at: datetime) -> Decimal | None:
        """What the library says, in nano-dollars."""
        counted = PricedUsage(
            input_tokens=usage.input_tokens,
            cache_read_tokens=usage.cached_input_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=usage.output_tokens,
        )
        try:
            price = self._model.calc_price(counted, self._provider, genai_request_timestamp=at)
        except ValueError:
            # Counts that contradict each other, such as more cached tokens than there are.
            return None
        return price.total_price * _NANO_PER_USD


def _whole(nano_usd: Decimal | None) -> int | None:
    return None if nano_usd is None else int(nano_usd.to_integral_value())


def cost_of(record: CompletionRecord) -> int | None:
    """What a completion cost with everything that was billed on its way; None where a part is not known."""
    at = now()
    costs = [cost_nano_usd(candidate, usage, at) for candidate, usage in record.spent]
    if record.answered_by is not None:
        costs.append(cost_nano_usd(record.answered_by, record.usage, at))
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None


@lru_cache(maxsize=1024)
def _priced(provider_id: str | None, base_url: str | None, model: str) -> _PricedModel | None:
    """The model's prices. Kept, since the search costs more than the rest of a row."""
    prices = get_snapshot()
    try:
        # By address alone: the library remembers for ever what it was asked for, and clients invent models.
        provider = prices.find_provider(None, provider_id, base_url)
    except LookupError:
        return None
    found = provider.find_model(model, all_providers=prices.providers)
    return None if found is None else _PricedModel(provider, found)
