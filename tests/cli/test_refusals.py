"""What `perpetuo serve` does not start with: each is one clear line."""

import socket
from pathlib import Path

import pytest

from app.settings import Settings
from tests.cli.command import run, running
from tests.conftest import environment, make_settings


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        pytest.param("PORT", "many", "PORT:", id="not a number"),
        pytest.param("LOG_LEVEL", "loudest", "LOG_LEVEL:", id="not a choice"),
        pytest.param("JWT_SECRET", "too-short-7c1", "JWT_SECRET must have at least 32", id="short secret"),
        pytest.param(
            "ENCRYPTION_KEY", "too-short-7c2", "ENCRYPTION_KEY must have at least 32", id="short key"
        ),
        pytest.param(
            "PUBLIC_URL", "gateway.example", "PUBLIC_URL must start with", id="address without scheme"
        ),
        pytest.param("TRUSTED_PROXIES", "10.0.0.1, localhost", "TRUSTED_PROXIES: each must be an", id="name"),
        pytest.param("TRUSTED_PROXIES", "10.0.0.1/8", "TRUSTED_PROXIES: each must be an", id="no network"),
        pytest.param("DATABASE_URL", "mysql://u:pw7c3@host/x", "DATABASE_URL must start with", id="database"),
    ],
)
async def test_a_bad_setting_is_named_and_its_value_is_not(
    variable: str, value: str, named: str, tmp_path: Path
) -> None:
    env = environment(make_settings(tmp_path / "data")) | {variable: value}

    outcome = await run("serve", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert [line for line in outcome.stderr.splitlines() if named in line] != []
    assert value not in outcome.text
    assert "Traceback" not in outcome.text


async def test_others_are_not_let_in_without_secrets(tmp_path: Path) -> None:
    env = environment(make_settings(tmp_path / "data")) | {"HOST": "0.0.0.0"}
    del env["JWT_SECRET"], env["ENCRYPTION_KEY"]

    outcome = await run("serve", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr == (
        "perpetuo: JWT_SECRET and ENCRYPTION_KEY must be set, because the server listens on 0.0.0.0 and not "
        "only on this machine. `perpetuo init-env` writes a .env with fresh secrets.\n"
    )


async def test_a_second_process_on_the_same_sqlite_is_refused(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    env = environment(sqlite_settings)
    async with running("serve", env=env, cwd=tmp_path):
        outcome = await run("serve", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr.startswith(f"perpetuo: Another Perpetuo serves from {tmp_path} already")
    assert outcome.stderr.endswith("For several processes set DATABASE_URL to a PostgreSQL.\n")


async def test_a_host_that_does_not_resolve_is_one_clear_line(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    env = environment(sqlite_settings) | {"HOST": "nowhere.invalid", "PORT": "3000"}

    outcome = await run("serve", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr.startswith("perpetuo: Nothing can listen on port 3000 of nowhere.invalid: ")
    assert outcome.stderr.endswith(". Mend HOST or PORT.\n")
    assert outcome.stderr.count("\n") == 1


async def test_a_taken_port_is_one_clear_line(sqlite_settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = environment(sqlite_settings) | {"PORT": str(port)}

        outcome = await run("serve", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr == (
        f"perpetuo: Nothing can listen on port {port} of 127.0.0.1: Address already in use. "
        "Set PORT to a free one, or stop whoever has this one.\n"
    )
