"""A gateway under load that is going to miss its database, and what it says of itself meanwhile."""

import asyncio
import time
from dataclasses import dataclass

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Running
from tests.drills import books
from tests.drills.figures import Length
from tests.drills.load import Load
from tests.drills.postgres import Network, StoppablePostgres
from tests.front_door import Account, Row, until


@dataclass(slots=True)
class Drill:
    """A gateway under load, and the database that it is going to miss."""

    length: Length
    settings: Settings
    postgres: StoppablePostgres
    network: Network
    server: Running
    account: Account
    load: Load

    async def health(self) -> tuple[int, Row]:
        """What the gateway says of itself."""
        answer = await self.server.http.get(f"{self.server.url}/health")
        return answer.status_code, answer.json()

    async def seconds_until(self, *statuses: str) -> float:
        """How long it took until health had one of these."""
        started, report = time.monotonic(), Row()

        async def is_said() -> bool:
            nonlocal report
            _, report = await self.health()
            return report["status"] in statuses

        try:
            await until(is_said, timeout_s=50)
        except TimeoutError:
            raise AssertionError(f"health still says {report}") from None
        return round(time.monotonic() - started, 1)

    async def go_on(self, count: int = 20) -> None:
        """Waits until so many more requests are answered."""
        answered = len(self.load.answered)
        async with asyncio.timeout(20):
            while len(self.load.answered) < answered + count:  # noqa: ASYNC110 # the clients say it
                await asyncio.sleep(0.005)

    async def end(self, simulator: RunningSimulator) -> books.Books:
        """Ends everything; the books as they are then, checked."""
        self.load.stop()
        await until(self.is_quiet, timeout_s=30)
        # Well before it has to: nothing is left to be done at the end.
        await self._settle()
        assert await self.server.stop() == 0
        async with books.open_books(self.settings):
            found = await books.read(self.account.workspace_id)
        books.check(found, self.load.outcomes, simulator)
        assert len(found.rows) == len(self.load.outcomes)
        assert books.whole_lies(self.load.outcomes) == []
        wanted = [outcome for outcome in self.load.outcomes if outcome.kind in {"plain", "stream"}]
        assert [outcome for outcome in wanted if not outcome.is_whole] == []
        return found

    async def is_quiet(self) -> bool:
        """Whether nothing is on its way."""
        return self.load.open_count == 0

    async def _settle(self) -> None:
        async def is_drained() -> bool:
            return bool((await self.health())[1]["journal"]["bytes"] == 0)

        await until(is_drained, timeout_s=40)
