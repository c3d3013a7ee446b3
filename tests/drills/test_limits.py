"""Limits and budgets, each set and each turned off; when to try again; who is rested."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.drills.faults import LIMITS, Site, site
from tests.front_door import HELLO, Account, open_gateway
from tests.upstream.servers import Exchange, serve


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and what comes of it: who is tried, and the status. The limits are those of its group."""

    fault: str
    expected: str
    stream: bool = True
    failing: int = 1
    is_rescued: bool = True


SLOW, SILENT, PAUSING = "delay=0.6", "first_token=0.6", "tokens=1;pace=0.6"
POLICY, LATER = "status=400;code=content_policy_violation", "status=429;retry_after=1"
OFF: Mapping[str, float] = {"total_timeout_s": 0, "breaker_open_s": 0, **dict.fromkeys(LIMITS, 0)}
# What is not off, and what follows from it.
BUDGETS: Mapping[str, tuple[Mapping[str, float], tuple[Row, ...]]] = {
    "all limits off": (
        {},
        (
            Row(SLOW, "1 200"),
            Row(SLOW, "1 200", stream=False),
            Row(SILENT, "1 200"),
            Row(SILENT, "1 200", is_rescued=False),
            Row(PAUSING, "1 200"),
        ),
    ),
    "headers, whole answers and silence in a stream": (
        {"header_timeout_s": 0.25, "answer_timeout_s": 0.25, "stream_idle_timeout_s": 0.25},
        (
            Row(SLOW, "1 rescuer 200"),
            Row(SLOW, "1 rescuer 200", stream=False),
            Row(SILENT, "1 200"),
            Row(PAUSING, "1 504"),
        ),
    ),
    "the first token": (
        {"first_token_timeout_s": 0.25},
        (Row(SILENT, "1 rescuer 200"), Row(SILENT, "1 200", is_rescued=False)),
    ),
    "the first token of the last": (
        {"last_first_token_timeout_s": 0.25},
        (Row(SILENT, "1 504", is_rescued=False), Row(SLOW, "1 200", stream=False, is_rescued=False)),
    ),
    "everything up to the first token": (
        {"total_timeout_s": 0.25},
        (Row(SLOW, "1 504"), Row(SLOW, "1 504", stream=False), Row(SILENT, "1 504")),
    ),
    "no second tries": (
        {"retry_attempts": 0, "retry_after_max_s": 0},
        (Row("status=500", "1 2 rescuer 200", failing=2), Row(LATER, "1 rescuer 200")),
    ),
    "more second tries, and policies routed around": (
        {"retry_attempts": 2, "content_policy_fallback": True},
        (Row("status=500", "1 1 1 rescuer 200"), Row(POLICY, "1 rescuer 200")),
    ),
    "three attempts": ({"max_attempts": 3}, (Row("status=500", "1 1 2 502", failing=2),)),
    "one attempt": (
        {"max_attempts": 1, "first_token_timeout_s": 0.25},
        # Nobody may be tried after it, so that nobody is waited for.
        (Row("status=500", "1 502"), Row(SILENT, "1 200")),
    ),
}


@pytest.mark.parametrize("group", BUDGETS)
async def test_every_limit_holds_and_can_be_turned_off(
    sqlite_settings: Settings, simulator: RunningSimulator, group: str
) -> None:
    allowed, rows = BUDGETS[group]
    async with open_gateway(sqlite_settings.model_copy(update={**OFF, **allowed})) as gateway:
        sites = [
            await site(gateway, simulator, row.failing, is_rescued=row.is_rescued, name=f"row{number}")
            for number, row in enumerate(rows)
        ]
        started = time.monotonic()

        found = await asyncio.gather(*(_come_of(row, at) for row, at in zip(rows, sites, strict=True)))

    assert found == [row.expected for row in rows]
    assert time.monotonic() - started < 6


async def _come_of(row: Row, at: Site) -> str:
    """Who was tried, and the status in the log."""
    answer = await at.account.complete(
        {"model": f"gpt-4o;{row.fault}", "messages": [HELLO], "stream": row.stream}
    )
    logged = await at.account.log()
    assert ("[DONE]" in answer.text) is (row.stream and logged["statusCode"] == 200)
    return " ".join([*(attempt["label"] for attempt in logged["attempts"]), str(logged["statusCode"])])


@dataclass(frozen=True, slots=True)
class Hint:
    """An answer with status 429 that says when to try again; `expected` is what the client hears of it."""

    expected: float | None
    headers: tuple[str, ...] = ()
    provider: str = "OPENAI"
    error: Mapping[str, object] = field(default_factory=dict)


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}
_MODELS = {"OPENAI": "gpt-4o", "GOOGLE": "gemini-2.5-flash", "ANTHROPIC": "claude-opus-5-5"}


def _hints() -> dict[str, Hint]:
    """How providers say when to try again, by what is odd about it; dates are an hour from now."""
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    return {
        "none": Hint(None),
        "seconds": Hint(17, ("retry-after: 17",)),
        "a part of a second": Hint(5, ("retry-after: 4.5",)),
        "milliseconds": Hint(5, ("retry-after-ms: 4500", "retry-after: 9")),
        "a date": Hint(3600, (f"retry-after: {format_datetime(in_an_hour, usegmt=True)}",)),
        "a date that is over": Hint(0, ("retry-after: Wed, 21 Oct 2015 07:28:00 GMT",)),
        "nonsense": Hint(None, ("retry-after: soon",)),
        "below zero": Hint(0, ("retry-after: -5",)),
        "beyond all measure": Hint(31_536_000, ("retry-after: 1e308",)),
        "without end": Hint(None, ("retry-after: inf",)),
        "reset of requests": Hint(
            360, ("x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 6m0s")
        ),
        "reset of tokens": Hint(
            8,
            (
                "x-ratelimit-remaining-requests: 9",
                "x-ratelimit-reset-requests: 1h2m",
                "x-ratelimit-remaining-tokens: 0",
                "x-ratelimit-reset-tokens: 7.66s",
            ),
        ),
        "Google's RetryInfo": Hint(
            35, provider="GOOGLE", error={"status": "RESOURCE_EXHAUSTED", "details": [RETRY_INFO]}
        ),
        "Anthropic's reset": Hint(
            3600,
            (
                "anthropic-ratelimit-requests-remaining: 0",
                f"anthropic-ratelimit-requests-reset: {in_an_hour.strftime('%Y-%m-%dT%H:%M:%SZ')}",
            ),
            provider="ANTHROPIC",
        ),
    }


async def test_when_to_try_again_is_understood_in_every_form(
    sqlite_settings: Settings, simulator: RunningSimulator
) -> None:
    # Not when the tests are collected: in a long run that may be an hour ago.
    hints = _hints()

    async def refuse(exchange: Exchange) -> None:
        hint = hinted(exchange)
        body = {"error": {"code": 429, "message": "Too many requests.", **hint.error}}
        await exchange.answer(json.dumps(body).encode(), *hint.headers, status="429 Too Many Requests")

    def hinted(exchange: Exchange) -> Hint:
        return next(hint for name, hint in hints.items() if f"<{name}>".encode() in exchange.body)

    never = sqlite_settings.model_copy(update={"retry_after_max_s": -1, "breaker_open_s": 0})
    async with open_gateway(never) as gateway, serve(refuse) as server:
        account = await gateway.sign_up()
        for provider in _MODELS:
            await account.add_provider(simulator, provider=provider, baseUrl=server.url)
        answers = {
            name: await account.complete(
                {
                    "model": _MODELS[hint.provider],
                    "messages": [{"role": "user", "content": f"<{name}>"}],
                }
            )
            for name, hint in hints.items()
        }

    heard = {name: answer.headers.get("retry-after") for name, answer in answers.items()}
    expected = {name: None if hint.expected is None else str(hint.expected) for name, hint in hints.items()}
    assert {answer.status_code for answer in answers.values()} == {429}
    # A date is a moment: by now it is a little nearer.
    for name in ("a date", "Anthropic's reset"):
        assert 3000 <= int(heard.pop(name) or 0) <= int(expected.pop(name) or 0)
    assert heard == expected


async def test_who_keeps_failing_is_rested_probed_and_taken_back(
    sqlite_settings: Settings, simulator: RunningSimulator
) -> None:
    rests_s = 0.4
    limits = {"breaker_failures": 2, "breaker_open_s": rests_s, "retry_attempts": 0}
    async with open_gateway(sqlite_settings.model_copy(update=limits)) as gateway:
        where = await site(gateway, simulator, 1, is_rescued=True)
        alone = await site(gateway, simulator, 1, is_rescued=False)

        async def answers(times: int, at: Account, model: str) -> list[int]:
            asked = [await at.complete({"model": model, "messages": [HELLO]}) for _ in range(times)]
            return [answer.status_code for answer in asked]

        sick = "gpt-4o;status=500;times=3"
        statuses = await answers(3, where.account, sick)
        # Another model of the same provider key is another matter.
        statuses += await answers(1, where.account, "gpt-4o")
        await asyncio.sleep(rests_s)
        statuses += await answers(2, where.account, sick)
        await asyncio.sleep(rests_s)
        statuses += await answers(2, where.account, sick)
        lonely = await answers(4, alone.account, "gpt-4o;status=500;times=3;tokens=5")

        rows = [row["attempts"] for row in reversed(await where.account.logs(8))]
        lonely_rows = [row["attempts"] for row in reversed(await alone.account.logs(4))]
    assert statuses == [200] * 8
    assert [" ".join(attempt["label"] for attempt in attempts) for attempts in rows] == [
        "1 rescuer",
        "1 rescuer",
        "rescuer",
        "1",
        # The probe fails, and it rests again.
        "1 rescuer",
        "rescuer",
        # The next probe is answered, and it is taken back.
        "1",
        "1",
    ]
    # Where nobody else is there, who is rested is asked all the same.
    assert lonely == [502, 502, 502, 200]
    assert [len(attempts) for attempts in lonely_rows] == [1, 1, 1, 1]
