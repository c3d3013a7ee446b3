"""`perpetuo doctor`: what is right, what is wrong, and how to mend it."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.cli.doctor import machine
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import Outcome, run, running
from tests.conftest import environment, make_settings
from tests.front_door import open_gateway

_SECRETS = {
    "JWT_SECRET": "6f1d0b7c9a8e5f4321706f1d0b7c9a8e",
    "ENCRYPTION_KEY": "a09c7fe6b5d483127a09c7fe6b5d4831",
}


def verdicts(outcome: Outcome) -> dict[str, str]:
    """The worst verdict about each subject."""
    found: dict[str, str] = {}
    for line in outcome.stdout.splitlines():
        verdict, subject = line[:5].strip(), line[6:20].strip()
        found[subject] = max(verdict, found.get(subject, "ok"), key=["ok", "warn", "FAIL"].index)
    return found


def lines(outcome: Outcome, subject: str) -> list[str]:
    """What is said about a subject."""
    return [line for line in outcome.stdout.splitlines() if line[6:20].strip() == subject]


async def examine(settings: Settings, folder: Path, more: Mapping[str, str] = _SECRETS) -> Outcome:
    """What the doctor says, with good secrets."""
    return await run("doctor", env=environment(settings) | _SECRETS | dict(more), cwd=folder)


async def test_a_healthy_installation_is_all_ok(settings: Settings, tmp_path: Path) -> None:
    outcome = await examine(settings, tmp_path, {"JOURNAL_MAX_BYTES": "1"})

    found = verdicts(outcome)
    assert found.pop("clock", "ok") == "ok"
    # The folder of a test may well be in memory.
    assert found.pop("data folder") in {"ok", "warn"}
    assert found == dict.fromkeys(
        ["settings", "secrets", "database", "migrations", "provider keys", "journals", "port"], "ok"
    )
    assert outcome.code == 0
    assert ("clock" in outcome.stdout) is not settings.is_sqlite
    assert lines(outcome, "database")[0].split()[2] == ("SQLite" if settings.is_sqlite else "PostgreSQL")


async def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    outcome = await run("doctor", env={"PORT": "0"}, cwd=tmp_path)

    assert outcome.code == 0
    assert verdicts(outcome)["secrets"] == "ok"
    assert list(tmp_path.iterdir()) == []


async def test_each_bad_setting_has_its_line(tmp_path: Path) -> None:
    env = {"PORT": "many-9d1", "LOG_LEVEL": "loud-9d2", "MAX_ATTEMPTS": "-3"}

    outcome = await run("doctor", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert [line.split(":")[0] for line in outcome.stdout.splitlines()] == [
        f"FAIL  settings       {name}" for name in ("PORT", "LOG_LEVEL", "MAX_ATTEMPTS")
    ]
    assert "9d" not in outcome.text


async def test_a_name_that_is_nearly_a_setting_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PROT=4000\nexport LOG_LEVL=debug\nCOMPOSE_PROJECT_NAME=gateway\n")
    (tmp_path / ".env").chmod(0o600)

    outcome = await examine(make_settings(tmp_path), tmp_path)

    assert [line.partition(".env ")[2] for line in lines(outcome, "settings")] == [
        "is no setting and is ignored: is PORT meant?",
        "is no setting and is ignored: is LOG_LEVEL meant?",
    ]
    assert outcome.code == 0


@pytest.mark.parametrize(
    ("more", "verdict", "said"),
    [
        pytest.param({"HOST": "0.0.0.0", "JWT_SECRET": ""}, "FAIL", "JWT_SECRET must be set", id="missing"),
        pytest.param({"ENCRYPTION_KEY": "ab" * 20}, "FAIL", "ENCRYPTION_KEY can be guessed", id="weak"),
        pytest.param(
            {"JWT_SECRET": _SECRETS["ENCRYPTION_KEY"]},
            "warn",
            "give JWT_SECRET one of its own",
            id="the same",
        ),
    ],
)
async def test_bad_secrets_are_found_and_not_shown(
    more: dict[str, str], verdict: str, said: str, tmp_path: Path
) -> None:
    outcome = await examine(make_settings(tmp_path), tmp_path, more)

    assert verdicts(outcome)["secrets"] == verdict
    assert said in lines(outcome, "secrets")[0]
    assert outcome.code == (1 if verdict == "FAIL" else 0)
    assert [
        secret for secret in {**_SECRETS, **more}.values() if len(secret) > 20 and secret in outcome.text
    ] == []


async def test_secrets_that_others_may_read_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=0\n")
    (tmp_path / ".env").chmod(0o644)
    (tmp_path / "secrets.json").write_text(json.dumps(_SECRETS))
    (tmp_path / "secrets.json").chmod(0o640)

    outcome = await run("doctor", env={"DATA_DIR": str(tmp_path)}, cwd=tmp_path)

    assert [line.rpartition(": ")[2] for line in lines(outcome, "secrets")] == [
        "ok    secrets        both are there and look random",
        f"chmod 600 {tmp_path / 'secrets.json'}",
        "chmod 600 .env",
    ]


async def test_a_database_that_others_may_read_is_a_warning(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "perpetuo.db").chmod(0o644)
    tmp_path.chmod(0o755)

    outcome = await examine(sqlite_settings, tmp_path)

    assert (verdicts(outcome)["database"], verdicts(outcome)["data folder"]) == ("warn", "warn")
    assert f"chmod 600 {tmp_path / 'perpetuo.db'}" in outcome.stdout
    assert f"chmod 700 {tmp_path}" in outcome.stdout
    assert outcome.code == 0


async def test_a_damaged_secrets_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"JWT_SECRET": ')

    outcome = await run("doctor", env={"DATA_DIR": str(tmp_path), "PORT": "0"}, cwd=tmp_path)

    assert verdicts(outcome)["secrets"] == "FAIL"
    assert "restore it from a backup" in outcome.stdout
    assert "Traceback" not in outcome.text


async def test_a_folder_that_cannot_be_entered_is_the_only_failure(tmp_path: Path) -> None:
    outcome = await run("doctor", env={"DATA_DIR": str(tmp_path / ("x" * 300))}, cwd=tmp_path)

    assert (outcome.code, outcome.stderr) == (1, "")
    assert verdicts(outcome) == {"settings": "ok", "data folder": "FAIL"}
    assert "cannot be entered: File name too long" in outcome.stdout


async def test_a_file_of_the_database_that_no_start_can_make_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "no-folder").touch()

    outcome = await examine(make_settings(tmp_path, f"sqlite:///{tmp_path}/no-folder/x.db"), tmp_path)

    assert (outcome.code, verdicts(outcome)["database"]) == (1, "FAIL")
    assert f"{tmp_path}/no-folder cannot be written by this user" in outcome.stdout


async def test_a_database_that_is_away_is_a_failure(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "postgres://perpetuo:open-sesame@127.0.0.1:1/nowhere")

    outcome = await examine(settings, tmp_path)

    assert (outcome.code, verdicts(outcome)["database"]) == (1, "FAIL")
    assert "127.0.0.1:1/nowhere does not answer" in outcome.stdout
    assert "open-sesame" not in outcome.text


async def test_a_file_that_is_no_database_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "perpetuo.db").write_text("This is no database, and long enough to show it." * 10)

    outcome = await examine(make_settings(tmp_path), tmp_path)

    assert (outcome.code, verdicts(outcome)["database"]) == (1, "FAIL")
    assert "not a database" in outcome.stdout


async def test_pending_migrations_are_a_warning(empty_settings: Settings, tmp_path: Path) -> None:
    if empty_settings.is_sqlite:
        empty_settings.data_dir.mkdir()
        (empty_settings.data_dir / "perpetuo.db").touch()

    outcome = await examine(empty_settings, tmp_path)

    assert (outcome.code, verdicts(outcome)["migrations"]) == (0, "warn")
    assert "perpetuo migrate" in lines(outcome, "migrations")[0]


async def test_provider_keys_that_do_not_open_are_a_failure(
    settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    sealing, newer = settings.encryption_key[0], _SECRETS["ENCRYPTION_KEY"]
    async with open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        key_id = await account.add_provider(simulator)

    lost = await examine(settings, tmp_path)
    rolled_out = await examine(settings, tmp_path, {"ENCRYPTION_KEY": f"{newer},{sealing}"})

    assert (lost.code, verdicts(lost)["provider keys"]) == (1, "FAIL")
    assert lines(lost, "provider keys")[0].endswith(key_id)
    assert (rolled_out.code, verdicts(rolled_out)["provider keys"]) == (0, "warn")
    assert "perpetuo rekey" in lines(rolled_out, "provider keys")[0]


async def test_what_a_dead_process_left_behind_is_a_warning(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    async with running("serve", env=environment(sqlite_settings), cwd=tmp_path) as server:
        while_alive = await examine(sqlite_settings, tmp_path)
        server.process.kill()
        await server.ended()
    (tmp_path / "rejected.jsonl").write_text("{}\n{}\n")

    outcome = await examine(sqlite_settings, tmp_path)

    assert verdicts(while_alive)["journals"] == "ok"
    assert outcome.code == 0
    left, refused = lines(outcome, "journals")
    assert "was left by a process that died" in left
    assert "refused 2 log rows" in refused


async def test_a_port_of_our_own_is_fine_and_one_of_somebody_else_is_not(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    async with running("serve", env=environment(sqlite_settings), cwd=tmp_path) as server:
        ours = await examine(sqlite_settings, tmp_path, {"PORT": server.url.rpartition(":")[2]})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        theirs = await examine(sqlite_settings, tmp_path, {"PORT": str(port)})

    assert lines(ours, "port")[0].endswith("; its health is ok")
    assert ours.code == 0
    assert f"FAIL  port           Nothing can listen on port {port}" in theirs.stdout
    assert theirs.code == 1


def test_a_data_folder_that_cannot_be_one_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    findings = list(machine.check_data_folder(make_settings(tmp_path / "file" / "data")))

    (finding,) = findings
    assert finding.verdict == "FAIL"
    assert finding.text.startswith(f"{tmp_path / 'file'} cannot be written by this user")


def test_a_disk_too_small_for_the_journal_is_a_warning(tmp_path: Path) -> None:
    settings = make_settings(tmp_path).model_copy(update={"journal_max_bytes": 10**18})

    findings = list(machine.check_data_folder(settings))

    assert findings[0].verdict == "warn"
    assert "less than JOURNAL_MAX_BYTES (1,000,000,000,000 MB)" in findings[0].text
