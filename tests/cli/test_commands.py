"""The commands that do one thing and end."""

import re
import signal
import socket
from pathlib import Path

import pytest

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import PROGRAM, run, running
from tests.conftest import environment, make_settings
from tests.front_door import open_gateway

ROOT = Path(__file__).parents[2]

_HELLO = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello!"}]}


async def test_help_names_every_command(tmp_path: Path) -> None:
    outcome = await run("--help", env={"COLUMNS": "100"}, cwd=tmp_path)

    assert PROGRAM.exists()
    names = [
        "serve",
        "demo",
        "migrate",
        "export-schema",
        "simulate",
        "init-env",
        "rekey",
        "replay",
        "reset-password",
        "doctor",
    ]
    assert [name for name in names if f" {name} " not in outcome.stdout] == []


async def test_migrate_says_what_it_did(empty_settings: Settings, tmp_path: Path) -> None:
    env = environment(empty_settings)

    first = await run("migrate", env=env, cwd=tmp_path)
    second = await run("migrate", env=env, cwd=tmp_path)

    assert (first.code, second.code) == (0, 0)
    assert first.stdout.splitlines()[0].endswith("_init.py")
    assert second.stdout == "The database is up to date.\n"


async def test_migrate_says_where_the_database_is_not(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "postgres://perpetuo:open-sesame@127.0.0.1:1/nowhere")

    outcome = await run("migrate", env=environment(settings), cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr.startswith("perpetuo: The database at 127.0.0.1:1/nowhere cannot be reached")
    assert "open-sesame" not in outcome.text


async def test_export_schema_prints_what_is_committed(tmp_path: Path) -> None:
    outcome = await run("export-schema", env={}, cwd=tmp_path)

    assert outcome.stdout == (ROOT / "graphql_schema" / "schema.graphql").read_text()


async def test_init_env_writes_secrets_that_serve_accepts(tmp_path: Path) -> None:
    outcome = await run("init-env", env={}, cwd=tmp_path)

    file = tmp_path / ".env"
    assert outcome.code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    # Reachable by others: without secrets this start would be refused.
    async with running("serve", env={"HOST": "0.0.0.0", "PORT": "0"}, cwd=tmp_path) as server:
        assert (await server.http.get(f"{server.url}/health")).status_code == 200
        await server.stop(signal.SIGINT)
    assert (tmp_path / "data" / "perpetuo.db").exists()
    assert not (tmp_path / "data" / "secrets.json").exists()


async def test_init_env_leaves_an_existing_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine.env"
    file.write_text("JWT_SECRET=precious\n")

    outcome = await run("init-env", "mine.env", env={}, cwd=tmp_path)

    assert (outcome.code, file.read_text()) == (1, "JWT_SECRET=precious\n")
    assert outcome.stderr == "perpetuo: mine.env exists already; nothing was changed.\n"


async def test_init_env_says_where_it_cannot_write(tmp_path: Path) -> None:
    outcome = await run("init-env", "nowhere/.env", env={}, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr == "perpetuo: nowhere/.env cannot be written: No such file or directory.\n"


@pytest.mark.parametrize("command", [("rekey",), ("reset-password", "ada@example.com")], ids="-".join)
async def test_a_command_whose_database_is_away_does_nothing_but_say_so(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    away = make_settings(tmp_path, "postgres://perpetuo:open-sesame@127.0.0.1:1/nowhere")

    outcome = await run(*command, env=environment(away), cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr.startswith("perpetuo: The database at 127.0.0.1:1/nowhere cannot be reached")
    assert outcome.stderr.count("\n") == 1


async def test_a_key_is_rolled_over_without_a_completion_lost(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    old, new = settings.encryption_key[0], "a newer secret that seals provider keys"
    async with open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator)

    both = settings.model_copy(update={"encryption_key": (new, old)})
    async with open_gateway(both) as gateway:
        account.url, account.http = gateway.url, gateway.http
        before = await account.complete(_HELLO)
        outcome = await run("rekey", env=environment(both), cwd=tmp_path)
        again = await run("rekey", env=environment(both), cwd=tmp_path)
        meanwhile = await account.complete(_HELLO)
    async with open_gateway(settings.model_copy(update={"encryption_key": (new,)})) as gateway:
        account.url, account.http = gateway.url, gateway.http
        after = await account.complete(_HELLO)

    assert [answer.status_code for answer in (before, meanwhile, after)] == [200, 200, 200]
    assert outcome.stdout == "Sealed 1 provider keys with the newest key.\n"
    assert again.stdout == "Sealed 0 provider keys with the newest key.\n"


async def test_rekey_without_the_old_key_changes_nothing(
    sqlite_settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    async with open_gateway(sqlite_settings) as gateway:
        account = await gateway.sign_up()
        key_id = await account.add_provider(simulator)
    env = environment(sqlite_settings) | {"ENCRYPTION_KEY": "a secret that has never sealed anything"}

    outcome = await run("rekey", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr == (
        f"perpetuo: Provider key {key_id} cannot be opened with any ENCRYPTION_KEY; nothing was changed.\n"
    )
    async with open_gateway(sqlite_settings) as gateway:
        account.url, account.http = gateway.url, gateway.http
        assert (await account.complete(_HELLO)).status_code == 200


async def test_reset_password_reads_standard_input_and_ends_sessions(
    settings: Settings, tmp_path: Path
) -> None:
    async with open_gateway(settings) as gateway:
        account = await gateway.sign_up("ada@example.com")

        outcome = await run(
            "reset-password",
            "Ada@Example.com",
            env=environment(settings),
            cwd=tmp_path,
            stdin="a new battery\n",
        )

        log_in = "mutation($input: LoginInput!) { login(input: $input) { user { email } } }"
        values = {"email": "ada@example.com", "password": "a new battery"}
        logged_in = await gateway.http.post(
            f"{gateway.url}/graphql", json={"query": log_in, "variables": {"input": values}}
        )
        gateway.http.cookies.clear()
        me = await account.graphql("{ me { email } }")
    assert outcome.code == 0
    assert "a new battery" not in outcome.text
    assert logged_in.json() == {"data": {"login": {"user": {"email": "ada@example.com"}}}}
    assert me == {"me": None}


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        pytest.param("nobody@example.com", "long enough", "nobody@example.com", id="unknown account"),
        pytest.param("ada@example.com", "short", "8", id="short password"),
    ],
)
async def test_a_password_that_cannot_be_reset_is_one_line(
    email: str, password: str, said: str, sqlite_settings: Settings, tmp_path: Path
) -> None:
    async with open_gateway(sqlite_settings) as gateway:
        await gateway.sign_up("ada@example.com")

    outcome = await run(
        "reset-password", email, env=environment(sqlite_settings), cwd=tmp_path, stdin=f"{password}\n"
    )

    assert outcome.code == 1
    assert outcome.stderr.startswith("perpetuo: ")
    assert outcome.stderr.count("\n") == 1
    assert said in outcome.stderr


async def test_replay_stores_the_journal_of_a_lost_machine_once(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    # So that what has ended is in the journal alone when the process dies.
    slow = environment(settings) | {"LEDGER_BATCH_INTERVAL_S": "60"}
    async with running("serve", env=slow, cwd=tmp_path) as server:
        account = await server.sign_up()
        await account.add_provider(simulator)
        answer = await account.complete(_HELLO)
        (journal,) = (settings.data_dir / "journal").iterdir()
        alive = await run("replay", str(journal), env=environment(settings), cwd=tmp_path)
        server.process.kill()
        await server.ended()
    saved = journal.rename(tmp_path / "saved")

    outcome = await run("replay", str(saved), env=environment(settings), cwd=tmp_path)
    again = await run("replay", str(saved), env=environment(settings), cwd=tmp_path)

    assert (alive.code, outcome.code, again.code) == (1, 0, 1)
    assert "is alive; it needs no replay" in alive.stderr
    assert "holds no journal" in again.stderr
    async with open_gateway(settings) as gateway:
        account.url, account.http = gateway.url, gateway.http
        assert (await account.log())["id"] == answer.headers["x-request-id"]


async def test_simulate_plays_a_provider_until_it_is_interrupted(tmp_path: Path) -> None:
    async with running("simulate", "--port", "0", env={}, cwd=tmp_path) as simulator:
        answer = await simulator.http.post(
            f"{simulator.url}/v1/chat/completions", json=_HELLO, headers={"authorization": "Bearer any"}
        )
        code = await simulator.stop(signal.SIGINT)

    assert answer.json()["choices"][0]["message"]["content"].startswith("You said: Hello!")
    assert code == 0


async def test_simulate_says_where_each_provider_is(tmp_path: Path) -> None:
    async with running("simulate", "--port", "0", env={}, cwd=tmp_path) as simulator:
        await simulator.stop(signal.SIGINT)

    addresses = dict(re.findall(r"^  ([A-Z]+) +(\S+)$", simulator.said, flags=re.MULTILINE))
    assert addresses == {
        "OPENAI": f"{simulator.url}/v1",
        "ANTHROPIC": f"{simulator.url}/anthropic",
        "GOOGLE": f"{simulator.url}/google",
        "COHERE": f"{simulator.url}/cohere",
        "MISTRAL": f"{simulator.url}/mistral",
        "CUSTOM": f"{simulator.url}/v1",
    }


async def test_simulate_on_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        outcome = await run("simulate", "--port", str(port), env={}, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr.startswith(f"perpetuo: Nothing can listen on port {port}")
    assert outcome.stderr.count("\n") == 1
