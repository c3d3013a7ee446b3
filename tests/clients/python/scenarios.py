"""Runs a client's scenarios against every model, and prints one line of JSON for each."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache

from openai import DefaultAsyncHttpxClient
from pydantic import BaseModel, Field

HELLO = "Say hello"
ASK_WEATHER = "What is the weather?"
ASK_CITY = "Name a city"
WEATHER = "18 degrees and sunny"
CONCURRENT = 12


class City(BaseModel):
    """A city."""

    name: str = Field(description="Its name")
    population: int
    mayor: str | None = None


class Remark(BaseModel):
    """What somebody said."""

    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A model, and the API keys of the accounts that have its provider: well behaved, and odd."""

    url: str
    provider: str
    model: str
    key: str
    odd_key: str

    def at(self, behaviour: str) -> "Target":
        """The same model, asked of the provider key that behaves so."""
        return replace(self, model=f"{self.provider.lower()}-{behaviour}/{self.model}", key=self.odd_key)


@cache
def http() -> DefaultAsyncHttpxClient:
    """What every client sends with: to make one takes longer than most scenarios."""
    return DefaultAsyncHttpxClient()


Scenario = Callable[[Target], Awaitable[object]]


@cache
def everyone() -> list[Target]:
    """Every model that there is."""
    url = os.environ["GATEWAY_URL"]
    return [Target(url=url, **target) for target in json.loads(os.environ["TARGETS"])]


def run(*scenarios: Scenario) -> None:
    """Runs every scenario with every model, several at a time."""
    asyncio.run(_run(scenarios))


async def _run(scenarios: tuple[Scenario, ...]) -> None:
    gate = asyncio.Semaphore(CONCURRENT)

    async def run_one(scenario: Scenario, target: Target) -> None:
        async with gate:
            outcome = await _outcome(scenario, target)
        print(  # noqa: T201 # how the program answers
            json.dumps({"model": target.model, "scenario": scenario.__name__, **outcome}, default=str)
        )

    await asyncio.gather(*(run_one(scenario, target) for scenario in scenarios for target in everyone()))


async def _outcome(scenario: Scenario, target: Target) -> dict[str, object]:
    try:
        async with asyncio.timeout(30):
            return {"gave": await scenario(target)}
    except Exception as error:  # noqa: BLE001 # whatever a client raises is what we want to know
        return {
            "raised": {
                "kind": f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}",
                "message": str(error),
                "status": getattr(error, "status_code", None),
                "code": getattr(error, "code", None),
            }
        }
