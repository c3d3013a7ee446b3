"""A client for the tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.upstream import Upstream
from tests.conftest import make_settings


@pytest.fixture
async def upstream(tmp_path: Path) -> AsyncIterator[Upstream]:
    """A client that may go everywhere."""
    client = Upstream(make_settings(tmp_path))
    yield client
    await client.close()
