"""Wiring: the only module that knows every part of the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.core.background import in_background
from app.core.changes import Changes
from app.core.secrets import Vault
from app.database import connect, migrate
from app.gateway.access import Access
from app.gateway.alarms import Alarms
from app.gateway.breaker import Breaker
from app.gateway.dispatch import Dispatcher
from app.gateway.ledger import Ledger
from app.gateway.notifications import hear
from app.gateway.pricing import load_prices
from app.gateway.snapshot import Snapshot
from app.installation import only_worker, with_secrets
from app.management import simulated
from app.management.passwords import Passwords
from app.management.throttle import Throttle
from app.management.tokens import Tokens
from app.management.tools import Tools
from app.rest import dashboard
from app.rest.chat_completions import ChatCompletions
from app.rest.health import Drain, Health
from app.rest.routes import Routes, is_route
from app.settings import Settings
from app.simulator import EmbeddedSimulator
from app.upstream import Upstream
from app.upstream.media import MediaFetcher
from graphql_schema.router import create_graphql_router


class Perpetuo:
    """The whole process as one ASGI application.

    Requests below `/v1` go straight to the data plane; everything else is FastAPI's. `drain` tells health
    that the process is about to stop.
    """

    def __init__(self, settings: Settings, web: Path = dashboard.FOLDER) -> None:
        self._tools = create_tools(settings)
        self.drain = Drain()
        # Both come with `running`.
        self._routes: Routes | None = None
        self._health: Health | None = None
        self._management = self._create_management(web)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request or a socket to the plane it belongs to."""
        if self._routes is not None and scope["type"] == "http" and is_route(scope["path"]):
            await self._routes(scope, receive, send)
        else:
            await self._management(_without_slash(scope), receive, send)

    def _create_management(self, web: Path) -> FastAPI:
        app = FastAPI(title="Perpetuo", docs_url=None, redoc_url=None, openapi_url=None)

        @app.get("/health")
        async def health() -> Response:
            status, body = self._health.report() if self._health else (503, b'{"status":"unavailable"}')
            return Response(body, status, media_type="application/json")

        @app.get("/health/live")
        async def live() -> Response:
            return Response('{"status":"ok"}', media_type="application/json")

        @app.get("/graphql")
        async def graphql_by_get(request: Request) -> Response:
            return dashboard.instead_of_graphql(request)

        app.include_router(create_graphql_router(self._tools), prefix="/graphql")
        # Last, for it takes whatever is left.
        app.mount("/", dashboard.create_dashboard(web, self._tools.settings.base_url))
        return app

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serves while the block runs: migrates, connects, and at the end flushes the ledger.

        Raises StartRefused.
        """
        settings, tools = self._tools.settings, self._tools
        async with AsyncExitStack() as stack:
            stack.enter_context(only_worker(settings))
            await migrate(settings)
            await asyncio.to_thread(load_prices)
            await stack.enter_async_context(connect(settings))
            stack.push_async_callback(tools.upstream.close)
            await stack.enter_async_context(tools.simulated.running())
            await simulated.resume(tools)
            snapshot = Snapshot(settings, tools.vault, tools.changes)
            await snapshot.poll()
            await stack.enter_async_context(snapshot.running())
            ledger = Ledger(settings, tools.changes)
            await stack.enter_async_context(ledger.running())
            await stack.enter_async_context(
                in_background(partial(hear, settings, tools.changes, ledger.origin))
            )
            media = MediaFetcher(settings)
            stack.push_async_callback(media.close)
            self._open(snapshot, ledger, media)
            yield

    def _open(self, snapshot: Snapshot, ledger: Ledger, media: MediaFetcher) -> None:
        settings = self._tools.settings
        breaker = Breaker(settings.breaker_failures, settings.breaker_open_s)
        dispatcher = Dispatcher(self._tools.upstream, media, breaker, settings, Alarms())
        self._routes = Routes(ChatCompletions(Access(snapshot), ledger, dispatcher, settings))
        self._health = Health(settings, ledger, snapshot, self.drain)


def _without_slash(scope: Scope) -> Scope:
    # Clients of GraphQL are configured with either, and not all of them follow a redirect of a POST.
    return {**scope, "path": "/graphql"} if scope.get("path") == "/graphql/" else scope


def create_app(settings: Settings, web: Path = dashboard.FOLDER) -> Perpetuo:
    """The application for these settings and the dashboard in `web`; it serves inside its `running()`."""
    return Perpetuo(settings, web)


def create_tools(settings: Settings) -> Tools:
    """What the management plane works with. Raises StartRefused where secrets are missing."""
    settings = with_secrets(settings)
    return Tools(
        settings=settings,
        vault=Vault(settings.encryption_key),
        passwords=Passwords(settings),
        tokens=Tokens(settings.jwt_secret, settings.session_days),
        throttle=Throttle(),
        changes=Changes(),
        upstream=Upstream(settings),
        simulated=EmbeddedSimulator(settings),
    )
