"""A gateway and a simulator in a thread of their own: the browser's driver needs the main one."""

import asyncio
import random
import socket
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
from playwright.sync_api import Page

from app.main import create_app
from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests import front_door
from tests.front_door import Gateway, Row
from tests.serving import serving

T = TypeVar("T")

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Server:
    """A running gateway with the built dashboard."""

    url: str
    gateway: Gateway
    simulator: RunningSimulator
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[object, object, T]) -> T:
        """What a coroutine gives, run where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def sign_up(self, name: str = "ada") -> "Account":
        """A new account."""
        email = unique_email(name)
        return Account(self, email, self.run(self.gateway.sign_up(email)))


@dataclass(frozen=True)
class Account:
    """A signed-up user, whose password is PASSWORD, with a workspace and an API key."""

    server: Server
    email: str
    account: front_door.Account

    @property
    def workspace_id(self) -> str:
        return self.account.workspace_id

    @property
    def api_key(self) -> str:
        return self.account.api_key

    @property
    def token(self) -> str:
        return self.account.token

    def sign_in(self, page: Page) -> None:
        """Gives the page's browser a session of the account."""
        page.context.add_cookies([{"name": "perpetuo_session", "value": self.token, "url": self.server.url}])

    def graphql(self, query: str, **variables: object) -> Row:
        """The data of a GraphQL answer without errors."""
        return self.server.run(self.account.graphql(query, **variables))

    def add_provider(self, **values: object) -> str:
        """Stores a provider key that points to the simulator; gives its id."""
        return self.server.run(self.account.add_provider(self.server.simulator, **values))

    def complete(self, model: str = "gpt-4o-mini", **values: object) -> httpx.Response:
        """What the route answers to a short prompt."""
        body = {"model": model, "messages": [{"role": "user", "content": "Say hello"}], **values}
        return self.server.run(self.account.complete(body))

    def logs(self, count: int) -> list[Row]:
        """The workspace's log rows, newest first, as soon as there are `count` of them."""
        return self.server.run(self.account.logs(count))


def unique_email(name: str = "ada") -> str:
    """An address that no other test has an account with."""
    return f"{name}-{uuid4().hex[:8]}@example.com"


def quiet_port() -> int:
    """A free port below those that the system gives to connections, which come and go all the time."""
    for port in random.sample(range(20_000, 30_000), 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("A hundred ports are taken.")


@contextmanager
def running_server(settings: Settings, web: Path) -> Iterator[Server]:
    """A gateway that serves the dashboard of `web`, and a simulator, while the block runs."""
    ready: Future[Server] = Future()
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(settings, web, ready, stop)), name="backend")
    thread.start()
    try:
        yield ready.result(30)
    finally:
        stop.set()
        thread.join(30)


async def _serve(settings: Settings, web: Path, ready: Future[Server], stop: threading.Event) -> None:
    try:
        async with AsyncExitStack() as stack:
            app = create_app(settings, web)
            await stack.enter_async_context(app.running())
            url = await stack.enter_async_context(serving(app))
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, verify=False))
            simulator = await stack.enter_async_context(running())
            ready.set_result(Server(url, Gateway(url, app, http), simulator, asyncio.get_running_loop()))
            await asyncio.to_thread(stop.wait)
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)
