"""What a process that serves asks of the system, and of the environment beside its settings."""

from pathlib import Path

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.cli.command import run, running
from tests.conftest import environment
from tests.front_door import HELLO


async def test_has_threads_for_many_names_that_do_not_resolve(
    sqlite_settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    async with running("serve", env=environment(sqlite_settings), cwd=tmp_path) as server:
        account = await server.sign_up()
        by_name = simulator.base_url.replace("127.0.0.1", "localhost")
        await account.add_provider(simulator, baseUrl=by_name)

        answer = await account.complete({"model": "gpt-4o-mini", "messages": [HELLO]})

        threads = list(Path(f"/proc/{server.process.pid}/task").iterdir())
    assert answer.status_code == 200
    assert len(threads) > 64


async def test_a_proxy_that_cannot_be_asked_is_named_in_one_line(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    env = environment(sqlite_settings) | {"ALL_PROXY": "socks5://user:secret@127.0.0.1:1080"}

    outcome = await run("serve", env=env, cwd=tmp_path)

    assert outcome.code == 1
    assert outcome.text == (
        "perpetuo: ALL_PROXY must be the address of an HTTP proxy, as in http://proxy:3128; "
        "SOCKS is not spoken.\n"
    )
