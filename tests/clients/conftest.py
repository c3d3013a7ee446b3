"""One gateway for all clients."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clients.driving import House, open_house
from tests.conftest import make_settings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The gateway that the clients are driven against."""
    folder = tmp_path_factory.mktemp("clients")
    shutil.copy(sqlite_template, folder / sqlite_template.name)
    async with open_house(make_settings(folder)) as house:
        yield house
