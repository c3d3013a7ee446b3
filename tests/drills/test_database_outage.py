"""The database goes away under load and comes back: completions go on, and nothing is lost or doubled."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from app.simulator import RunningSimulator
from tests.cli.command import running
from tests.conftest import environment, make_settings
from tests.drills import books
from tests.drills.figures import Figures, Length
from tests.drills.load import Load
from tests.drills.outage import Drill
from tests.drills.postgres import StoppablePostgres, network_to, stoppable_postgres
from tests.front_door import Row, until
from tests.management.making import free_port

_LIMIT_S = 2
_AWAY = ("degraded", "unavailable")
_BODY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
_CREATE_KEY = 'mutation($id: ID!) { createApiKey(workspaceId: $id, name: "more") { secret } }'
_HANG_UP = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def postgres() -> AsyncIterator[StoppablePostgres]:
    async with stoppable_postgres() as postgres:
        yield postgres


@pytest.fixture
async def drill(
    postgres: StoppablePostgres,
    simulator: RunningSimulator,
    tmp_path: Path,
    length: Length,
    dice: random.Random,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Drill]:
    """A gateway that reaches its database through a network of the drill's own, under load."""
    settings = make_settings(tmp_path, postgres.url)
    async with network_to(postgres.port) as network:
        env = environment(settings) | {
            "PORT": str(free_port()),
            "DATABASE_URL": postgres.url.replace(str(postgres.port), str(network.port)),
            "DATABASE_OUTAGE_LIMIT_S": str(_LIMIT_S),
            **getattr(request, "param", {}),
        }
        async with running("serve", env=env, cwd=tmp_path) as server:
            account = await server.sign_up()
            # Any model is welcome there, so that each request can have one of its own.
            await account.add_provider(simulator, provider="CUSTOM")
            load = Load([server.url], account.api_key, dice, pause_s=0.02)
            async with load.running():
                drill = Drill(length, settings, postgres, network, server, account, load)
                await drill.go_on()
                yield drill


async def test_stopped_for_a_while(drill: Drill, simulator: RunningSimulator, figures: Figures) -> None:
    reports: list[tuple[int, Row]] = []

    await drill.postgres.stop("fast")
    noticed_s = await drill.seconds_until("degraded")
    over = time.monotonic() + drill.length.of(4, 30)
    while time.monotonic() < over:
        reports.append(await drill.health())
        await drill.go_on(2)
    waiting = reports[-1][1]["journal"]["bytes"]
    await drill.postgres.start()
    back_s = await drill.seconds_until("ok")
    await drill.go_on()
    found = await drill.end(simulator)

    said = {(code, body["status"]) for code, body in reports}
    assert said == {(200, "degraded"), (503, "unavailable")}
    away_s = {code: [body["database"]["away_s"] for at, body in reports if at == code] for code in (200, 503)}
    assert max(away_s[200]) <= _LIMIT_S <= min(away_s[503])
    figures.tell(
        "database stopped",
        outage_s=drill.length.of(4, 30),
        noticed_after_s=noticed_s,
        waiting_kB=waiting // 1000,
        back_and_drained_after_s=back_s,
        requests=len(drill.load.outcomes),
        rows=len(found.rows),
        lost=0,
        twice=0,
    )


@pytest.mark.parametrize("drill", [{"SNAPSHOT_GRACE_S": "4"}], indirect=True, ids=["4 s of grace"])
async def test_api_keys_while_it_is_stopped(drill: Drill, figures: Figures) -> None:
    created = await drill.account.graphql(_CREATE_KEY, id=drill.account.workspace_id)
    keys = {
        "known": drill.account.api_key,
        "not seen here": created["createApiKey"]["secret"],
        "none": "pk_no",
    }
    # A change makes the gateway forget what it knows of a workspace: the known key is asked for again.
    await drill.go_on(1)
    await drill.account.complete(_BODY)
    drill.load.stop()

    async def ask() -> dict[str, tuple[int, str | None]]:
        answers = {}
        for name, key in keys.items():
            answer = await drill.account.complete(_BODY, authorization=f"Bearer {key}")
            answers[name] = (answer.status_code, answer.json().get("error", {}).get("code"))
        return answers

    async def is_known_refused() -> bool:
        return (await ask())["known"] == unavailable

    unavailable = (503, "keys_unavailable")
    started = time.monotonic()
    await drill.postgres.stop("fast")
    within = await ask()
    await until(is_known_refused)
    served_s = time.monotonic() - started
    beyond = await ask()
    code, body = await drill.health()
    await drill.postgres.start()
    await drill.seconds_until("ok")
    after = await ask()

    assert within == {"known": (200, None), "not seen here": unavailable, "none": unavailable}
    assert beyond == dict.fromkeys(keys, unavailable)
    assert code == 503
    assert "the database has been away for too long to vouch for API keys" in body["reasons"]
    assert after == {"known": (200, None), "not seen here": (200, None), "none": (401, "invalid_api_key")}
    assert served_s > 3
    figures.tell("API keys, database stopped", grace_s=4, known_key_served_s=round(served_s, 1))


async def test_ends_in_time_while_the_network_is_frozen(
    drill: Drill, simulator: RunningSimulator, tmp_path: Path, figures: Figures
) -> None:
    drill.network.freeze()
    await drill.go_on()
    drill.load.stop()
    await until(drill.is_quiet)

    started = time.monotonic()
    code = await drill.server.stop()
    took_s = time.monotonic() - started
    env = environment(drill.settings) | {"PORT": str(free_port())}
    async with running("serve", env=env, cwd=tmp_path) as server, books.open_books(drill.settings):
        await books.settled(drill.account.workspace_id, len(drill.load.outcomes))
        await server.stop()
        found = await books.read(drill.account.workspace_id)

    books.check(found, drill.load.outcomes, simulator)
    assert code == 0
    # Whoever stops it gives it half a minute, as a rule.
    assert took_s < 25
    figures.tell("ended in a frozen network", took_s=round(took_s, 1), rows=len(found.rows), lost=0, twice=0)


async def _restart(drill: Drill) -> None:
    await drill.postgres.stop("immediate")
    await drill.postgres.start()


async def _hang_up(drill: Drill) -> None:
    connection = await asyncpg.connect(drill.postgres.url)
    await connection.execute(_HANG_UP)
    await connection.close()


async def _cut(drill: Drill) -> None:
    drill.network.cut()


async def _freeze_and_thaw(drill: Drill) -> None:
    drill.network.freeze()
    await drill.seconds_until(*_AWAY)
    await drill.go_on()
    drill.network.thaw()


async def _freeze_and_cut(drill: Drill) -> None:
    drill.network.freeze()
    await drill.seconds_until(*_AWAY)
    await drill.go_on()
    drill.network.cut()
    drill.network.thaw()


async def _forget(drill: Drill) -> None:
    drill.network.forget()
    await drill.seconds_until(*_AWAY)


@pytest.mark.parametrize(
    ("name", "mishap", "times"),
    [
        ("restarted at once", _restart, (3, 15)),
        ("connections ended by the server", _hang_up, (10, 100)),
        ("connections reset", _cut, (10, 100)),
        ("network frozen", _freeze_and_thaw, (1, 3)),
        ("network frozen, then reset", _freeze_and_cut, (1, 3)),
        # Takes as long as a statement may: tests/database has it shorter.
        ("connections forgotten", _forget, (0, 2)),
    ],
    ids=["restarted", "hung up on", "cut", "frozen", "frozen and cut", "forgotten"],
)
async def test_mishaps(
    drill: Drill,
    simulator: RunningSimulator,
    figures: Figures,
    name: str,
    mishap: Callable[[Drill], Awaitable[None]],
    times: tuple[int, int],
) -> None:
    rounds = drill.length.of(*times)
    if not rounds:
        pytest.skip("too long for a short run")

    longest_s = 0.0
    for _ in range(rounds):
        await mishap(drill)
        longest_s = max(longest_s, await drill.seconds_until("ok"))
        await drill.go_on(10)
    found = await drill.end(simulator)

    figures.tell(
        f"database: {name}",
        rounds=rounds,
        longest_until_ok_s=longest_s,
        requests=len(drill.load.outcomes),
        rows=len(found.rows),
        lost=0,
        twice=0,
    )
