"""Completions on providers that fail: what is expected of each, and what was seen of it."""

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal
from uuid import UUID

import httpx
import openai

from app.models import RequestLog
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, Gateway, until

Kind = Literal["whole", "retry", "next", "other model", "return", "broken"]
# A busy machine may take so much longer than any limit says.
_PATIENCE_S = 4.0
# The limits of a provider key that is to answer in its own time, however busy the machine is.
PATIENT: Mapping[str, float] = MappingProxyType(
    {"headerS": 30, "answerS": 30, "firstTokenS": 30, "streamIdleS": 30}
)
_FINISH = re.compile(r'"finish_reason": ?"')
# What the gateway's limits are set to, each.
_LIMIT_S = 1.0
LIMITS: Mapping[str, float] = MappingProxyType(
    {
        "header_timeout_s": _LIMIT_S,
        "answer_timeout_s": _LIMIT_S,
        "first_token_timeout_s": _LIMIT_S,
        "last_first_token_timeout_s": _LIMIT_S,
        "stream_idle_timeout_s": _LIMIT_S,
    }
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to come of a fault. `status` and `code` are the client's, where nobody else helps."""

    kind: Kind
    status: int = 200
    code: str | None = None

    def story(self, failing: int, *, is_rescued: bool) -> list[str]:
        """The labels of who is tried, in order."""
        if self.kind in {"whole", "return", "broken"}:
            return ["1"]
        # The others have the same model, but for the rescuer.
        asked = 1 if self.kind == "other model" else failing
        times = 2 if self.kind == "retry" else 1
        tried = [str(number + 1) for number in range(asked) for _ in range(times)]
        return [*tried, "rescuer"] if is_rescued else tried

    def when(self, *, is_rescued: bool) -> "Expected":
        """What the client gets, with somebody there who can answer or without."""
        helps = is_rescued and self.kind in {"retry", "next", "other model"}
        return replace(self, status=200, code=None) if helps else self


@dataclass(frozen=True, slots=True)
class Site:
    """A workspace whose first `failing` candidates do what the model says; the rescuer always answers.

    `patient` is another one, whose candidates may take their time.
    """

    account: Account
    patient: Account
    failing: int
    is_rescued: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One completion, and what is expected of it."""

    site: Site
    model: str
    stream: bool
    expected: Expected
    is_assured: bool = False

    def __str__(self) -> str:
        """Its name in a report."""
        how = "assured" if self.is_assured else "stream" if self.stream else "plain"
        return f"{self.model} {how} x{self.site.failing}{'+1' if self.site.is_rescued else ''}"


async def site(
    gateway: Gateway,
    simulator: RunningSimulator,
    failing: int,
    *,
    is_rescued: bool,
    name: str = "drill",
    **values: object,
) -> Site:
    """A new site; `values` are those of the provider keys that fail."""
    accounts = []
    for manner in ("hurried", "patient"):
        account = await gateway.sign_up(f"{name}-{failing}-{is_rescued}-{manner}@example.com")
        own = {"timeouts": dict(PATIENT)} if manner == "patient" else {}
        for number in range(failing):
            await account.add_provider(simulator, label=str(number + 1), **(values | own))
        if is_rescued:
            await _add_rescuer(account, simulator)
        accounts.append(account)
    return Site(accounts[0], accounts[1], failing, is_rescued)


async def _add_rescuer(account: Account, simulator: RunningSimulator) -> None:
    # It takes no model but its own, so that it is asked for this one whatever the client named.
    await account.add_provider(
        simulator,
        provider="CUSTOM",
        label="rescuer",
        defaultModel="healthy",
        modelMap=[{"requested": "never", "target": "healthy"}],
        timeouts=dict(PATIENT),
    )


async def try_all(cases: Iterable[Case], at_once: int) -> list[str]:
    """Tries the cases, so many at a time; gives what was not as expected, a line each."""
    gate = asyncio.Semaphore(at_once)

    async def one(case: Case) -> list[str]:
        async with gate:
            return [f"{case}: {complaint}" for complaint in await _try(case)]

    return [line for lines in await asyncio.gather(*(one(case) for case in cases)) for line in lines]


async def _try(case: Case) -> list[str]:
    started = time.monotonic()
    body = {"model": case.model, "messages": [HELLO], "stream": case.stream}
    assured = {"x-perpetuo-assured": "true"} if case.is_assured else {}
    # A busy machine must not make a provider silent that is not meant to be.
    account = case.site.account if case.expected.code == "timeout" else case.site.patient
    answer = await account.complete(body, **assured)
    took_s = time.monotonic() - started
    row = await _row(answer)
    expected = case.expected.when(is_rescued=case.site.is_rescued)
    story = case.expected.story(case.site.failing, is_rescued=case.site.is_rescued)
    is_broken = expected.kind == "broken"
    heard = await _heard_by_sdk(case, answer)
    failed = [attempt for attempt in row.attempts if attempt["error_message"]]
    seen = {
        "status": (answer.status_code, 200 if is_broken else expected.status),
        "heard by the official client": (heard, expected.code),
        "[DONE]": (b"[DONE]" in answer.content, case.stream and expected.code is None),
        "finish reason": (is_broken and _FINISH.search(answer.text) is not None, False),
        "row": ((row.status_code, row.error_code), (expected.status, expected.code)),
        "attempts": ([attempt["label"] for attempt in row.attempts], story),
        "failed attempts": (len(failed), len(story) - (expected.code is None)),
        "attempts' header": (answer.headers["x-perpetuo-attempts"], str(len(story))),
        "in time": (took_s < len(story) * _LIMIT_S + _PATIENCE_S, True),
    }
    return [
        f"{what} was {found!r} and not {wanted!r}"
        for what, (found, wanted) in seen.items()
        if found != wanted
    ]


async def _row(answer: httpx.Response) -> RequestLog:
    id_ = UUID(answer.headers["x-request-id"])

    async def is_there() -> bool:
        return await RequestLog.exists(id=id_)

    await until(is_there)
    return await RequestLog.get(id=id_)


async def _heard_by_sdk(case: Case, answer: httpx.Response) -> str | None:
    """What the official client makes of the very bytes: None of a whole answer, else the error's code."""

    def again(_: httpx.Request) -> httpx.Response:
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async with httpx.AsyncClient(transport=httpx.MockTransport(again)) as http:
        completions = replace(case.site.account, http=http).openai().chat.completions
        try:
            if not case.stream:
                completion = await completions.create(model=case.model, messages=[HELLO])
                said = completion.choices[0].message
                return "nothing said" if said.content is said.refusal is None else None
            stream = await completions.create(model=case.model, messages=[HELLO], stream=True)
            reasons = [choice.finish_reason async for chunk in stream for choice in chunk.choices]
            return None if reasons[-1] else "no finish reason"
        except openai.APIError as error:
            return error.code
