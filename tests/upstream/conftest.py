"""A client for the tests, with each transport, on the event loop of the product and on Python's own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import uvloop

from app.settings import Settings, UpstreamTransport
from app.upstream import Upstream
from tests.conftest import make_settings


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loops that the tests of this folder run on: what they promise to a protocol differs in places."""
    return {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


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


@pytest.fixture
async def direct(tmp_path: Path) -> AsyncIterator[Upstream]:
    """A client with our own transport, for what only that one promises."""
    client = Upstream(make_settings(tmp_path))
    yield client
    await client.close()
