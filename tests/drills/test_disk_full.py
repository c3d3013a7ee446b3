"""The disk is full under load, and then it is not: clear errors, no corruption, nothing lost."""

import asyncio
import random
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from tortoise.connection import get_connection

from app.database import LEDGER
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running, running
from tests.conftest import DatabaseKind, environment
from tests.drills import books
from tests.drills.figures import Figures, Length
from tests.drills.load import Load
from tests.front_door import Account, Row, open_gateway, until
from tests.management.making import free_port

# A write that fits in part, and one that does not at all.
_REASONS = tuple(
    f"the journal cannot be written: {said}" for said in ("no space left on device", "file too large")
)
_CREATE_KEY = 'mutation($id: ID!) { createApiKey(workspaceId: $id, name: "more") { secret } }'


@dataclass(slots=True)
class Drill:
    """A gateway under load, whose files may grow no further than they are told."""

    settings: Settings
    server: Running
    account: Account
    load: Load

    @property
    def journal_bytes(self) -> int:
        """The size of the segment that is written."""
        segments = sorted((self.settings.data_dir / "journal").glob("*/*.log"))
        return segments[-1].stat().st_size

    def fill_disk(self, largest_bytes: int) -> None:
        """Lets no file grow beyond this size: a write that would is cut short, or fails."""
        limits = (largest_bytes, resource.RLIM_INFINITY)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, limits)

    def free_disk(self) -> None:
        """Lets files grow again."""
        self.fill_disk(resource.RLIM_INFINITY)

    async def health(self) -> tuple[int, Row]:
        """What the gateway says of itself."""
        answer = await self.server.http.get(f"{self.server.url}/health")
        return answer.status_code, answer.json()

    async def until_health(self, is_so: Callable[[int, Row], bool]) -> Row:
        """The body of health as soon as it is so."""
        body: Row = {}

        async def is_said() -> bool:
            nonlocal body
            code, body = await self.health()
            return is_so(code, body)

        await until(is_said, timeout_s=30)
        return body

    async def go_on(self, count: int = 20) -> None:
        """Waits until so many more completions are answered, and not refused."""
        served = self._served
        async with asyncio.timeout(30):
            while self._served < served + count:  # noqa: ASYNC110 # the clients say it by their outcomes
                await asyncio.sleep(0.005)

    @property
    def _served(self) -> int:
        return sum(outcome.status not in {None, 503} for outcome in self.load.outcomes)

    async def refusals(self, count: int) -> None:
        """Waits until so many more are refused."""
        refused = self.refused
        async with asyncio.timeout(30):
            while self.refused < refused + count:  # noqa: ASYNC110 # the clients say it by their outcomes
                await asyncio.sleep(0.005)

    @property
    def refused(self) -> int:
        """How many completions were refused so far."""
        return sum(outcome.status == 503 for outcome in self.load.outcomes)


@asynccontextmanager
async def under_load(
    settings: Settings, simulator: RunningSimulator, dice: random.Random, **variables: str
) -> AsyncIterator[Drill]:
    env = environment(settings) | {"PORT": str(free_port())} | variables
    async with running("serve", env=env, cwd=settings.data_dir) as server:
        account = await server.sign_up()
        # Any model is welcome there, so that each request can have one of its own.
        await account.add_provider(simulator, provider="CUSTOM")
        load = Load([server.url], account.api_key, dice, pause_s=0.01)
        async with load.running():
            drill = Drill(settings, server, account, load)
            await drill.go_on()
            yield drill


async def closed_books(drill: Drill, simulator: RunningSimulator) -> books.Books:
    """The books after the end of the gateway, checked, with the database they are in."""
    await drill.until_health(lambda _, body: bool(body["journal"]["bytes"] == 0))
    assert await drill.server.stop() == 0
    for outcome in drill.load.outcomes:
        if outcome.status == 503:
            # What is refused while nothing can be written leaves no row; at the very first there may be one.
            outcome.id = None
    async with books.open_books(drill.settings):
        found = await books.read(drill.account.workspace_id)
    books.check(found, drill.load.outcomes, simulator)
    assert books.whole_lies(drill.load.outcomes) == []
    assert integrity(drill.settings) == "ok"
    return found


def integrity(settings: Settings) -> str:
    """SQLite's own opinion of its file; PostgreSQL has its disk elsewhere."""
    if not settings.is_sqlite:
        return "ok"
    with closing(sqlite3.connect(settings.data_dir / "perpetuo.db")) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


async def test_no_room_for_the_journal(
    settings: Settings,
    database_kind: DatabaseKind,
    simulator: RunningSimulator,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    rounds = length.of(2, 15)

    async with under_load(settings, simulator, dice) as drill:
        for _ in range(rounds):
            # So that a line is cut somewhere. On SQLite the database is on the same disk, and full as well.
            drill.fill_disk(drill.journal_bytes + dice.randrange(4000))
            body = await drill.until_health(lambda code, _: code == 503)
            assert [reason for reason in body["reasons"] if reason.lower().startswith(_REASONS)]
            answer = await drill.account.complete(
                {"model": "m", "messages": [{"role": "user", "content": "x"}]}
            )
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (503, "journal_unavailable")
            assert error["message"].lower().startswith(_REASONS)
            await drill.refusals(20)
            drill.free_disk()
            await drill.until_health(lambda _, body: bool(body["status"] == "ok"))
            await drill.go_on()
        drill.load.stop()
        await until(lambda: asyncio.sleep(0, drill.load.open_count == 0))
        found = await closed_books(drill, simulator)

    assert {outcome.status for outcome in drill.load.outcomes} <= {200, 400, 503}
    figures.tell(
        f"no room for the journal, {database_kind}",
        rounds=rounds,
        requests=len(drill.load.outcomes),
        refused=drill.refused,
        rows=len(found.rows),
        lost=0,
        twice=0,
    )


async def test_no_room_for_the_database(
    sqlite_settings: Settings,
    simulator: RunningSimulator,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    rounds, longest_bytes = length.of(2, 15), 0

    # Segments so short that the journal's files never reach the limit.
    variables = {"JOURNAL_SEGMENT_BYTES": "20000"}
    async with under_load(sqlite_settings, simulator, dice, **variables) as drill:
        for _ in range(rounds):
            drill.fill_disk(40_000 + dice.randrange(40_000))
            await drill.until_health(lambda _, body: bool(body["status"] == "degraded"))
            refused = drill.refused
            await drill.go_on(40)
            body = await drill.until_health(lambda code, _: code == 200)
            longest_bytes = max(longest_bytes, body["journal"]["bytes"])
            assert drill.refused == refused
            assert await _codes_of_a_mutation(drill) in ([], ["INTERNAL"])
            drill.free_disk()
            await drill.until_health(lambda _, body: bool(body["status"] == "ok"))
            await drill.account.graphql(_CREATE_KEY, id=drill.account.workspace_id)
            await drill.go_on()
        drill.load.stop()
        await until(lambda: asyncio.sleep(0, drill.load.open_count == 0))
        found = await closed_books(drill, simulator)

    assert len(found.rows) == len(drill.load.outcomes)
    figures.tell(
        "no room for the database, sqlite",
        rounds=rounds,
        requests=len(drill.load.outcomes),
        waiting_kB=longest_bytes // 1000,
        rows=len(found.rows),
        lost=0,
        twice=0,
    )


async def _codes_of_a_mutation(drill: Drill) -> list[str]:
    """What went wrong with it; nothing where SQLite still found a place."""
    answer = await drill.server.http.post(
        f"{drill.server.url}/graphql",
        json={"query": _CREATE_KEY, "variables": {"id": drill.account.workspace_id}},
        headers={"authorization": f"Bearer {drill.account.token}"},
    )
    return [error["extensions"]["code"] for error in answer.json().get("errors", [])]


async def test_a_database_that_may_grow_no_further(
    sqlite_settings: Settings, simulator: RunningSimulator, figures: Figures
) -> None:
    async with open_gateway(sqlite_settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, provider="CUSTOM")
        load = Load([gateway.url], account.api_key, random.Random(1))
        await get_connection(LEDGER).execute_script("PRAGMA max_page_count = 1")
        async with load.running():
            while len(load.answered) < 200:  # noqa: ASYNC110 # the clients say it by their outcomes
                await asyncio.sleep(0.005)
        health = (await account.http.get(f"{account.url}/health")).json()
        await get_connection(LEDGER).execute_script("PRAGMA max_page_count = 1000000")
        found = await books.settled(account.workspace_id, len(load.outcomes))

    books.check(found, load.outcomes, simulator)
    assert health["status"] == "degraded"
    assert integrity(sqlite_settings) == "ok"
    figures.tell(
        "a database at its largest, sqlite",
        requests=len(load.outcomes),
        rows=len(found.rows),
        lost=0,
        twice=0,
    )
