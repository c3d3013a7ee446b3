"""Serving the dashboard: a small build of a few files, or none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.serving import serving

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-encoding": "gzip, deflate, br"}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A built dashboard; one asset is there in compressed forms too."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name in ("index.html", "graphiql.html"):
        (folder / name).write_text(f"<!doctype html><title>{name}</title>")
    (folder / "robots.txt").write_text("User-agent: *\n")
    (folder / "favicon.svg").write_text("<svg/>")
    for suffix in ("", ".br", ".gz"):
        (folder / f"assets/first-1a2b3c.js{suffix}").write_text(f"script{suffix}")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@asynccontextmanager
async def gateway(settings: Settings, web: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, web)
    async with app.running(), serving(app) as url, httpx.AsyncClient(base_url=url) as http:
        http.headers.pop("accept-encoding")
        yield http


@pytest.fixture
async def http(sqlite_settings: Settings, web: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway(sqlite_settings, web) as http:
        yield http


@pytest.mark.parametrize(
    "path", ["/", "/login", "/w/1/logs?status=500", "/w/1/logs/a.b", "/v1x", "/index.html"]
)
async def test_every_page_is_the_dashboard_which_decides_what_it_shows(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path, headers=BROWSER)

    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>index.html</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_graphiql_has_a_page_and_a_policy_of_its_own(http: httpx.AsyncClient) -> None:
    answer = await http.get("/graphiql", headers=BROWSER)

    policy = answer.headers["content-security-policy"]
    assert answer.text == "<!doctype html><title>graphiql.html</title>"
    assert "script-src 'self';" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "worker-src 'self' blob:" in policy


@pytest.mark.parametrize(
    ("path", "kind"), [("/robots.txt", "text/plain; charset=utf-8"), ("/favicon.svg", "image/svg+xml")]
)
async def test_other_files_are_asked_for_again_each_time(
    http: httpx.AsyncClient, path: str, kind: str
) -> None:
    answer = await http.get(path)
    again = await http.get(path, headers={"if-none-match": answer.headers["etag"]})

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("accepted", "encoding", "text"),
    [
        ("gzip, deflate, br, zstd", "br", "script.br"),
        ("GZIP;q=0.5", "gzip", "script.gz"),
        ("br; q=0, gzip", "gzip", "script.gz"),
        ("identity", None, "script"),
        ("", None, "script"),
    ],
    ids=["brotli", "gzip", "refused", "plain", "nothing"],
)
async def test_an_asset_goes_out_as_it_was_compressed(
    http: httpx.AsyncClient, accepted: str, encoding: str | None, text: str
) -> None:
    async with http.stream("GET", "/assets/first-1a2b3c.js", headers={"accept-encoding": accepted}) as answer:
        body = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert body.decode() == text
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js",
        "/assets",
        "/v1/gone",
        "/graphql/gone",
        "/health/gone",
    ],
)
async def test_what_is_not_there_is_no_page(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers=BROWSER)

    assert answer.status_code == 404
    assert "<title>" not in answer.text


async def test_only_a_browser_that_navigates_gets_a_page(http: httpx.AsyncClient) -> None:
    fetched = await http.get("/login", headers={"accept": "*/*"})
    posted = await http.post("/login", headers=BROWSER)
    head = await http.head("/", headers=BROWSER)

    assert (fetched.status_code, posted.status_code) == (404, 405)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/%2e%2e%2f%2e%2e/secret.txt"]
)
async def test_nothing_outside_the_folder_is_served(http: httpx.AsyncClient, path: str) -> None:
    request = http.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await http.send(request)

    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_a_name_that_no_file_can_have_is_not_found(http: httpx.AsyncClient) -> None:
    statuses = [(await http.get(path)).status_code for path in ("/%00", f"/{'x' * 5000}")]

    assert statuses == [404, 404]


async def test_without_a_build_a_plain_page_says_where_to_go_at_this_address(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    settings = sqlite_settings.model_copy(update={"public_url": "https://gateway.example.com/"})
    async with gateway(settings, tmp_path / "nowhere") as http:
        answer = await http.get("/", headers=BROWSER)
        graphiql = await http.get("/graphiql", headers=BROWSER)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "https://gateway.example.com/v1/chat/completions" in answer.text
    assert "localhost:3000" not in answer.text
    assert (graphiql.status_code, graphiql.headers["location"]) == (302, "/")


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
async def test_graphql_answers_with_and_without_a_slash_at_its_end(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.post(path, json={"query": "{ server { signupOpen } }"})

    assert (answer.status_code, answer.json()) == (200, {"data": {"server": {"signupOpen": True}}})


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
async def test_a_browser_at_graphql_is_led_to_graphiql(http: httpx.AsyncClient, path: str) -> None:
    browser = await http.get(path, headers=BROWSER)
    script = await http.get("/graphql?query={me{id}}")

    assert (browser.status_code, browser.headers["location"]) == (302, "/graphiql")
    assert script.status_code == 405
