from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from app.management.tools import Tools
from graphql_schema.router import create_graphql_router
from tests.graphql_schema.client import LOG_IN, PASSWORD, SIGN_UP, Client
from tests.graphql_schema.conftest import management_app
from tests.serving import serving

ME = "{ me { email } }"


async def test_the_cookie_needs_the_csrf_header(anyone: Client) -> None:
    await anyone.sign_up()

    answer = await anyone.run(ME)

    assert answer.response.status_code == 403
    assert answer.codes == [("FORBIDDEN", None)]
    assert "X-Perpetuo-CSRF" in answer.messages[0]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec_fetch_site": "cross-site"}, id="from another site"),
        pytest.param({"sec_fetch_site": "same-site"}, id="from a sibling"),
        pytest.param({"origin": "https://evil.example"}, id="of another origin"),
        pytest.param({"origin": "http://localhost:3001"}, id="of another port"),
        pytest.param({"origin": "null"}, id="of no origin"),
    ],
)
async def test_a_foreign_page_is_refused_with_and_without_a_cookie(
    anyone: Client, headers: dict[str, str]
) -> None:
    form = {"input": {"email": "ada@example.com", "password": PASSWORD}}
    without = await anyone.run(LOG_IN, form, **headers)
    await anyone.sign_up()
    with_cookie = await anyone.run(ME, x_perpetuo_csrf="1", **headers)

    assert (without.response.status_code, without.codes) == (403, [("FORBIDDEN", None)])
    assert (with_cookie.response.status_code, with_cookie.codes) == (403, [("FORBIDDEN", None)])


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(
            {"sec_fetch_site": "same-origin", "origin": "http://localhost:3000"}, id="a page of ours"
        ),
        pytest.param({"sec_fetch_site": "none"}, id="the address bar"),
        pytest.param({}, id="no browser"),
    ],
)
async def test_ones_own_page_is_let_in(anyone: Client, headers: dict[str, str]) -> None:
    await anyone.sign_up()

    answer = await anyone.run(ME, x_perpetuo_csrf="1", **headers)

    assert answer.at("me.email") == "ada@example.com"


async def test_a_token_needs_no_guard(ada: Client) -> None:
    answer = await ada.run(ME, origin="https://evil.example", sec_fetch_site="cross-site")

    assert answer.at("me.email") == "ada@example.com"


@pytest.mark.parametrize("authorization", [{}, {"authorization": "Bearer no token"}], ids=["no token", "any"])
@pytest.mark.parametrize("host", ["evil.example:3000", "192.0.2.7:3000", "localhost.evil.example:3000", "["])
async def test_a_page_under_a_foreign_name_that_points_here_is_refused(
    anyone: Client, host: str, authorization: dict[str, str]
) -> None:
    form = {"input": {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}}

    answer = await anyone.run(
        SIGN_UP, form, host=host, origin=f"http://{host}", sec_fetch_site="same-origin", **authorization
    )

    assert (answer.response.status_code, answer.codes) == (403, [("FORBIDDEN", None)])
    assert "PUBLIC_URL" in answer.messages[0]


async def test_a_page_under_a_foreign_name_that_points_here_gets_no_socket(app: FastAPI) -> None:
    async with serving(app) as address:
        port = urlsplit(address).port
        with pytest.raises(InvalidStatus) as caught:
            await open_socket(
                "ws://evil.example:3000/graphql",
                subprotocols=[Subprotocol("graphql-transport-ws")],
                additional_headers={"Origin": "http://evil.example:3000", "Sec-Fetch-Site": "same-origin"},
                host="127.0.0.1",
                port=port,
                proxy=None,
            )

    assert caught.value.response.status_code == 403


@pytest.mark.parametrize("host", ["localhost:8080", "my.localhost", "127.0.0.1:3000", "[::1]:3000"])
async def test_a_page_under_a_name_of_this_machine_is_let_in(anyone: Client, host: str) -> None:
    await anyone.sign_up()
    cookie = f"perpetuo_session={anyone.http.cookies['perpetuo_session']}"

    answer = await anyone.run(ME, host=host, origin=f"http://{host}", cookie=cookie, x_perpetuo_csrf="1")

    assert answer.at("me.email") == "ada@example.com"


async def test_what_is_no_page_may_use_any_name(ada: Client) -> None:
    answer = await ada.run(ME, host="gateway.internal:3000")

    assert answer.at("me.email") == "ada@example.com"


@pytest.mark.parametrize(
    ("public_url", "status"),
    [
        pytest.param("", 200, id="nobody said how it is called"),
        pytest.param("https://evil.example", 200, id="called so"),
        pytest.param("https://gateway.example.com", 403, id="called otherwise"),
    ],
)
async def test_a_server_for_others_goes_by_its_public_url(tools: Tools, public_url: str, status: int) -> None:
    settings = tools.settings.model_copy(update={"host": "0.0.0.0", "public_url": public_url})
    transport = httpx.ASGITransport(management_app(replace(tools, settings=settings)))
    async with httpx.AsyncClient(transport=transport, base_url="https://evil.example") as http:
        answer = await Client(http).run(ME, origin="https://evil.example")

    assert answer.response.status_code == status


@pytest.fixture
async def by_https(tools: Tools) -> AsyncIterator[Client]:
    """A client of a server that users reach by https, behind a proxy that changes the host."""
    settings = tools.settings.model_copy(update={"public_url": "https://gateway.example.com/"})
    app = FastAPI()
    app.include_router(create_graphql_router(replace(tools, settings=settings)), prefix="/graphql")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://internal.example.com"
    ) as http:
        yield Client(http)


async def test_by_https_the_cookie_is_bound_to_its_host(by_https: Client) -> None:
    answer = await by_https.sign_up()

    cookie = answer.response.headers["set-cookie"]
    assert cookie.startswith("__Host-perpetuo_session=")
    for attribute in ("HttpOnly", "SameSite=lax", "Path=/", "Secure"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_the_public_address_is_an_origin_of_ours(by_https: Client) -> None:
    await by_https.sign_up()

    answer = await by_https.run(ME, x_perpetuo_csrf="1", origin="https://gateway.example.com")

    assert answer.at("me.email") == "ada@example.com"
