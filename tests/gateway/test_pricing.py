"""What a completion costs."""

import tracemalloc
from uuid import uuid4

import pytest
from genai_prices import Usage as PricedUsage
from genai_prices.data_snapshot import get_snapshot

from app.chat.usage import Usage
from app.core.clock import now
from app.core.provider_name import ProviderName
from app.gateway.known import Caller, Candidate, KnownProviderKey
from app.gateway.pricing import cost_nano_usd, cost_of
from app.gateway.record import CompletionRecord

USAGE = Usage(input_tokens=1_000, cached_input_tokens=200, output_tokens=100)


def candidate(provider: str, model: str, base_url: str | None = None) -> Candidate:
    key = KnownProviderKey(uuid4(), ProviderName(provider), "key", base_url, "s", {}, None)
    return Candidate(key, model)


def test_cached_tokens_are_counted_once_and_at_their_own_price() -> None:
    gpt = candidate("OPENAI", "gpt-4o")

    cost = cost_nano_usd(gpt, USAGE, now())

    # Of November 2026: 2.50 $ a million in, 1.25 cached, 10.00 out.
    assert cost == 800 * 2_500 + 200 * 1_250 + 100 * 10_000


def test_tokens_written_to_a_cache_have_their_price() -> None:
    claude = candidate("ANTHROPIC", "claude-sonnet-4-6")
    written = Usage(input_tokens=1_000, cache_write_tokens=1_000)

    cost, plain = (cost_nano_usd(claude, usage, now()) for usage in (written, Usage(input_tokens=1_000)))

    assert cost is not None
    assert plain is not None
    assert cost > plain


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("ANTHROPIC", "claude-sonnet-4-6"),
        ("GOOGLE", "gemini-2.5-flash"),
        ("COHERE", "command-a-03-2025"),
        ("MISTRAL", "mistral-large-latest"),
    ],
)
def test_every_provider_has_prices(provider: str, model: str) -> None:
    assert cost_nano_usd(candidate(provider, model), USAGE, now())


def test_a_server_of_ones_own_has_prices_where_its_address_is_a_known_one() -> None:
    groq = candidate("CUSTOM", "llama-3.3-70b-versatile", "https://api.groq.com/openai/v1")
    box = candidate("CUSTOM", "llama-3.3-70b-versatile", "http://localhost:8000/v1")

    assert cost_nano_usd(groq, USAGE, now())
    assert cost_nano_usd(box, USAGE, now()) is None


def test_an_unknown_model_and_impossible_counts_have_no_cost() -> None:
    impossible = Usage(input_tokens=1, cached_input_tokens=2)

    assert cost_nano_usd(candidate("OPENAI", "gpt-unheard-of"), USAGE, now()) is None
    assert cost_nano_usd(candidate("OPENAI", "gpt-4o"), impossible, now()) is None


@pytest.mark.parametrize("input_tokens", [9_999, 123_457, 200_000, 200_001, 1_234_567])
@pytest.mark.parametrize("provider_id", ["openai", "anthropic", "google", "cohere", "mistral"])
def test_every_model_costs_what_the_library_says(provider_id: str, input_tokens: int) -> None:
    provider, at = get_snapshot().find_provider(None, provider_id, None), now()
    counts = Usage(
        input_tokens=input_tokens, cached_input_tokens=2_311, cache_write_tokens=1_007, output_tokens=4_099
    )
    counted = PricedUsage(
        input_tokens=input_tokens, cache_read_tokens=2_311, cache_write_tokens=1_007, output_tokens=4_099
    )

    def told(name: str) -> int | None:
        found = provider.find_model(name, all_providers=get_snapshot().providers)
        if found is None:
            return None
        try:
            price = found.calc_price(counted, provider, genai_request_timestamp=at).total_price
        except ValueError:
            return None
        return int((price * 10**9).to_integral_value())

    names = [model.id for model in provider.models]
    costs = {name: cost_nano_usd(candidate(provider_id.upper(), name), counts, at) for name in names}
    assert costs == {name: told(name) for name in names}
    assert sum(cost is not None for cost in costs.values()) > len(names) / 2


def test_models_that_clients_invent_are_not_kept() -> None:
    server = "https://api.groq.com/openai/v1"
    cost_nano_usd(candidate("CUSTOM", "llama-3.3-70b-versatile", server), USAGE, now())
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    for number in range(2_000):
        for kind, address in (("OPENAI", None), ("CUSTOM", server), ("CUSTOM", "http://localhost:8000/v1")):
            # Some that have a price, and some that have none.
            for name in ("gpt-4o", "llama-3.3-70b-versatile", "unheard-of"):
                cost_nano_usd(candidate(kind, f"{name}-{number}", address), USAGE, now())
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Of 18,000 names no more than the last 1,024.
    assert after - before < 1_000_000


def test_a_completion_costs_what_each_attempt_cost() -> None:
    record = CompletionRecord(Caller(uuid4(), uuid4(), None, ()))
    first, second = candidate("OPENAI", "gpt-4o"), candidate("ANTHROPIC", "claude-sonnet-4-6")
    record.note_spent(first, USAGE)
    record.note_spent(first, None)
    record.answered_by, record.usage = second, USAGE

    parts = [cost_nano_usd(one, USAGE, now()) for one in (first, second)]

    assert cost_of(record) == sum(part for part in parts if part)


def test_a_completion_that_nobody_answered_has_no_known_cost() -> None:
    assert cost_of(CompletionRecord(Caller(uuid4(), uuid4(), None, ()))) is None
