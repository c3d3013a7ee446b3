"""The HTTP and WebSocket face of the schema."""

import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Final

import msgspec
from fastapi import APIRouter, Depends, Request, Response, WebSocketException
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive
from strawberry.fastapi import GraphQLRouter
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws import handlers
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message as SocketMessage

from app.errors import BodyTooLarge, Forbidden, PerpetuoError
from app.management import accounts
from app.management.tools import Tools
from graphql_schema.context import Context
from graphql_schema.errors import extensions_of
from graphql_schema.guard import own_origin, refuse_forged, refuse_rebound
from graphql_schema.schema import create_schema

# In bytes: the body of a POST, and a message of a socket, which the server itself has to bound.
LARGEST_REQUEST: Final = 1_000_000
_INIT_TIMEOUT = timedelta(seconds=10)
_MOST_OPERATIONS = 20
_SESSION_ENDED = 4401
_POLICY_VIOLATION = 1008


def create_graphql_router(tools: Tools) -> APIRouter:
    """The router for `/graphql`: POST of JSON, and sockets that speak graphql-transport-ws."""

    async def context(connection: HTTPConnection) -> Context:
        return Context(tools, connection)

    async def guard_socket(connection: HTTPConnection) -> None:
        # Strawberry's own check believes the Host header; requests are guarded by their route.
        if connection.scope["type"] == "websocket":
            try:
                refuse_rebound(tools, connection)
            except Forbidden as error:
                raise WebSocketException(_POLICY_VIOLATION, error.message) from error

    return _Router(
        create_schema(),
        context_getter=context,
        route_class=_guarded(tools),
        dependencies=[Depends(guard_socket)],
        graphql_ide=None,
        allow_queries_via_get=False,
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
        connection_init_wait_timeout=_INIT_TIMEOUT,
        max_subscriptions_per_connection=_MOST_OPERATIONS,
        allowed_origins=[own_origin(tools)],
    )


class _SocketHandler(handlers.BaseGraphQLTransportWSHandler[Context, None]):
    """Closes a socket whose session has ended, once the operation that found it out has been answered."""

    async def handle_message(self, message: SocketMessage) -> None:
        try:
            await super().handle_message(message)
        except (TypeError, AttributeError):
            await self.handle_invalid_message("Failed to parse message")

    async def run_operation(self, operation: handlers.Operation[Context, None]) -> None:
        await super().run_operation(operation)
        token = self.context.token
        if token is None or self.operations:
            return
        if await accounts.authenticate(self.context.tools, token) is None:
            await self.websocket.close(_SESSION_ENDED, "The session has ended")


class _Router(GraphQLRouter[Context, None]):
    graphql_transport_ws_handler_class = _SocketHandler

    def decode_json(self, data: str | bytes) -> object:
        """An object; everything else is answered as malformed JSON, not with a failure of ours."""
        text = data if isinstance(data, str) else data.decode(errors="replace")
        try:
            decoded = json.loads(data)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), text, 0) from error
        if not isinstance(decoded, dict):
            raise json.JSONDecodeError("not an object", text, 0)
        name = decoded.get("operationName")
        if isinstance(name, str) and not name.isascii():
            # No name of GraphQL's, and with half a surrogate pair in it the complaint could not be written.
            raise json.JSONDecodeError("operationName is no name", text, 0)
        return decoded

    def encode_json(self, data: object) -> str | bytes:
        """An answer as JSON. The standard library takes ten times as long: 5 ms for a year of usage."""
        try:
            # A text, for sockets would send bytes as a binary message, which no client reads.
            return msgspec.json.encode(data).decode()
        except UnicodeEncodeError:
            # Half a surrogate pair, which UTF-8 has no place for: an error may repeat what a client sent.
            return super().encode_json(data)


def _guarded(tools: Tools) -> type[APIRoute]:
    """A class of routes that refuse forged and oversized requests before anything looks at them."""

    class GuardedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
            handle = super().get_route_handler()

            async def handle_guarded(request: Request) -> Response:
                try:
                    refuse_rebound(tools, request)
                    refuse_forged(tools, request)
                    return await handle(Request(request.scope, _bounded(request.receive)))
                except PerpetuoError as error:
                    return _refusal(error)

            return handle_guarded

    return GuardedRoute


def _bounded(receive: Receive) -> Receive:
    left = LARGEST_REQUEST

    async def receive_bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise BodyTooLarge(f"A GraphQL request has at most {LARGEST_REQUEST} bytes.")
        return message

    return receive_bounded


def _refusal(error: PerpetuoError) -> Response:
    shown = {"message": error.message, "extensions": dict(extensions_of(error))}
    return JSONResponse({"data": None, "errors": [shown]}, status_code=error.http_status)
