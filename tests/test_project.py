"""What the project ships besides its code: locks, image, compose file, settings file, landing page."""

import json
import os
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.environment import example, fresh
from app.settings import Settings

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock", "requirements-web.lock")
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def variables(env: str) -> dict[str, str]:
    """The variables of an `.env` text, those in comments too."""
    return dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", env, flags=re.MULTILINE))


@pytest.fixture
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    lines = [line for line in read("Dockerfile").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


@pytest.fixture
def services() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load(read("docker-compose.yml"))["services"]
    return composed


@pytest.mark.parametrize("name", [*LOCKS, "tests/clients/requirements.lock"])
def test_a_lock_has_hashes_and_no_host(name: str) -> None:
    lock = read(name)

    packages = re.split(r"\n(?=\S)", lock.strip())
    assert all(re.match(r"[a-z0-9._-]+==\S+", package) for package in packages)
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock


def test_the_locks_hold_every_direct_dependency() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
        "requirements-build.lock": project["dependency-groups"]["build"],
        "requirements-web.lock": project["dependency-groups"]["web"],
    }

    for lock, requirements in wanted.items():
        locked = set(re.findall(r"^([a-z0-9._-]+)==", read(lock), flags=re.MULTILINE))
        names = {re.split(r"[\s><=~;\[]", requirement)[0].lower() for requirement in requirements}
        assert names - locked == set()


def test_the_locks_agree_on_versions() -> None:
    pins = [dict(re.findall(r"^(\S+)==(\S+)", read(name), flags=re.MULTILINE)) for name in LOCKS]

    for pin in pins:
        assert {name: pins[1].get(name, version) for name, version in pin.items()} == pin


def test_env_example_is_what_the_settings_say() -> None:
    assert read(".env.example") == example()


def test_env_example_lists_every_setting_and_sets_none() -> None:
    names = variables(example())

    assert set(names) - COMPOSE_ONLY == {name.upper() for name in Settings.model_fields}
    assert [line for line in example().splitlines() if line and not line.startswith("#")] == []


def test_the_defaults_that_env_example_shows_are_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    file = tmp_path / ".env"
    file.write_text(re.sub(r"^#([A-Z])", r"\1", example(), flags=re.MULTILINE))

    shown = Settings(_env_file=file)

    assert shown == Settings(_env_file=None)


def test_a_fresh_env_has_secrets_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(fresh())

    settings = Settings(_env_file=file)

    secrets = [settings.jwt_secret, *settings.encryption_key, variables(fresh())["POSTGRES_PASSWORD"]]
    assert [len(secret) for secret in secrets] == [64, 64, 64]
    assert len(set(secrets)) == 3
    assert fresh() != fresh()


def test_the_image_runs_as_nobody_in_particular(instructions: list[tuple[str, str]]) -> None:
    last_stage = max(index for index, (name, _) in enumerate(instructions) if name == "FROM")

    users = [rest for name, rest in instructions[last_stage:] if name == "USER"]

    assert users == ["perpetuo"]


def test_the_image_is_built_in_stages_from_the_locks_and_runs_without_node(
    instructions: list[tuple[str, str]],
) -> None:
    bases = [rest for name, rest in instructions if name == "FROM"]
    installs = " ".join(rest for name, rest in instructions if name == "RUN")

    assert bases == ["node:24-slim AS dashboard", "python:3.13-slim AS build", "python:3.13-slim"]
    assert "npm ci" in installs
    assert installs.count("--require-hashes") == 2
    assert "--no-build-isolation" in installs


def test_the_image_serves_until_it_is_told_to_stop(instructions: list[tuple[str, str]]) -> None:
    said = dict(instructions)

    assert json.loads(said["CMD"]) == ["perpetuo", "serve"]
    assert said["STOPSIGNAL"] == "SIGTERM"
    assert said["EXPOSE"] == "3000"
    assert said["VOLUME"] == "/data"
    assert "HOST=0.0.0.0" in said["ENV"]
    assert "DATA_DIR=/data" in said["ENV"]


def test_the_image_checks_its_health(instructions: list[tuple[str, str]]) -> None:
    check = dict(instructions)["HEALTHCHECK"]

    program, option, code = json.loads(check[check.index("[") :])
    assert (program, option) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert "/health'" in code


def test_what_the_image_copies_is_not_ignored(instructions: list[tuple[str, str]]) -> None:
    kept = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    copied = [rest.split()[:-1] for name, rest in instructions if name == "COPY" and "--from" not in rest]

    assert {source.split("/")[0] for sources in copied for source in sources} == kept


def test_compose_stops_without_secrets(services: dict[str, Any]) -> None:
    environment = services["perpetuo"]["environment"]

    assert environment["JWT_SECRET"].startswith("${JWT_SECRET:?run perpetuo init-env")
    assert environment["ENCRYPTION_KEY"].startswith("${ENCRYPTION_KEY:?run perpetuo init-env")
    assert "${POSTGRES_PASSWORD:?run perpetuo init-env" in environment["DATABASE_URL"]
    assert "${POSTGRES_PASSWORD:?" in services["postgres"]["environment"]["POSTGRES_PASSWORD"]


def test_compose_waits_for_a_healthy_database(services: dict[str, Any]) -> None:
    perpetuo, postgres = services["perpetuo"], services["postgres"]

    assert perpetuo["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert postgres["image"] == "postgres:18"
    assert postgres["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}


def test_compose_keeps_what_must_outlive_the_containers(services: dict[str, Any]) -> None:
    assert services["perpetuo"]["volumes"] == ["data:/data"]
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_compose_is_reached_from_this_machine_only(services: dict[str, Any]) -> None:
    assert services["perpetuo"]["ports"] == ["127.0.0.1:${PORT:-3000}:3000"]
    assert "ports" not in services["postgres"]


def test_compose_gives_streams_time_to_finish(services: dict[str, Any]) -> None:
    settings = Settings(_env_file=None)

    grace_s = int(services["perpetuo"]["stop_grace_period"].removesuffix("s"))

    assert grace_s > settings.drain_delay_s + settings.drain_timeout_s


@pytest.mark.parametrize("name", [".ci/run", "scripts/setup.sh", "scripts/build_web.sh"])
def test_a_script_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert re.search(r"^set -eu", read(name), flags=re.MULTILINE)


class _Page(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_the_landing_page_needs_nobody_else() -> None:
    text = read("app/rest/first_steps.html")
    page = _Page()
    page.feed(text)

    assert "script" not in page.tags
    assert all(address.startswith(("/", "data:")) for address in page.addresses)
    assert "url(" not in text
    assert text.count("\n") <= 120


def test_the_landing_page_shows_requests_that_parse() -> None:
    bodies = re.findall(r"--json '(.*?)'</pre>", read("app/rest/first_steps.html"), flags=re.DOTALL)

    assert [sorted(json.loads(body)) for body in bodies] == [
        ["query", "variables"],
        ["query", "variables"],
        ["messages", "model"],
    ]
