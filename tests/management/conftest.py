"""The tools of the management plane on a database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from app.management.tools import Tools
from app.settings import Settings
from tests.management.making import Account, free_port, open_tools, sign_up


@pytest.fixture
async def tools(settings: Settings, database: None) -> AsyncIterator[Tools]:
    """The tools of the management plane."""
    async with open_tools(settings) as opened:
        yield opened


@pytest.fixture
async def ada(tools: Tools) -> Account:
    """An account."""
    return await sign_up(tools)


@pytest.fixture
async def eve(tools: Tools) -> Account:
    """Another account, which is nobody's business."""
    return await sign_up(tools, "eve@example.com")


@pytest.fixture
def unused_port() -> int:
    """A port at which nobody listens."""
    return free_port()
