"""What is withdrawn is not used again: at once where it was withdrawn, within a second everywhere else."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import asyncpg
import httpx
import pytest

from app.core.secrets import hint
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import running
from tests.conftest import environment
from tests.drills.figures import Figures, Length
from tests.drills.load import Load, Outcome
from tests.drills.replicas import replicas
from tests.front_door import Account

# As the settings have it by default; the tests' own is shorter.
_POLL_S = "0.5"
_NO_POLL_S = "60"
_PROMISED_S = 1.0

_CREATE = """mutation($id: ID!, $name: String!) {
  createApiKey(workspaceId: $id, name: $name) { apiKey { id } secret } }"""
_REVOKE = "mutation($id: ID!) { revokeApiKey(id: $id) { id } }"
_UPDATE = "mutation($input: UpdateProviderKeyInput!) { updateProviderKey(input: $input) { id } }"
_LISTENERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'perpetuo listener' AND datname = current_database()"""

# Told apart by their last four characters, which are all that the simulator remembers.
_FIRST = "sk-a-secret-first"

WasOld = Callable[[Outcome], bool]
T = TypeVar("T")


@dataclass(slots=True)
class Watch:
    """Watches a load for what was withdrawn and is used all the same; keeps the longest delay."""

    load: Load
    simulator: RunningSimulator
    taker: str = ""
    # Seconds from the mutation's answer to the last request that still got what it had withdrawn.
    slowest_s: float = 0.0
    changes: int = 0
    _hints: dict[str, str] = field(default_factory=dict)

    async def withdrawn(self, mutation: Awaitable[T], was_old: WasOld) -> T:
        """Makes a change at the taker, and asserts when the old state was seen for the last time."""
        before = len(self.load.outcomes)
        # Only then can it be missed.
        await self._until_all(was_old)
        answer = await mutation
        at = asyncio.get_running_loop().time()
        await self._until_all(lambda outcome: outcome.asked_at >= at + _PROMISED_S)

        later = [outcome for outcome in self.load.outcomes[before:] if outcome.asked_at >= at]
        stale = [outcome for outcome in later if was_old(outcome)]
        assert [outcome for outcome in stale if outcome.url == self.taker] == []
        assert [outcome for outcome in stale if outcome.asked_at >= at + _PROMISED_S] == []
        self.slowest_s = max([self.slowest_s, *(outcome.asked_at - at for outcome in stale)])
        self.changes += 1
        return answer

    def used(self, secret: str) -> WasOld:
        """Whether a request went out with this secret."""
        return lambda outcome: self._hint_of(outcome) == f"Bearer {hint(secret)}"

    def _hint_of(self, outcome: Outcome) -> str:
        seen = self.simulator.simulator.requests
        while len(self._hints) < len(seen):
            request = seen[len(self._hints)]
            self._hints[str(request.body["model"])] = request.headers["authorization"]
        return self._hints.get(outcome.model, "")

    async def _until_all(self, are_so: Callable[[Outcome], bool]) -> None:
        """Waits until every worker has answered such requests, twenty in all."""
        urls, start = self.load.urls, len(self.load.outcomes)
        answered = Counter[str]()
        async with asyncio.timeout(20):
            while min(answered[url] for url in urls) < 20 / len(urls):
                await asyncio.sleep(0.01)
                fresh = [outcome for outcome in self.load.outcomes[start:] if outcome.status is not None]
                answered = Counter(outcome.url for outcome in fresh if are_so(outcome))


# Either way alone keeps the promise: by notifications without a poll, and by the poll without them.
@pytest.mark.parametrize("is_cut", [False, True], ids=["by notifications alone", "by the poll alone"])
async def test_what_is_withdrawn_on_one_of_four_workers_is_not_used_by_any(
    is_cut: bool,
    postgres_settings: Settings,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    more = {"SNAPSHOT_POLL_S": _POLL_S if is_cut else _NO_POLL_S}
    async with replicas(4, postgres_settings, tmp_path, more=more) as four:
        account = await four[0].sign_up()
        first, second = [
            await account.add_provider(simulator, provider="CUSTOM", label=secret, apiKey=secret)
            for secret in (_FIRST, _second(0))
        ]
        load = Load([server.url for server in four], account.api_key, dice, kinds=["plain"], pause_s=0.02)
        watch = Watch(load, simulator)
        async with load.running(), _cut_off(postgres_settings) if is_cut else nullcontext():
            for number in range(length.of(1, 10)):
                watch.taker = dice.choice(load.urls)
                taker = replace(account, url=watch.taker)
                old, new = _second(number), _second(number + 1)
                id_, load.api_key = await _created(taker, load.urls, f"round {number}")

                await watch.withdrawn(_update(taker, id=first, enabled=False), watch.used(_FIRST))
                await watch.withdrawn(_update(taker, id=second, apiKey=new), watch.used(old))
                await watch.withdrawn(_update(taker, id=first, enabled=True), watch.used(new))
                await watch.withdrawn(_update(taker, id=second, priority=1), watch.used(_FIRST))
                await _update(taker, id=second, priority=2)
                await watch.withdrawn(taker.graphql(_REVOKE, id=id_), lambda outcome: outcome.status == 200)

    figures.tell(
        f"withdrawn under load, four workers, {'polled' if is_cut else 'notified'}",
        changes=watch.changes,
        requests=len(load.outcomes),
        slowest_elsewhere_ms=round(watch.slowest_s * 1000),
        on_the_same_worker=0,
    )


async def test_a_key_revoked_behind_one_port_passes_nowhere_a_second_later(
    postgres_settings: Settings,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    env = environment(postgres_settings) | {"SNAPSHOT_POLL_S": _POLL_S}
    async with running("serve", "--workers", "4", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator, provider="CUSTOM", label="only")
        load = Load([server.url], account.api_key, dice, clients=16, kinds=["plain"], pause_s=0.05)
        watch = Watch(load, simulator)
        async with load.running():
            for number in range(length.of(2, 20)):
                # One connection, thus one worker.
                limits = httpx.Limits(max_connections=1)
                async with httpx.AsyncClient(limits=limits, timeout=30) as http:
                    same = replace(account, http=http)
                    id_, load.api_key = await _created(same, load.urls, f"round {number}")
                    same.api_key = load.api_key
                    before = await same.complete(_hello(f"before-{number}"))

                    async def revoke(same: Account = same, id_: str = id_) -> list[int]:
                        await same.graphql(_REVOKE, id=id_)
                        return [(await same.complete(_hello("after"))).status_code for _ in range(3)]

                    after = await watch.withdrawn(revoke(), lambda outcome: outcome.status == 200)
                assert (before.status_code, after) == (200, [401, 401, 401])

    figures.tell(
        "revoked under load, --workers 4",
        rounds=length.of(2, 20),
        requests=len(load.outcomes),
        slowest_elsewhere_ms=round(watch.slowest_s * 1000),
        on_the_same_worker=0,
    )


def _second(number: int) -> str:
    return f"sk-a-secret-{number:04}"


def _hello(model: str) -> object:
    return {"model": model, "messages": [{"role": "user", "content": "Hello!"}]}


async def _update(taker: Account, **values: object) -> None:
    await taker.graphql(_UPDATE, input=values)


async def _created(taker: Account, urls: Sequence[str], name: str) -> tuple[str, str]:
    """Id and secret of a new API key, which has served on every worker by then."""
    created = (await taker.graphql(_CREATE, id=taker.workspace_id, name=name))["createApiKey"]
    at_once = [
        replace(taker, url=url, api_key=created["secret"]).complete(_hello(f"{name} at {url}"))
        for url in urls
    ]
    assert [answer.status_code for answer in await asyncio.gather(*at_once)] == [200] * len(urls)
    return created["apiKey"]["id"], created["secret"]


@asynccontextmanager
async def _cut_off(settings: Settings) -> AsyncIterator[None]:
    """Ends every connection that listens, again and again, while the block runs."""
    connection = await asyncpg.connect(settings.database_url)

    async def cut() -> None:
        while True:
            await connection.fetch(_LISTENERS)
            await asyncio.sleep(0.002)

    cutting = asyncio.create_task(cut())
    try:
        yield
    finally:
        cutting.cancel()
        await asyncio.wait([cutting])
        await connection.close()
