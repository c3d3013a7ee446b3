"""The examples of the documents, run as they are printed: only host and keys differ."""

import asyncio
import json
import os
import re
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests.documents import API, DATABASE, GUIDE, ROOT, blocks, rows, section
from tests.front_door import Account, Gateway, Row, open_gateway

HOST = "http://localhost:3000"
SIMULATOR = "http://localhost:4010"
BEFORE_LOGS = ("Accounts", "Workspaces", "Provider keys", "API keys")
AFTER_LOGS = ("Logs", "Usage", "Route preview")
QUESTION = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello!"}]}


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    """The provider that the examples ask."""
    async with running() as simulator:
        yield simulator


@pytest.fixture
async def gateway(sqlite_settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway on a database of the test's own."""
    async with open_gateway(sqlite_settings) as gateway:
        yield gateway


async def run(command: str, folder: Path, **environment: str) -> str:
    """What a command prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", command.replace(".venv/bin/python", sys.executable),
        cwd=folder, env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()


@pytest.mark.parametrize("example", blocks(API, "sh"))
async def test_a_command_of_the_api_works(
    example: str, gateway: Gateway, simulator: RunningSimulator, tmp_path: Path
) -> None:
    account = await gateway.sign_up()
    await account.add_provider(simulator)

    printed = await run(
        example.replace(HOST, gateway.url), tmp_path, API_KEY=account.api_key, TOKEN=account.token
    )

    assert '"error' not in printed
    assert '"choices":' in printed or '"me":' in printed


@pytest.mark.parametrize("example", blocks(API, "python"))
async def test_a_program_of_the_api_works(
    example: str, gateway: Gateway, simulator: RunningSimulator, tmp_path: Path
) -> None:
    account = await gateway.sign_up()
    await account.add_provider(simulator)
    (tmp_path / "example.py").write_text(example.replace(HOST, gateway.url))

    printed = await run(".venv/bin/python example.py", tmp_path, API_KEY=account.api_key)

    assert len(printed) > 10
    assert (await account.log())["statusCode"] == 200


async def test_health_answers_what_is_printed(gateway: Gateway) -> None:
    answers = [await gateway.http.get(f"{gateway.url}{path}") for path in ("/health/live", "/health")]

    printed = [json.loads(block) for block in blocks(section(API, "Health"), "json")]
    assert [answer.json() for answer in answers] == printed


async def test_an_error_looks_as_printed(gateway: Gateway, simulator: RunningSimulator) -> None:
    account = await gateway.sign_up()
    await account.add_provider(simulator, apiKey="sk-simulated;status=500")

    answer = await account.complete(QUESTION)

    assert [answer.json()] == [json.loads(block) for block in blocks(section(API, "Errors"), "json")]


async def test_the_operations_of_graphql_work_one_after_the_other(
    gateway: Gateway, simulator: RunningSimulator
) -> None:
    walk = Walk(gateway, simulator)

    for area in BEFORE_LOGS:
        await walk.through(area)
    account = Account(
        gateway.url, walk.found["TOKEN"], walk.found["WORKSPACE_ID"], walk.found["API_KEY"], gateway.http
    )
    for _ in range(3):
        assert (await account.complete(QUESTION)).status_code == 200
    await account.logs(3)
    for area in AFTER_LOGS:
        await walk.through(area)
    logged = await walk.listen(account)

    assert walk.found.keys() == walk.sources.keys()
    assert (logged["requestLogged"]["model"], logged["requestLogged"]["statusCode"]) == ("simulated", 200)


class Walk:
    """Runs operations in the order of the document; later ones use what earlier ones answered."""

    def __init__(self, gateway: Gateway, simulator: RunningSimulator) -> None:
        self.gateway = gateway
        self.simulator = simulator
        table = rows(section(API, "Conventions").partition("| Name |")[2])
        self.sources = {row[0].strip("`"): row[1].strip("`") for row in table}
        self.sources |= {"TOKEN": "signup.token", "API_KEY": "signup.apiKey"}
        self.found: dict[str, str] = {}

    async def through(self, area: str) -> None:
        """Runs every operation of an area; each answers without errors, and nothing in it is empty."""
        for operation, variables in operations(area):
            body = {"query": operation, "variables": self.fill(variables)}
            headers = {"authorization": f"Bearer {self.found['TOKEN']}"} if self.found else {}
            http, url = self.gateway.http, f"{self.gateway.url}/graphql"
            answer = (await http.post(url, json=body, headers=headers)).json()
            http.cookies.clear()
            assert "errors" not in answer, (operation, answer)
            assert None not in answer["data"].values(), (operation, answer)
            assert "[]" not in json.dumps(answer), (operation, answer)
            self.keep(answer["data"])

    async def listen(self, account: Account) -> Row:
        """What the subscription says of a completion."""
        ((operation, variables),) = operations("Live log")
        url = self.gateway.url.replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            payload = {"Authorization": f"Bearer {account.token}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            start = {"query": operation, "variables": self.fill(variables)}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": start}))
            receiving = asyncio.create_task(socket.recv())
            # Nothing says when a subscription has begun to listen: ask until it hears.
            while not receiving.done():
                await account.complete(QUESTION)
                await asyncio.wait([receiving], timeout=0.2)
            event: Row = json.loads(receiving.result())
        assert "errors" not in event["payload"]
        data: Row = event["payload"]["data"]
        return data

    def fill(self, variables: str) -> Row:
        """Variables with what stands for names in capitals."""
        text = variables.replace(SIMULATOR, self.simulator.url) or "{}"
        for name, value in self.found.items():
            text = text.replace(f'"{name}"', json.dumps(value))
        assert not [name for name in self.sources if f'"{name}"' in text], text
        filled: Row = json.loads(text)
        return filled

    def keep(self, data: Row) -> None:
        """Keeps the first value of each name that an answer gives."""
        for name, path in self.sources.items():
            value = at(data, path)
            if isinstance(value, str):
                self.found.setdefault(name, value)


def operations(area: str) -> list[tuple[str, str]]:
    """The operations of an area, each with its variables as they are printed."""
    found: list[tuple[str, str]] = re.findall(
        r"(?s)```graphql\n(.*?)```\n(?:```json\n(.*?)```)?", section(API, area)
    )
    assert found, area
    return found


def at(data: object, path: str) -> object:
    """What stands at a path such as `workspaces.0.id`; None where there is nothing."""
    for step in path.split("."):
        if isinstance(data, list):
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def test_every_operation_of_the_document_is_run() -> None:
    areas = (*BEFORE_LOGS, *AFTER_LOGS, "Live log")

    assert sum(len(operations(area)) for area in areas) == len(blocks(API, "graphql"))


async def test_the_command_for_a_backup_makes_one(
    gateway: Gateway, simulator: RunningSimulator, sqlite_settings: Settings, tmp_path: Path
) -> None:
    account = await gateway.sign_up()
    await account.add_provider(simulator)
    await account.complete(QUESTION)
    row = await account.log()
    (command,) = blocks(section(DATABASE, "Backup and restore"), "sh")

    await run(command.replace("data/", f"{sqlite_settings.data_dir}/"), tmp_path)

    with closing(sqlite3.connect(tmp_path / "backup.db")) as backup:
        assert backup.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert backup.execute("SELECT id FROM request_log").fetchall() == [(row["id"],)]


async def test_the_command_for_the_settings_file_writes_it(tmp_path: Path) -> None:
    command = next(block for block in blocks(GUIDE, "sh") if ".env.example" in block)

    await run(command.replace("> .env.example", f"> {tmp_path}/written"), ROOT)

    assert (tmp_path / "written").read_text() == (ROOT / ".env.example").read_text()
