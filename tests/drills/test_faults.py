"""Every fault of a provider: a whole answer or a clear error within a bound, and a row that tells all."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.provider_name import ProviderName
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.drills.faults import LIMITS, Case, Expected, site, try_all
from tests.drills.figures import Figures
from tests.front_door import open_gateway

WHOLE = Expected("whole")
BAD_REQUEST = Expected("return", 400, "invalid_value")
SERVER_ERROR = Expected("retry", 502, "upstream_error")
OVERLOADED = Expected("retry", 503, "overloaded")
SILENT = Expected("next", 504, "timeout")
MALFORMED = Expected("retry", 502, "invalid_upstream_response")
CUT = Expected("retry", 502, "upstream_stream_interrupted")
RATE_LIMITED = Expected("next", 429, "rate_limit_exceeded")
BROKEN = Expected("broken", 502, "upstream_stream_interrupted")
BROKEN_BY_OVERLOAD = Expected("broken", 503, "overloaded")

# What the provider does: what comes of it where the answer is plain, and where it is a stream.
FAULTS: Mapping[str, tuple[Expected, Expected]] = MappingProxyType(
    {
        "status=400": (BAD_REQUEST, BAD_REQUEST),
        "status=401": (Expected("next", 502, "invalid_provider_key"),) * 2,
        "status=403": (Expected("next", 403, "permission_denied"),) * 2,
        "status=404": (Expected("next", 404, "model_not_found"),) * 2,
        "status=408": (SERVER_ERROR,) * 2,
        "status=409": (Expected("retry", 409, "conflict"),) * 2,
        "status=413;code=request_too_large": (Expected("next", 413, "request_too_large"),) * 2,
        "status=422": (BAD_REQUEST,) * 2,
        "status=429": (RATE_LIMITED,) * 2,
        "status=429;retry_after=0.1": (Expected("retry", 429, "rate_limit_exceeded"),) * 2,
        "status=429;retry_after=60": (RATE_LIMITED,) * 2,
        "status=429;code=insufficient_quota": (Expected("next", 429, "insufficient_quota"),) * 2,
        "status=400;code=context_length_exceeded": (Expected("other model", 400, "context_length_exceeded"),)
        * 2,
        "status=400;code=content_policy_violation": (Expected("return", 400, "content_policy_violation"),)
        * 2,
        "status=500": (SERVER_ERROR,) * 2,
        "status=502": (SERVER_ERROR,) * 2,
        "status=503": (OVERLOADED,) * 2,
        "status=503;retry_after=60": (Expected("next", 503, "overloaded"),) * 2,
        "status=504": (SERVER_ERROR,) * 2,
        "status=529": (OVERLOADED,) * 2,
        "status=302": (MALFORMED,) * 2,
        "status=500;html": (SERVER_ERROR,) * 2,
        "status=500;empty": (SERVER_ERROR,) * 2,
        "hang": (SILENT,) * 2,
        "delay=30": (SILENT,) * 2,
        "first_token=30": (SILENT,) * 2,
        "reset": (Expected("retry", 502, "connection_failed"),) * 2,
        "html": (MALFORMED, CUT),
        "empty": (MALFORMED, CUT),
        "malformed=1": (MALFORMED, WHOLE),
        "malformed=3": (MALFORMED, WHOLE),
        "cut=1": (CUT, CUT),
        "cut=5": (CUT, BROKEN),
        "stall=1": (SILENT, SILENT),
        "stall=5": (SILENT, Expected("broken", 504, "timeout")),
        "end=1": (WHOLE, CUT),
        "end=5": (WHOLE, BROKEN),
        "error_event=1": (WHOLE, SERVER_ERROR),
        "error_event=5": (WHOLE, Expected("broken", 502, "upstream_error")),
        "no_done": (WHOLE, WHOLE),
        "no_usage": (WHOLE, WHOLE),
        "tokens=0": (WHOLE, WHOLE),
        "refuse": (WHOLE, WHOLE),
        "finish=length": (WHOLE, WHOLE),
        "delay=0.1;first_token=0.1;pace=0.01": (WHOLE, WHOLE),
    }
)

# The same where the stream is held back until it is whole.
ASSURED: Mapping[str, Expected] = MappingProxyType(
    {
        "cut=1": CUT,
        "cut=5": CUT,
        "stall=5": SILENT,
        "end=5": CUT,
        "error_event=5": SERVER_ERROR,
        "malformed=3": WHOLE,
        "no_done": WHOLE,
        "status=400": BAD_REQUEST,
        "first_token=30": SILENT,
    }
)

# The faults that each provider has in its own words; chunks are counted so that they mean the same for all.
IN_OTHER_WORDS: Mapping[str, tuple[Expected, Expected]] = MappingProxyType(
    {
        "status=401": (Expected("next", 502, "invalid_provider_key"),) * 2,
        "status=429": (RATE_LIMITED,) * 2,
        "status=500": (SERVER_ERROR,) * 2,
        "status=503": (OVERLOADED,) * 2,
        "hang": (SILENT,) * 2,
        "reset": (Expected("retry", 502, "connection_failed"),) * 2,
        "html": (MALFORMED, CUT),
        "empty": (MALFORMED, CUT),
        "tokens=20;cut=9": (CUT, BROKEN),
        "tokens=20;stall=9": (SILENT, Expected("broken", 504, "timeout")),
        "tokens=20;end=9": (WHOLE, BROKEN),
        "tokens=20;error_event=9": (WHOLE, Expected("broken", 502, "upstream_error")),
        "tokens=20;malformed=9": (MALFORMED, WHOLE),
        "no_done": (WHOLE, WHOLE),
        "no_usage": (WHOLE, WHOLE),
    }
)
# Where a provider's own words say more, or where its streams have another end.
OF_ITS_OWN: Mapping[tuple[ProviderName, str], tuple[Expected, Expected]] = MappingProxyType(
    {
        (ProviderName.ANTHROPIC, "status=503"): (SERVER_ERROR,) * 2,
        (ProviderName.ANTHROPIC, "no_done"): (WHOLE, BROKEN),
        (ProviderName.ANTHROPIC, "tokens=20;error_event=9"): (WHOLE, BROKEN_BY_OVERLOAD),
        (ProviderName.GOOGLE, "tokens=20;error_event=9"): (WHOLE, BROKEN_BY_OVERLOAD),
    }
)
NATIVE = MappingProxyType(
    {
        ProviderName.ANTHROPIC: "claude-opus-5-5",
        ProviderName.GOOGLE: "gemini-2.5-flash",
        ProviderName.COHERE: "command-a-plus",
        ProviderName.MISTRAL: "mistral-large-latest",
    }
)


async def test_every_fault_has_its_outcome(
    settings: Settings, simulator: RunningSimulator, figures: Figures
) -> None:
    limits = {**LIMITS, "breaker_open_s": 0}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        sites = [
            await site(gateway, simulator, failing, is_rescued=is_rescued)
            for failing, is_rescued in ((1, False), (2, False), (3, False), (1, True), (2, True))
        ]
        cases = [
            Case(where, f"gpt-4o;{fault}", bool(stream), expected)
            for fault, both in FAULTS.items()
            for stream, expected in enumerate(both)
            for where in sites
        ]
        cases += [
            Case(where, f"gpt-4o;{fault}", True, expected, is_assured=True)
            for fault, expected in ASSURED.items()
            for where in sites
        ]

        complaints = await try_all(cases, at_once=24)

    assert not complaints, "\n".join(complaints)
    figures.tell("every fault", faults=len(FAULTS), completions=len(cases), unlike_the_table=0)


async def test_every_provider_fails_alike(
    sqlite_settings: Settings, simulator: RunningSimulator, figures: Figures
) -> None:
    async with open_gateway(sqlite_settings.model_copy(update={**LIMITS, "breaker_open_s": 0})) as gateway:
        cases = []
        for provider, model in NATIVE.items():
            base_url = simulator.base_url_of(provider)
            for is_rescued in (False, True):
                where = await site(
                    gateway,
                    simulator,
                    1,
                    is_rescued=is_rescued,
                    name=provider,
                    provider=provider,
                    baseUrl=base_url,
                )
                cases += [
                    Case(where, f"{model};{fault}", bool(stream), expected)
                    for fault, alike in IN_OTHER_WORDS.items()
                    for stream, expected in enumerate(OF_ITS_OWN.get((provider, fault), alike))
                ]

        complaints = await try_all(cases, at_once=24)

    assert not complaints, "\n".join(complaints)
    figures.tell("every provider", providers=len(NATIVE), completions=len(cases), unlike_the_table=0)
