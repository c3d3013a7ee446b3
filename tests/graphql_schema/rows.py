"""Rows as the ledger would leave them."""

from datetime import date
from uuid import UUID

from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.models import AttemptRecord, RequestLog, UsageCounter
from tests.daily_sums import add_day


async def log_request(
    workspace_id: str,
    *,
    model: str = "gpt-mini",
    status_code: int = 200,
    api_key_id: UUID | None = None,
    input_tokens: int = 10,
) -> RequestLog:
    """A row of the log."""
    served = status_code < 400
    attempt: AttemptRecord = {
        "provider": "OPENAI",
        "label": "OpenAI",
        "model": model,
        "status_code": status_code,
        "duration_ms": 120,
        "error_message": None if served else "overloaded",
    }
    return await RequestLog.create(
        id=new_id(),
        workspace_id=UUID(workspace_id),
        api_key_id=api_key_id or new_id(),
        requested_model=model,
        model=model,
        provider=ProviderName.OPENAI if served else None,
        status_code=status_code,
        stream=False,
        input_tokens=input_tokens,
        cached_input_tokens=4,
        output_tokens=5,
        tokens_estimated=False,
        cost_nano_usd=12_500 if served else None,
        duration_ms=123,
        time_to_first_token_ms=100 if served else None,
        error_code=None if served else "overloaded",
        error_message=None if served else "All providers failed.",
        attempts=[attempt],
        notes=["max_tokens=max_completion_tokens"],
    )


async def use(
    workspace_id: str,
    day: date,
    *,
    provider: str = "OPENAI",
    model: str = "gpt-mini",
    requests: int = 3,
    api_key_id: UUID | None = None,
) -> None:
    """A day's sums of one group."""
    await add_day(
        UUID(workspace_id),
        day,
        provider=provider,
        model=model,
        api_key_id=api_key_id or new_id(),
        sums={
            "requests": requests,
            "failed_requests": 1,
            "priced_requests": 2,
            "input_tokens": 30,
            "cached_input_tokens": 6,
            "output_tokens": 15,
            "cost_nano_usd": 1_500_000_000,
            "duration_ms": 600,
            "duration_2": requests,
        },
    )


async def use_in_all(workspace_id: str) -> None:
    """All-time sums beyond what an Int holds."""
    await UsageCounter.filter(workspace_id=UUID(workspace_id)).update(
        requests=3_000_000_000,
        failed_requests=7,
        priced_requests=1,
        input_tokens=2**53,
        output_tokens=5,
        cost_nano_usd=1,
    )
