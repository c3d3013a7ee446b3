"""Requests whose line and headers have no end."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from app.cli.server import Server
from app.main import create_app
from app.rest.protocol import LARGEST_HEAD_BYTES, BoundedHttpProtocol
from app.settings import Settings
from tests.front_door import Account

pytestmark = pytest.mark.asyncio(loop_scope="module")

GET = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
# Just enough, so that nothing is left unread where the connection is closed: that would lose the answer.
LONG = b"a" * LARGEST_HEAD_BYTES
MANY = [b"X-%05d: %b\r\n" % (number, b"a" * 200) for number in range(312)]


async def exchange(account: Account, *pieces: bytes) -> bytes:
    """All that comes back for these pieces, each sent on its own, until the connection is closed."""
    gateway = urlsplit(account.url)
    reader, writer = await asyncio.open_connection(gateway.hostname, gateway.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        # So that they are read one by one: here all share one loop.
        for _ in range(5):
            await asyncio.sleep(0)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([GET + b"X: " + LONG], id="a value without end"),
        pytest.param([GET + b"X: " + LONG + b"\r\n\r\n"], id="a value with its end"),
        pytest.param([GET, b"X: ", *[LONG[:6554]] * 10], id="a value in pieces"),
        pytest.param([GET, *MANY], id="many headers"),
        pytest.param([GET + LONG], id="a name"),
        pytest.param([b"GET /" + LONG], id="an address"),
    ],
)
async def test_a_head_without_end_is_refused(standing_account: Account, pieces: list[bytes]) -> None:
    answer = await exchange(standing_account, *pieces)

    head, _, body = answer.partition(b"\r\n\r\n")
    error = json.loads(body)["error"]
    assert head.startswith(b"HTTP/1.1 431 ")
    assert (error["type"], error["code"], error["param"]) == (
        "invalid_request_error",
        "headers_too_large",
        None,
    )


@pytest.mark.parametrize("between", [[], [b""]], ids=["at once", "later"])
async def test_a_second_request_has_the_same_limit(standing_account: Account, between: list[bytes]) -> None:
    first, second = GET + b"\r\n", GET + b"X: "
    pieces = [first, *between, second] if between else [first + second]

    answer = await exchange(standing_account, *pieces, *[LONG[:6554]] * 10)

    assert answer.count(b"HTTP/1.1 200 ") <= 1
    assert answer.count(b"HTTP/1.1 ") <= 2


async def test_trailers_have_the_same_limit(standing_account: Account) -> None:
    answer = await exchange(standing_account, CHUNKED + b"2\r\n{}\r\n", b"0\r\n", *MANY)

    assert b"HTTP/1.1 200 " not in answer


async def test_a_long_head_is_taken(standing_account: Account) -> None:
    answer = await exchange(standing_account, GET, *MANY[:300], b"Connection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("pieces", [1, 20])
@pytest.mark.parametrize("is_chunked", [False, True], ids=["by length", "in chunks"])
async def test_a_body_does_not_count(standing_account: Account, pieces: int, is_chunked: bool) -> None:
    body = json.dumps({"query": "{ __typename }", "variables": {"x": "a" * 200_000}}).encode()
    size = len(body) // pieces + 1
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    head = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += b"Content-Type: application/json\r\n"
    if is_chunked:
        sent = [b"%x\r\n%b\r\n" % (len(part), part) for part in parts] + [b"0\r\nX: trailer\r\n\r\n"]
        head += b"Transfer-Encoding: chunked\r\n\r\n"
    else:
        sent = parts
        head += b"Content-Length: %d\r\n\r\n" % len(body)

    answer = await exchange(standing_account, head + sent[0], *sent[1:])

    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_the_server_speaks_so(sqlite_settings: Settings) -> None:
    app = create_app(sqlite_settings)

    assert Server(app, sqlite_settings).config.http is BoundedHttpProtocol
