"""What a process writes into its log."""

import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect as open_socket
from websockets.typing import Subprotocol

from app.settings import Settings
from tests.cli.command import running
from tests.conftest import environment

_LOG_IN = """
mutation { login(input: {email: "ada@example.com", password: "correct horse"}) { user { name } } }
"""


@pytest.mark.parametrize("level", ["debug", "info"])
async def test_no_secret_is_in_the_log_whatever_its_level(
    settings: Settings, level: str, tmp_path: Path
) -> None:
    env = environment(settings) | {"LOG_LEVEL": level}
    async with running("serve", env=env, cwd=tmp_path) as server:
        account = await server.sign_up()
        cookie = {"Cookie": f"perpetuo_session={account.token}"}
        address = server.url.replace("http://", "ws://") + "/graphql"
        subprotocols = [Subprotocol("graphql-transport-ws")]
        async with open_socket(
            address, subprotocols=subprotocols, additional_headers=cookie, proxy=None
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": _LOG_IN}}))
            answer = await socket.recv()
        await server.stop()

    log = (tmp_path / "stderr").read_text()
    assert "Ada" in str(answer)
    assert [secret for secret in ("correct horse", account.token, "$argon2", "INSERT") if secret in log] == []
