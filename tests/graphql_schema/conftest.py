"""The management plane as an app of its own, and clients for it."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI

from app.management.tools import Tools
from app.settings import Settings
from graphql_schema.router import create_graphql_router
from tests.graphql_schema.client import Client
from tests.management.making import open_tools


@pytest.fixture
async def tools(settings: Settings, database: None) -> AsyncIterator[Tools]:
    """The tools of the management plane."""
    async with open_tools(settings) as opened:
        yield opened


def management_app(tools: Tools) -> FastAPI:
    """An app that is nothing but the management plane."""
    made = FastAPI()
    made.include_router(create_graphql_router(tools), prefix="/graphql")
    return made


@pytest.fixture
def app(tools: Tools) -> FastAPI:
    """An app that is nothing but the management plane."""
    return management_app(tools)


Connect = Callable[[], Client]


@pytest.fixture
async def connect(app: FastAPI) -> AsyncIterator[Connect]:
    """Makes clients, each with a jar of its own for cookies."""
    opened: list[httpx.AsyncClient] = []

    def make() -> Client:
        transport = httpx.ASGITransport(app, client=("192.0.2.1", 1234))
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://localhost:3000"))
        return Client(opened[-1])

    yield make
    for http in opened:
        await http.aclose()


@pytest.fixture
def anyone(connect: Connect) -> Client:
    """A client that is not signed in."""
    return connect()


@pytest.fixture
async def ada(connect: Connect) -> Client:
    """A client that is signed in by its token."""
    return await _signed_up(connect(), "ada@example.com")


@pytest.fixture
async def eve(connect: Connect) -> Client:
    """A client that is signed in as somebody else."""
    return await _signed_up(connect(), "eve@example.com")


async def _signed_up(client: Client, email: str) -> Client:
    client.token = (await client.sign_up(email)).text("signup.token")
    client.http.cookies.clear()
    return client
