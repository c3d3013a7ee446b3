import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from app.core.changes import RequestsLogged
from app.management.tools import Tools
from app.models import ApiKey, RequestLog
from tests.graphql_schema.client import LOG_IN, PASSWORD, Client
from tests.graphql_schema.rows import log_request
from tests.serving import serving

SUBSCRIBE = "subscription ($id: ID!) { requestLogged(workspaceId: $id) { id model apiKey { name } } }"
PROTOCOL = Subprotocol("graphql-transport-ws")


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The address of a real server."""
    async with serving(app) as served:
        yield served


@asynccontextmanager
async def socket_to(
    address: str, protocol: Subprotocol = PROTOCOL, /, **headers: str
) -> AsyncIterator[ClientConnection]:
    url = address.replace("http://", "ws://") + "/graphql"
    async with open_socket(url, subprotocols=[protocol], additional_headers=headers, proxy=None) as socket:
        yield socket


async def send(socket: ClientConnection, **message: object) -> None:
    await socket.send(json.dumps(message))


async def receive(socket: ClientConnection) -> Mapping[str, object]:
    async with asyncio.timeout(5):
        return cast("Mapping[str, object]", json.loads(await socket.recv()))


async def begin(socket: ClientConnection, token: str | None = None) -> None:
    payload = {"authorization": f"Bearer {token}"} if token else {}
    await send(socket, type="connection_init", payload=payload)
    assert await receive(socket) == {"type": "connection_ack"}


async def start(socket: ClientConnection, query: str, id_: str = "1", **variables: str) -> None:
    await send(socket, id=id_, type="subscribe", payload={"query": query, "variables": variables})


async def subscribe(socket: ClientConnection, tools: Tools, client: Client) -> None:
    """Subscribes, and waits until the subscription listens."""
    listeners = len(tools.changes._listeners)
    await start(socket, SUBSCRIBE, id=client.workspace_id)
    async with asyncio.timeout(5):
        while len(tools.changes._listeners) == listeners:  # noqa: ASYNC110 # the protocol has no such event
            await asyncio.sleep(0.01)


def announce(tools: Tools, *rows: RequestLog) -> None:
    tools.changes.publish(RequestsLogged(rows[0].workspace_id, tuple(row.id for row in rows)))


async def test_each_request_is_delivered_once_as_it_ends(tools: Tools, ada: Client, address: str) -> None:
    api_key = await ApiKey.get(workspace_id=ada.workspace_id)
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)
        first = await log_request(ada.workspace_id, model="first", api_key_id=api_key.id)
        second = await log_request(ada.workspace_id, model="second")

        announce(tools, first)
        announce(tools, first, second)

        shown = [await receive(socket) for _ in range(2)]
    rows = [
        {"id": str(first.id), "model": "first", "apiKey": {"name": "Default key"}},
        {"id": str(second.id), "model": "second", "apiKey": None},
    ]
    assert shown == [{"id": "1", "type": "next", "payload": {"data": {"requestLogged": row}}} for row in rows]


async def test_requests_of_other_workspaces_are_not_delivered(
    tools: Tools, ada: Client, eve: Client, address: str
) -> None:
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)
        foreign = await log_request(eve.workspace_id)
        own = await log_request(ada.workspace_id)

        announce(tools, foreign)
        announce(tools, own)

        shown = await receive(socket)
    assert str(own.id) in str(shown)


async def test_a_browser_subscribes_by_its_cookie(tools: Tools, ada: Client, address: str) -> None:
    headers = {"Cookie": f"perpetuo_session={ada.token}", "Origin": address}
    async with socket_to(address, **headers) as socket:
        await begin(socket)
        await subscribe(socket, tools, ada)
        row = await log_request(ada.workspace_id)

        announce(tools, row)

        assert str(row.id) in str(await receive(socket))


async def test_a_foreign_page_gets_no_socket(ada: Client, address: str) -> None:
    headers = {"Cookie": f"perpetuo_session={ada.token}", "Origin": "https://evil.example"}
    with pytest.raises(InvalidStatus) as caught:
        async with socket_to(address, **headers):
            pass

    assert caught.value.response.status_code == 403


async def test_the_public_address_gets_a_socket_behind_a_proxy(tools: Tools, address: str) -> None:
    async with socket_to(address, Origin=tools.settings.base_url) as socket:
        await begin(socket)


async def test_the_legacy_protocol_is_not_spoken(address: str) -> None:
    async with socket_to(address, Subprotocol("graphql-ws")) as socket:
        with pytest.raises(ConnectionClosed) as caught:
            await receive(socket)

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4406


async def test_a_subscription_is_refused_by_post_also_where_its_document_is_known_from_a_socket(
    tools: Tools, ada: Client, address: str
) -> None:
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)

    answer = await ada.run(SUBSCRIBE, {"id": ada.workspace_id})

    assert answer.codes == [("VALIDATION", None)]


async def test_nobody_can_subscribe(ada: Client, address: str) -> None:
    async with socket_to(address) as socket:
        await begin(socket)

        await start(socket, SUBSCRIBE, id=ada.workspace_id)

        refusal = await receive(socket)
    assert refusal["type"] == "error"
    assert codes(refusal["payload"]) == ["UNAUTHENTICATED"]


async def test_a_foreign_workspace_is_not_found(ada: Client, eve: Client, address: str) -> None:
    async with socket_to(address) as socket:
        await begin(socket, ada.token)

        await start(socket, SUBSCRIBE, id=eve.workspace_id)

        refusal = await receive(socket)
    assert refusal["type"] == "error"
    assert codes(refusal["payload"]) == ["NOT_FOUND"]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("mutation { logout }", id="log-out"),
        pytest.param("mutation { logoutEverywhere }", id="log-out everywhere"),
    ],
)
async def test_a_socket_closes_when_its_session_ends(
    tools: Tools, ada: Client, address: str, end: str
) -> None:
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)

        await ada.run(end)

        last = await receive(socket)
        assert codes(cast("Mapping[str, object]", last["payload"])["errors"]) == ["UNAUTHENTICATED"]
        assert await receive(socket) == {"id": "1", "type": "complete"}
        with pytest.raises(ConnectionClosed) as caught:
            await receive(socket)
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4401, "The session has ended")


async def test_a_socket_stays_when_another_session_ends(tools: Tools, ada: Client, address: str) -> None:
    logged_in = await ada.run(LOG_IN, {"input": {"email": "ada@example.com", "password": PASSWORD}})
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)
        await ada.run("mutation { logout }", authorization=f"Bearer {logged_in.text('login.token')}")
        other = Client(ada.http, logged_in.text("login.token"))
        await other.run("mutation { logout }")
        row = await log_request(ada.workspace_id)

        announce(tools, row)

        assert str(row.id) in str(await receive(socket))


async def test_two_subscriptions_of_a_socket_end_in_order(tools: Tools, ada: Client, address: str) -> None:
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)
        await start(socket, SUBSCRIBE, "2", id=ada.workspace_id)
        row = await log_request(ada.workspace_id)
        async with asyncio.timeout(5):
            while len(tools.changes._listeners) < 2:  # noqa: ASYNC110 # the protocol has no such event
                await asyncio.sleep(0.01)
        announce(tools, row)
        shown = [await receive(socket) for _ in range(2)]

        await ada.run("mutation { logout }")

        ends = [await receive(socket) for _ in range(4)]
        with pytest.raises(ConnectionClosed) as caught:
            await receive(socket)
    assert sorted(str(message["id"]) for message in shown) == ["1", "2"]
    assert sorted(f"{end['id']} {end['type']}" for end in ends) == [
        "1 complete",
        "1 next",
        "2 complete",
        "2 next",
    ]
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4401


async def test_a_closed_socket_stops_listening(tools: Tools, ada: Client, address: str) -> None:
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await subscribe(socket, tools, ada)

    async with asyncio.timeout(5):
        while tools.changes._listeners:  # noqa: ASYNC110 # nothing tells
            await asyncio.sleep(0.01)


async def test_each_operation_of_a_socket_reads_afresh(ada: Client, address: str) -> None:
    names = "{ workspaces { apiKeys { name } } }"
    async with socket_to(address) as socket:
        await begin(socket, ada.token)
        await start(socket, names)
        before = [await receive(socket), await receive(socket)]
        await ada.run(
            'mutation ($id: ID!) { createApiKey(workspaceId: $id, name: "new") { secret } }',
            {"id": ada.workspace_id},
        )

        await start(socket, names)
        after = await receive(socket)

    assert before[1] == {"id": "1", "type": "complete"}
    assert "new" not in str(before[0])
    assert "new" in str(after)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("no JSON", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('{"type": "unknown"}', id="an unknown type"),
        pytest.param('{"type": "subscribe", "id": "1", "payload": null}', id="no payload"),
        pytest.param('{"type": "subscribe", "id": "1", "payload": []}', id="a list for a payload"),
        pytest.param("[" * 100_000, id="deep JSON"),
    ],
)
async def test_what_is_no_message_closes_the_socket(
    address: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with socket_to(address) as socket:
        await begin(socket)
        await socket.send(message)
        with pytest.raises(ConnectionClosed) as caught:
            await receive(socket)

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4400
    assert "Traceback" not in caplog.text


def codes(errors: object) -> list[str]:
    return [error["extensions"]["code"] for error in cast("list[dict[str, dict[str, str]]]", errors)]
