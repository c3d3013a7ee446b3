"""The README's five minutes, run as they are printed."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from app.simulator import running as simulator_running
from tests.cli.command import running
from tests.conftest import environment
from tests.documents import ROOT, blocks, section

README = (ROOT / "README.md").read_text()
FIVE_MINUTES = section(README, "Five minutes")

_ADDRESS = "http://localhost:3000"
_PROVIDER = "https://api.openai.com/v1"
# Parts what one block printed from what the next one does.
_MARK = "end of block"


async def run(blocks_to_run: list[str], folder: Path) -> list[str]:
    """What each block printed, run one after the other in one shell."""
    script = "".join(f"{block}\nprintf '\\n{_MARK}\\n'\n" for block in blocks_to_run)
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script, cwd=folder, stdout=PIPE, stderr=PIPE
    )
    stdout, stderr = await process.communicate()
    assert (process.returncode, stderr.decode()) == (0, "")
    return [text.strip() for text in stdout.decode().split(f"\n{_MARK}\n")[:-1]]


def as_script(python: str) -> str:
    """A block of Python as one of the shell."""
    return f"{sys.executable} - <<'END'\n{python}END"


def answered(text: str) -> Any:
    """The data of a GraphQL answer without errors."""
    body = json.loads(text)
    assert "errors" not in body, body
    return body["data"]


async def test_the_five_minutes_are_as_printed(settings: Settings, tmp_path: Path) -> None:
    (python,) = blocks(FIVE_MINUTES, "python")
    in_order = [
        as_script(block) if block == python else block for block in blocks(FIVE_MINUTES, "sh", "python")
    ]
    async with (
        simulator_running() as simulator,
        running("serve", env=environment(settings), cwd=tmp_path) as server,
    ):
        mine = [
            block.replace(_ADDRESS, server.url).replace(_PROVIDER, simulator.base_url) for block in in_order
        ]

        printed = await run(mine, tmp_path)

    signed_up, added, plain, streamed, from_openai, log, usage, logged_in = printed
    assert answered(signed_up)["signup"]["apiKey"].startswith("pk_")
    assert answered(added)["addProviderKey"] == {"label": "OpenAI", "keyHint": "sk-…l-do", "priority": 1}
    assert json.loads(plain)["choices"][0]["message"]["content"].startswith("You said: Hello!")
    assert streamed.startswith("data: {")
    assert streamed.endswith("data: [DONE]")
    assert from_openai.startswith("You said: Hello!")
    rows = answered(log)["workspace"]["logs"]["nodes"]
    assert [(row["statusCode"], row["stream"]) for row in rows] == [(200, False), (200, True), (200, False)]
    assert rows[0]["attempts"] == [{"label": "OpenAI", "statusCode": 200}]
    tokens = json.loads(plain)["usage"]
    assert answered(usage)["workspace"]["usage"] == {
        "requests": 3,
        "failedRequests": 0,
        "inputTokens": 3 * tokens["prompt_tokens"],
        "outputTokens": 3 * tokens["completion_tokens"],
    }
    assert answered(usage)["workspace"]["usageByProvider"][0]["requests"] == 3
    assert answered(logged_in)["me"] == {"email": "you@example.com"}
    assert answered(logged_in)["workspaces"][0]["name"] == "Default Workspace"


def test_the_five_minutes_name_the_address_that_make_run_and_make_simulate_have() -> None:
    defaults = Settings(_env_file=None)

    assert f"http://localhost:{defaults.port}" == _ADDRESS
    assert "http://localhost:4010/v1" in FIVE_MINUTES
    assert all(_ADDRESS in block for block in blocks(FIVE_MINUTES, "sh", "python"))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)", README))))
def test_what_the_readme_points_to_is_there(target: str) -> None:
    assert (ROOT / target).exists()
