"""`perpetuo demo`: what it prints works."""

import asyncio
import re
import signal
import socket
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.settings import Settings
from tests.cli.command import Running, run, running
from tests.conftest import environment, make_settings

# Two or three seconds where nothing else runs.
_READY_WITHIN_S = 20

_KEYS = "{ workspaces { providerKeys { id provider label baseUrl } } }"
_TEST = "mutation($id: ID!) { testProviderKey(id: $id) { ok errorMessage } }"


async def bash(script: str) -> str:
    """What a script prints to standard output; it has to succeed."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script, stdout=PIPE, stderr=PIPE
    )
    stdout, stderr = await process.communicate()
    assert process.returncode == 0, stderr.decode()
    return stdout.decode()


def printed(demo: Running, pattern: str) -> str:
    """The first group of a pattern in what the demo printed."""
    found = re.search(pattern, demo.said, flags=re.DOTALL)
    assert found, demo.said
    return found[1]


async def ask(demo: Running, model: str) -> tuple[int, str]:
    """The status that the printed curl gets for a model, and the attempts that it took."""
    curl = printed(demo, r"\n( +curl \S+/v1/chat/completions.*?)\n\n").replace("gpt-4o-mini", model)
    answer = await bash(f"{curl} --silent --output /dev/null --dump-header -")
    attempts = re.search(r"^x-perpetuo-attempts: (\d+)", answer, flags=re.MULTILINE)
    return int(answer.split()[1]), attempts[1] if attempts else ""


async def query(demo: Running, text: str, **variables: str) -> dict[str, Any]:
    """What GraphQL answers to the demo's own account."""
    token = printed(demo, r"Bearer (eyJ[^']+)")
    answer = await demo.http.post(
        f"{demo.url}/graphql",
        json={"query": text, "variables": variables},
        headers={"authorization": f"Bearer {token}"},
    )
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_everything_that_the_demo_prints_works(tmp_path: Path) -> None:
    # Its settings have the production hash: that is part of how long a newcomer waits.
    env = environment(make_settings(tmp_path / "data"))
    del env["ARGON2_MEMORY_KIB"], env["ARGON2_TIME_COST"]
    started = time.monotonic()
    async with running("demo", env=env, cwd=tmp_path) as demo:
        took_s = time.monotonic() - started
        completion = await bash(printed(demo, r"\n( +curl \S+/v1/chat/completions.*?)\n\n"))
        python = printed(demo, r"\n(  from openai.*?)\n\nOther").replace("\n  ", "\n").strip()
        from_openai = await bash(f"{sys.executable} - <<'END'\n{python}\nEND\n")
        fallback = await ask(demo, "demo-fallback")
        failure = await ask(demo, "demo-failure")
        log = await bash(printed(demo, r"\n( +curl \S+/graphql.*?)\n\n?$"))
        code = await demo.stop()

    assert took_s < _READY_WITHIN_S
    assert "You said: Hello!" in completion
    assert from_openai.startswith("You said: Hello!")
    assert fallback == (200, "3")
    assert failure[0] == 503
    assert log.count('"statusCode":200,"requestedModel":"demo-fallback"') >= 1
    assert code == 0


async def test_the_log_of_the_demo_tells_a_story_of_every_provider(tmp_path: Path) -> None:
    async with running("demo", env=environment(make_settings(tmp_path / "data")), cwd=tmp_path) as demo:
        code = await demo.stop(signal.SIGINT)

    rows = re.findall(r"^  (\d{3})  (\S+) +(0\.0\d+|-) +(.*)$", demo.said, flags=re.MULTILINE)
    assert [(status, model, cost != "-", rest) for status, model, cost, rest in reversed(rows)] == [
        ("200", "gpt-4o-mini", True, "OpenAI 200"),
        ("200", "claude-sonnet-4-6", True, "Anthropic 200"),
        ("503", "demo-failure", False, "Mistral 503, Mistral 503, Own vLLM 503, Own vLLM 503"),
        ("200", "gemini-2.5-flash", True, "Google 200"),
        ("200", "demo-fallback", True, "OpenAI 503, OpenAI 503, Anthropic 200"),
        ("200", "command-a-03-2025", True, "Cohere 200"),
        ("200", "gpt-4o", True, "OpenAI 200"),
        ("200", "mistral-small-latest", True, "Mistral 200"),
        ("200", "claude-opus-5", True, "Anthropic 200  (temperature=left_out)"),
        ("200", "gemini-2.5-pro", True, "Google 200"),
        ("200", "command-a-03-2025", True, "Cohere 200"),
        ("200", "claude-sonnet-4-6", True, "Anthropic 200"),
        ("200", "llama-3.3-70b", False, "Own vLLM 200"),
        ("200", "mistral-large-latest", True, "Mistral 200"),
        ("200", "o4-mini", True, "OpenAI 200  (temperature=left_out)"),
    ]
    assert (tmp_path / "stderr").read_text() == ""
    assert code == 0


async def test_every_provider_key_of_the_demo_passes_its_test(tmp_path: Path) -> None:
    async with running("demo", env=environment(make_settings(tmp_path / "data")), cwd=tmp_path) as demo:
        keys = (await query(demo, _KEYS))["workspaces"][0]["providerKeys"]
        found = [(await query(demo, _TEST, id=key["id"]))["testProviderKey"] for key in keys]
        await demo.stop()

    assert [(key["provider"], key["label"], urlsplit(key["baseUrl"]).path) for key in keys] == [
        ("OPENAI", "OpenAI", "/v1"),
        ("ANTHROPIC", "Anthropic", "/anthropic"),
        ("GOOGLE", "Google", "/google"),
        ("COHERE", "Cohere", "/cohere"),
        ("MISTRAL", "Mistral", "/mistral"),
        ("CUSTOM", "Own vLLM", "/v1"),
    ]
    assert found == [{"ok": True, "errorMessage": None}] * 6


async def test_the_demo_starts_anew_each_time_and_leaves_the_real_data_alone(
    postgres_settings: Settings, tmp_path: Path
) -> None:
    # Neither HOST nor DATABASE_URL are the demo's business.
    env = environment(postgres_settings) | {"HOST": "0.0.0.0"}
    real = tmp_path / "perpetuo.db"
    real.write_text("not the demo's")
    passwords, users = [], []
    for _ in range(2):
        async with running("demo", env=env, cwd=tmp_path) as demo:
            passwords.append(printed(demo, r"password  (\S+)"))
            with closing(sqlite3.connect(tmp_path / "demo" / "perpetuo.db")) as database:
                users.append(database.execute("SELECT email FROM user").fetchall())
            second = await run("demo", env=env, cwd=tmp_path)
            await demo.stop()

            assert second.code == 1
            assert second.stderr.startswith("perpetuo: Another Perpetuo serves from")

    assert len(set(passwords)) == 2
    assert users == [[("demo@example.com",)]] * 2
    assert real.read_text() == "not the demo's"


async def test_the_demo_on_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = environment(make_settings(tmp_path / "data")) | {"PORT": str(taken.getsockname()[1])}

        outcome = await run("demo", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.stderr.startswith("perpetuo: Nothing can listen on port")
    assert outcome.stderr.count("\n") == 1
