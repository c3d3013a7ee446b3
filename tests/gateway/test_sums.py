"""The sums beside the log: what is told by provider is the sum of what is told by day."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.core.clock import now, today
from app.core.ids import first_id_at
from app.core.provider_name import ProviderName
from app.gateway.known import Caller
from app.gateway.ledger.batch import commit
from app.gateway.ledger.entries import Ended, ended
from app.models import UsageCounter, UsageProviderDaily
from tests.daily_sums import of_days_by_provider, of_providers
from tests.gateway.builders import a_caller, a_record, answered

pytestmark = pytest.mark.usefixtures("database")

ANSWERED_BY = (
    (ProviderName.OPENAI, "gpt-4o"),
    (ProviderName.OPENAI, "gpt-5"),
    (ProviderName.COHERE, "command"),
    (None, "asked"),
)


def made_up(chance: Random, caller: Caller) -> Ended:
    """A completion of today or yesterday, by a provider or by nobody, of up to three minutes."""
    provider, model = chance.choice(ANSWERED_BY)
    day = now() - timedelta(days=chance.randint(0, 1))
    return replace(
        ended(answered(caller)),
        id=UUID(int=first_id_at(day).int + chance.getrandbits(60)),
        provider=provider,
        model=model,
        status_code=chance.choice((200, 404, 499, 503)),
        cost_nano_usd=chance.choice((None, 500)),
        duration_ms=int(chance.lognormvariate(6, 3)) % 180_000,
    )


async def test_sums_by_provider_are_those_of_the_days_whatever_is_replayed() -> None:
    chance, callers = Random(1), [a_caller() for _ in range(3)]
    entries = [made_up(chance, chance.choice(callers)) for _ in range(300)]

    for start in range(0, 300, 100):
        await commit(entries[start : start + 100], "me")
        # Half of them come again, among some that are new.
        await commit(entries[start + 50 : start + 120], "me")

    found = await of_providers()
    counters = {row.workspace_id: row.requests for row in await UsageCounter.all()}
    assert found == await of_days_by_provider()
    assert len(found) == len(callers) * 2 * 3
    assert sum(requests for requests, *_ in found.values()) == sum(counters.values()) == 300


async def test_a_provider_s_day_has_the_amounts_of_its_completions() -> None:
    caller = a_caller()
    first, other = ended(answered(caller)), ended(answered(caller, model="gpt-5"))
    unserved = replace(ended(a_record(caller, status=503)), duration_ms=60_001)

    await commit([replace(first, duration_ms=50), replace(other, duration_ms=51), unserved], "me")

    nobody, openai = await UsageProviderDaily.filter(workspace_id=caller.workspace_id).order_by("provider")
    assert (openai.day, openai.provider, openai.requests, openai.failed_requests) == (today(), "OPENAI", 2, 0)
    assert (openai.input_tokens, openai.cached_input_tokens, openai.output_tokens) == (20, 8, 10)
    assert (openai.duration_ms, openai.duration_0, openai.duration_1) == (101, 1, 1)
    assert (nobody.provider, nobody.requests, nobody.failed_requests, nobody.duration_11) == ("", 1, 1, 1)
