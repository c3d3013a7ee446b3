"""What an operation works with: who asks, the tools of management, and loaders that gather its reads."""

import asyncio
from collections.abc import Mapping

import strawberry
from starlette.requests import HTTPConnection
from starlette.responses import Response
from strawberry.fastapi import BaseContext

from app.core.clock import now
from app.errors import Invalid, Unauthenticated
from app.management import accounts
from app.management.accounts import SignedIn
from app.management.tools import Tools
from app.management.viewer import Viewer
from graphql_schema.loaders import Loaders

# Rendering rows takes the event loop's time, which completions need too.
_MOST_LOG_ROWS = 2000
# Twice what any page of the dashboard asks of a workspace that is full to its limits.
_MOST_ROWS = 20_000


class Context(BaseContext):
    """The context of one connection, of which every operation gets a copy of its own.

    Strawberry sets `request`, `response` and, on a socket, `connection_params`.
    """

    def __init__(self, tools: Tools, connection: HTTPConnection) -> None:
        super().__init__()
        self.tools = tools
        self.connection = connection
        self.renew()

    def for_operation(self) -> "Context":
        """A context for one operation; a socket runs many, some at the same time."""
        fresh = Context(self.tools, self.connection)
        fresh.response = self.response
        fresh.connection_params = self.connection_params
        return fresh

    def renew(self) -> None:
        """Forgets what was read: a subscription looks again for each event."""
        self.loaders = Loaders()
        self._log_rows = 0
        self._rows = 0
        self._asking = asyncio.Lock()
        self._viewer: Viewer | None = None

    async def viewer(self) -> Viewer:
        """Who asks. Raises Unauthenticated."""
        viewer = await self.viewer_or_none()
        if viewer is None:
            raise Unauthenticated("Log in first: the session is missing or has ended.")
        return viewer

    async def viewer_or_none(self) -> Viewer | None:
        """Who asks; None while not signed in. A cookie past half its life is made fresh on the way."""
        async with self._asking:
            if self._viewer is None and (token := self.token) is not None:
                self._viewer = await accounts.authenticate(self.tools, token)
                await self._keep_cookie_fresh()
            return self._viewer

    @property
    def token(self) -> str | None:
        """What proves who asks. Authorization wins, and the cookie does not count beside it."""
        authorization = self._authorization
        if authorization is None:
            return self.connection.cookies.get(cookie_name(self.tools))
        scheme, _, token = authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    @property
    def is_by_socket(self) -> bool:
        """Whether the client is there for as long as it likes, and can be told of what happens."""
        return bool(self.connection.scope["type"] == "websocket")

    @property
    def own_address(self) -> str:
        """Where this server is reached, without a trailing slash: PUBLIC_URL, else as this request did."""
        url = self.connection.url
        scheme = "https" if url.is_secure else "http"
        return self.tools.settings.public_url.rstrip("/") or f"{scheme}://{url.netloc}"

    @property
    def client_address(self) -> str:
        """The address that the client comes from."""
        return self.connection.client.host if self.connection.client else "unknown"

    def sign_in(self, signed_in: SignedIn) -> None:
        """Signs the browser in."""
        self._answer.set_cookie(
            cookie_name(self.tools),
            signed_in.token,
            max_age=int((signed_in.expires_at - now()).total_seconds()),
            path="/",
            secure=self.tools.settings.is_https,
            httponly=True,
            samesite="lax",
        )

    def sign_out(self) -> None:
        """Signs the browser out, and what is left of the operation with it."""
        self._viewer = None
        self._answer.delete_cookie(
            cookie_name(self.tools),
            path="/",
            secure=self.tools.settings.is_https,
            httponly=True,
            samesite="lax",
        )

    def count_log_rows(self, rows: int) -> None:
        """Counts rows that are about to be read. Raises Invalid beyond what one operation may show."""
        self._log_rows += rows
        if self._log_rows > _MOST_LOG_ROWS:
            raise Invalid(f"One operation may ask for {_MOST_LOG_ROWS} log rows in all.", "first")

    def count_rows(self, rows: int, field: str) -> None:
        """Counts rows of other kinds that `field` is about to show. Raises Invalid like `count_log_rows`."""
        self._rows += rows
        if self._rows > _MOST_ROWS:
            raise Invalid(f"One operation may show {_MOST_ROWS} rows in all: {field} is too many.", field)

    @property
    def _authorization(self) -> str | None:
        params = self.connection_params if isinstance(self.connection_params, Mapping) else {}
        for name, value in params.items():
            if isinstance(name, str) and name.lower() == "authorization":
                return str(value)
        return self.connection.headers.get("authorization")

    @property
    def _answer(self) -> Response:
        # A socket has no answer that could carry a cookie.
        return self.response or Response()

    async def _keep_cookie_fresh(self) -> None:
        viewer = self._viewer
        if viewer is None or self._authorization is not None or self.is_by_socket:
            return
        if viewer.expires_at - now() < self.tools.tokens.lifetime / 2:
            signed_in = await accounts.prolong(self.tools, viewer)
            if signed_in is not None:
                self.sign_in(signed_in)


Info = strawberry.Info[Context, None]


def cookie_name(tools: Tools) -> str:
    """The session cookie; by https its name binds it to this host and path."""
    return "__Host-perpetuo_session" if tools.settings.is_https else "perpetuo_session"
