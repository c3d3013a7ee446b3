import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.core.changes import CHANGED_CHANNEL
from app.database import connect, listen
from app.management.changing import changing
from app.management.tools import Tools
from app.models import Workspace
from app.settings import Settings
from tests.management.making import Account, listening, open_tools, sign_up


async def fail(tools: Tools, account: Account) -> None:
    async with changing(tools, account.viewer, account.workspace_id):
        await Workspace.filter(id=account.workspace_id).update(name="Changed")
        raise ValueError("on purpose")


async def test_a_change_that_fails_leaves_no_trace(tools: Tools, ada: Account) -> None:
    with listening(tools) as heard, pytest.raises(ValueError, match="on purpose"):
        await fail(tools, ada)

    workspace = await Workspace.get(id=ada.workspace_id)
    assert (workspace.name, workspace.version) == ("Default Workspace", 0)
    assert heard.changes == []


async def test_changes_at_once_are_each_counted(tools: Tools, ada: Account) -> None:
    async def change() -> None:
        async with changing(tools, ada.viewer, ada.workspace_id):
            await asyncio.sleep(0)

    await asyncio.gather(*(change() for _ in range(20)))

    assert (await Workspace.get(id=ada.workspace_id)).version == 20


@asynccontextmanager
async def other_process(settings: Settings) -> AsyncIterator["asyncio.Queue[tuple[str, str]]"]:
    """What another process hears."""
    messages: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    connected = asyncio.Event()

    def remember(channel: str, payload: str) -> None:
        messages.put_nowait((channel, payload))

    task = asyncio.create_task(listen(settings, [CHANGED_CHANNEL], remember, connected.set))
    async with asyncio.timeout(5):
        await connected.wait()
    yield messages
    task.cancel()


async def test_other_processes_hear_of_a_change_once_it_is_committed(postgres_settings: Settings) -> None:
    async with connect(postgres_settings), open_tools(postgres_settings) as tools:
        ada = await sign_up(tools)
        async with other_process(postgres_settings) as messages:
            with pytest.raises(ValueError, match="on purpose"):
                await fail(tools, ada)
            async with changing(tools, ada.viewer, ada.workspace_id):
                pass

            async with asyncio.timeout(5):
                heard = await messages.get()

    assert heard == ("perpetuo_changed", str(ada.workspace_id))
    assert messages.empty()
