"""Three processes write the same rows at once: nobody is in another's way, and the sums are exact.

On PostgreSQL three gateways. SQLite serves one, so there it is that one and two replays of a lost machine.
"""

import asyncio
import random
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import asyncpg

from app.gateway.known import Caller
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import run
from tests.conftest import environment
from tests.drills import books
from tests.drills.damage import abandoned_journal
from tests.drills.figures import Figures, Length
from tests.drills.load import Kind, Load
from tests.drills.replicas import log_lines, replicas
from tests.front_door import Account

_API_KEYS = 3
_PROVIDER_KEYS = 4
# Half of them fail: failures are what the ledger writes to provider keys.
_KINDS: tuple[Kind, ...] = ("plain", "stream", "refused", "broken")

_CREATE = """mutation($id: ID!) {
  createApiKey(workspaceId: $id, name: "another") { apiKey { id } secret } }"""
_WORKSPACE = 'mutation { createWorkspace(name: "another") { id } }'
_DELETE = "mutation($id: ID!) { deleteApiKey(id: $id) }"
_REORDER = "mutation($id: ID!, $ids: [ID!]!) { reorderProviderKeys(workspaceId: $id, ids: $ids) { id } }"
_UPDATE = "mutation($input: UpdateProviderKeyInput!) { updateProviderKey(input: $input) { id } }"
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


_COMPLETIONS, _UNFINISHED = 400, 20


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace, its provider keys, and a load by each of its API keys."""

    account: Account
    provider_keys: Sequence[str]
    loads: Sequence[Load]


async def test_three_replicas_write_the_same_rows_without_a_deadlock(
    postgres_settings: Settings,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    async with replicas(3, postgres_settings, tmp_path) as three:
        urls = [server.url for server in three]
        account = await three[0].sign_up()
        created = await account.graphql(_WORKSPACE)
        other = replace(account, workspace_id=created["createWorkspace"]["id"])
        places = [await _prepared(place, simulator, urls, dice) for place in (account, other)]
        async with AsyncExitStack() as stack:
            for load in [load for place in places for load in place.loads]:
                await stack.enter_async_context(load.running())
            changes = await _change_for(length.of(6.0, 60.0), places, urls, dice)
        codes = await asyncio.gather(*(server.stop() for server in three))

    outcomes = [outcome for place in places for load in place.loads for outcome in load.outcomes]
    async with books.open_books(postgres_settings):
        found = books.together([await books.read(place.account.workspace_id) for place in places])
    books.check(found, outcomes, simulator)
    assert len(found.rows) == len(outcomes)
    assert books.whole_lies(outcomes) == []
    assert codes == [0, 0, 0]
    assert log_lines(tmp_path) == []
    assert await _deadlocks(postgres_settings) == 0
    figures.tell(
        "three replicas at once",
        seconds=length.of(6, 60),
        requests=len(outcomes),
        rows=len(found.rows),
        changes_by_management=changes,
        deadlocks=0,
        log_lines_above_info=0,
    )


async def test_two_replays_and_the_gateway_of_sqlite_write_the_same_rows(
    sqlite_settings: Settings,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    figures: Figures,
) -> None:
    env = environment(sqlite_settings)
    replayed = 0
    async with replicas(1, sqlite_settings, tmp_path, more={"DATA_DIR": env["DATA_DIR"]}) as (server,):
        account = await server.sign_up()
        place = await _prepared(account, simulator, [server.url], dice)
        created = await account.graphql(_CREATE, id=account.workspace_id)
        key_id = UUID(created["createApiKey"]["apiKey"]["id"])
        caller = Caller(key_id, UUID(account.workspace_id), None, ())
        async with AsyncExitStack() as stack:
            for load in place.loads:
                await stack.enter_async_context(load.running())
            changing = asyncio.create_task(_change_for(length.of(6.0, 60.0), [place], [server.url], dice))
            while not changing.done():
                await _replay_twice(caller, env, tmp_path / f"lost-{replayed}")
                replayed += 1
        code = await server.stop()

    outcomes = [outcome for load in place.loads for outcome in load.outcomes]
    async with books.open_books(sqlite_settings):
        found = await books.read(account.workspace_id)
    assert len(found.rows) == len({row.id for row in found.rows}) == len(outcomes) + replayed * _COMPLETIONS
    assert found.interrupted == replayed * _UNFINISHED
    assert found.of_counter == found.of_days == found.of_provider_days == found.of_rows
    assert (code, log_lines(tmp_path)) == (0, [])
    figures.tell(
        "a gateway and two replays at once",
        seconds=length.of(6, 60),
        requests=len(outcomes),
        replays=2 * replayed,
        rows=len(found.rows),
        changes_by_management=await changing,
        log_lines_above_info=0,
    )


async def _replay_twice(caller: Caller, env: Mapping[str, str], folder: Path) -> None:
    """Replays a lost machine's journal and a copy of it at once: each of its completions counts once."""
    journal = abandoned_journal(folder, caller, completions=_COMPLETIONS, unfinished=_UNFINISHED)
    copied = Path(shutil.copytree(journal, folder / "copy"))
    outcomes = await asyncio.gather(
        *(run("replay", str(it), env=env, cwd=folder) for it in (journal, copied))
    )
    said = f"Replayed {_COMPLETIONS} completions, {_UNFINISHED} of them interrupted.\n"
    assert [(outcome.code, outcome.stdout) for outcome in outcomes] == [(0, said)] * 2


async def _prepared(
    account: Account, simulator: RunningSimulator, urls: Sequence[str], dice: random.Random
) -> Place:
    provider_keys = [
        await account.add_provider(simulator, provider="CUSTOM", label=f"number {number}")
        for number in range(_PROVIDER_KEYS)
    ]
    loads = []
    for number in range(_API_KEYS):
        created = await account.graphql(_CREATE, id=account.workspace_id)
        name, secret = f"{account.workspace_id}-{number}", created["createApiKey"]["secret"]
        loads.append(Load(urls, secret, dice, clients=4, kinds=_KINDS, name=name))
    return Place(account, provider_keys, loads)


async def _change_for(
    seconds: float, places: Sequence[Place], urls: Sequence[str], dice: random.Random
) -> int:
    """Has the management plane change the same keys, at every replica; gives how many changes it made."""
    ends = asyncio.get_running_loop().time() + seconds

    async def change(place: Place, url: str) -> int:
        here, made = replace(place.account, url=url), 0
        while asyncio.get_running_loop().time() < ends:
            ids = dice.sample(place.provider_keys, len(place.provider_keys))
            await here.graphql(_REORDER, id=here.workspace_id, ids=ids)
            await here.graphql(_UPDATE, input={"id": ids[0], "priority": 2, "defaultModel": None})
            created = await here.graphql(_CREATE, id=here.workspace_id)
            await here.graphql(_DELETE, id=created["createApiKey"]["apiKey"]["id"])
            made += 4
            await asyncio.sleep(0.1)
        return made

    return sum(await asyncio.gather(*(change(place, url) for place in places for url in urls)))


async def _deadlocks(settings: Settings) -> int:
    connection = await asyncpg.connect(settings.database_url)
    try:
        return int(await connection.fetchval(_DEADLOCKS))
    finally:
        await connection.close()
