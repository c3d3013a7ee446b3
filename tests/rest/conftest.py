"""A running gateway with a simulated provider behind it."""

import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests.conftest import make_settings
from tests.front_door import Account, Gateway, open_gateway


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    async with running() as simulator:
        yield simulator


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Gateway]:
    async with open_gateway(settings) as gateway:
        yield gateway


@pytest.fixture
async def account(gateway: Gateway) -> Account:
    return await gateway.sign_up()


@pytest.fixture(scope="module")
def standing_limits() -> Mapping[str, object]:
    """Settings of the standing gateway that are not the usual ones; a module may have its own."""
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing_account(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, standing_limits: Mapping[str, object]
) -> AsyncIterator[Account]:
    """An account on a gateway that stands for a whole module, where only the provider's answers differ.

    The module's tests run in its loop: `pytest.mark.asyncio(loop_scope="module")`.
    """
    folder = tmp_path_factory.mktemp("standing")
    shutil.copy(sqlite_template, folder / sqlite_template.name)
    async with open_gateway(make_settings(folder).model_copy(update=standing_limits)) as gateway:
        yield await gateway.sign_up()
