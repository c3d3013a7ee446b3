"""A client for the tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.settings import Settings, UpstreamTransport
from app.upstream import Upstream
from tests.conftest import make_settings


@pytest.fixture(params=list(UpstreamTransport))
def upstream_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings for each transport: what holds for one of them holds for the other."""
    return make_settings(tmp_path).model_copy(update={"upstream_transport": request.param})


@pytest.fixture
async def upstream(upstream_settings: Settings) -> AsyncIterator[Upstream]:
    """A client that may go everywhere."""
    client = Upstream(upstream_settings)
    yield client
    await client.close()
