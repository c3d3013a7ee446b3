"""`perpetuo serve`: from the first line to the last record."""

import asyncio
import json
import re
import sqlite3
from asyncio.subprocess import DEVNULL
from pathlib import Path

import httpx
import pytest

from app.cli.server import Server
from app.main import create_app
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import PROGRAM, running
from tests.conftest import environment, make_settings
from tests.front_door import Account, Row, until
from tests.management.making import free_port

_HELLO = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello!"}]}


async def test_serve_says_where_to_go_and_is_healthy(settings: Settings, tmp_path: Path) -> None:
    async with running("serve", env=environment(settings), cwd=tmp_path) as server:
        page = await server.http.get(server.url)
        health = await server.http.get(f"{server.url}/health")

        code = await server.stop()

    assert page.status_code == 200
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert re.findall(r"(\S+) +(?:POST )?http://localhost:\d+(\S*)", server.said.partition("first")[2]) == [
        ("steps", "/"),
        ("route", "/v1/chat/completions"),
        ("management", "/graphql"),
        ("health", "/health"),
    ]
    assert code == 0


async def test_between_sigterm_and_the_closed_door_health_is_503_and_completions_go_on(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    env = environment(settings) | {"DRAIN_DELAY_S": "1.5"}
    async with running("serve", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator)

        async def is_draining() -> bool:
            report = await server.http.get(f"{server.url}/health")
            return report.status_code == 503 and "draining" in report.json()["reasons"]

        server.process.terminate()
        await until(is_draining)
        answer = await account.complete(_HELLO)
        code = await server.ended()

        with pytest.raises(httpx.ConnectError):
            await account.complete(_HELLO)

    assert answer.status_code == 200
    assert code == 0


async def test_an_idle_connection_is_kept_for_longer_than_balancers_keep_it(
    sqlite_settings: Settings,
) -> None:
    app = create_app(sqlite_settings)

    async with app.running():
        server = Server(app, sqlite_settings)

    # Seconds: what nginx and the balancers of clouds have by default.
    assert server.config.timeout_keep_alive > 60


async def test_a_process_that_is_told_to_end_while_it_starts_leaves_nothing_behind(
    settings: Settings, tmp_path: Path
) -> None:
    journals = settings.data_dir / "journal"
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "serve", env=environment(settings) | {"PORT": str(free_port())}, stdout=DEVNULL, cwd=tmp_path
    )

    async def has_a_journal() -> bool:
        return any(journals.glob("[!.]*"))

    await until(has_a_journal)
    process.terminate()
    code = await process.wait()

    assert (code, list(journals.iterdir())) == (0, [])


async def test_a_running_stream_finishes_before_the_process_ends(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    async with running("serve", env=environment(settings), cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator)
        body = _HELLO | {"model": "gpt-4o-mini;tokens=20;pace=0.05", "stream": True}
        request = server.http.build_request(
            "POST",
            f"{server.url}/v1/chat/completions",
            json=body,
            headers={"authorization": f"Bearer {account.api_key}"},
        )
        stream = await server.http.send(request, stream=True)

        server.process.terminate()
        lines = [line async for line in stream.aiter_lines() if line.startswith("data: ")]
        code = await server.ended()

    assert len(lines) > 20
    assert lines[-1] == "data: [DONE]"
    assert code == 0


async def test_what_runs_past_the_limit_of_draining_ends_in_an_error(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    env = environment(settings) | {"DRAIN_DELAY_S": "0", "DRAIN_TIMEOUT_S": "1"}
    async with running("serve", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator)
        endless = _HELLO | {"model": "gpt-4o-mini;tokens=20000;pace=0.05", "stream": True}
        streaming = asyncio.create_task(account.complete(endless))
        waiting = asyncio.create_task(account.complete(_HELLO | {"model": "gpt-4o-mini;hang"}))
        await simulator.simulator.arrived(2)
        # Until the stream has begun: what is cut must be a running answer.
        await asyncio.sleep(0.3)

        code = await server.stop()
        stream, plain = await streaming, await waiting
    async with running("serve", env=env, cwd=tmp_path) as server:
        account.url, account.http = server.url, server.http
        rows = await account.logs(2)
        await server.stop()

    last_event = json.loads(stream.text.strip().rpartition("data: ")[2])
    assert (stream.status_code, last_event["error"]["code"]) == (200, "interrupted")
    assert "[DONE]" not in stream.text
    assert (plain.status_code, plain.json()["error"]["code"]) == (500, "interrupted")
    assert plain.headers["x-request-id"] in {row["id"] for row in rows}
    # Not found by the next start, but told by the process itself: it knows the attempts.
    assert [(row["statusCode"], len(row["attempts"])) for row in rows] == [(500, 1), (500, 1)]
    assert {row["errorMessage"] for row in rows} == {"The gateway stopped before the answer was out."}
    assert code == 0
    assert "Traceback" not in (tmp_path / "stderr").read_text()


async def test_a_killed_process_loses_no_completion(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    # So that what has ended is in the journal alone when the process dies.
    slow = environment(settings) | {"LEDGER_BATCH_INTERVAL_S": "60"}
    async with running("serve", env=slow, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator)
        answer = await account.complete(_HELLO)
        hanging = asyncio.create_task(account.complete(_HELLO | {"model": "gpt-4o;hang"}))
        await simulator.simulator.arrived(2)
        server.process.kill()
        await server.ended()
        with pytest.raises(httpx.HTTPError):
            await hanging

    seen, counted = [], []
    for _ in range(2):
        async with running("serve", env=environment(settings), cwd=tmp_path) as server:
            account.url, account.http = server.url, server.http
            seen.append(await account.logs(2))
            counted.append(await _usage(account))
            await server.stop()

    assert seen[0] == seen[1]
    interrupted, ended = seen[0]
    assert (ended["id"], ended["statusCode"]) == (answer.headers["x-request-id"], 200)
    assert (interrupted["statusCode"], interrupted["requestedModel"]) == (500, "gpt-4o;hang")
    assert interrupted["errorMessage"] == "The gateway's process ended while the completion ran."
    assert counted == [{"requests": 2, "failedRequests": 1}] * 2


async def test_two_processes_share_a_postgres(
    postgres_settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    env = environment(postgres_settings)
    async with (
        running("serve", env=env, cwd=tmp_path) as first,
        running("serve", env=env, cwd=tmp_path) as second,
    ):
        account = await first.sign_up()
        await account.add_provider(simulator)
        account.url = second.url
        answer = await account.complete(_HELLO)
        codes = [await first.stop(), await second.stop()]

    assert answer.status_code == 200
    assert codes == [0, 0]


async def test_on_loopback_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    env = environment(make_settings(tmp_path / "data"))
    del env["JWT_SECRET"], env["ENCRYPTION_KEY"]
    async with running("serve", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        await server.stop()

    async with running("serve", env=env, cwd=tmp_path) as server:
        account.url, account.http = server.url, server.http
        me = await account.graphql("{ me { email } }")

    assert me == {"me": {"email": "ada@example.com"}}
    assert (tmp_path / "data" / "secrets.json").stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(tmp_path / "data" / "perpetuo.db") as database:
        assert database.execute("SELECT count(*) FROM user").fetchone() == (1,)
    database.close()


async def _usage(account: Account) -> Row:
    query = "query($id: ID!) { workspace(id: $id) { usage { requests failedRequests } } }"
    usage: Row = (await account.graphql(query, id=account.workspace_id))["workspace"]["usage"]
    return usage
