"""A browser in front of a real gateway, which has a database of its own in each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Playwright, sync_playwright
from pytest_playwright.pytest_playwright import CreateContextCallback

from app.rest.dashboard import FOLDER
from app.settings import Settings
from app.simulator import RunningSimulator
from tests.e2e.backend import Account, Server, running_server
from tests.e2e.browser import FLAGS, Axe, BrowserMissing, Guard, create_axe, find_chromium
from tests.e2e.log_page import FORMULA

# The plugin keeps its driver, and with it an event loop in the main thread, until the session ends; other
# tests have loops of their own there. So it goes with the last test of this folder.


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser_type(playwright: Playwright) -> BrowserType:
    return playwright.chromium


@pytest.fixture(scope="package")
def browser(browser_type: BrowserType) -> Iterator[Browser]:
    try:
        executable = find_chromium(browser_type)
    except BrowserMissing as error:
        pytest.fail(str(error), pytrace=False)
    browser = browser_type.launch(executable_path=executable, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """What every context is made with; the plugin's own asks for its driver."""
    return {
        "locale": "en-US",
        "timezone_id": "UTC",
        "viewport": {"width": 1280, "height": 800},
        "reduced_motion": "reduce",
        "permissions": ["clipboard-read", "clipboard-write"],
    }


@pytest.fixture(scope="session")
def web() -> Path:
    """The built dashboard: PERPETUO_WEB_DIST, else the one that `make web` builds."""
    folder = Path(os.environ.get("PERPETUO_WEB_DIST", FOLDER))
    if not (folder / "index.html").is_file():
        pytest.fail("The dashboard is not built: make web", pytrace=False)
    return folder


@pytest.fixture
def server(sqlite_settings: Settings, web: Path) -> Iterator[Server]:
    with running_server(sqlite_settings, web) as server:
        yield server


@pytest.fixture
def simulator(server: Server) -> RunningSimulator:
    return server.simulator


@pytest.fixture
def account(server: Server) -> Account:
    return server.sign_up()


@pytest.fixture
def guard() -> Iterator[Guard]:
    guard = Guard()
    yield guard
    guard.check()


@pytest.fixture
def context(new_context: CreateContextCallback, server: Server, guard: Guard) -> BrowserContext:
    """A fresh browser, in English, without motion, whose paths are those of the server."""
    context = new_context(base_url=server.url)
    context.set_default_timeout(10_000)
    guard.watch(context)
    return context


@pytest.fixture
def signed_in(page: Page, account: Account, server: Server) -> Page:
    """A page whose browser is signed in; it has not gone anywhere yet."""
    page.context.add_cookies([{"name": "perpetuo_session", "value": account.token, "url": server.url}])
    return page


@pytest.fixture
def signed_in_page(page: Page, account: Account, server: Server) -> Page:
    """A page at the account's workspace."""
    page.context.add_cookies([{"name": "perpetuo_session", "value": account.token, "url": server.url}])
    page.goto(f"/w/{account.workspace_id}")
    page.get_by_role("heading", level=1).wait_for()
    return page


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Fails where a page, in its present state, is not accessible."""
    return create_axe()


@pytest.fixture
def used(account: Account) -> Account:
    """An account with one request of each kind: plain, streamed, answered by the second key, refused."""
    account.add_provider(modelMap=[{"requested": "flaky", "target": "gpt-4o;status=503"}])
    account.add_provider(
        provider="CUSTOM", label="Backup", modelMap=[{"requested": "flaky", "target": "llama-3.3-70b"}]
    )
    account.complete("gpt-4o-mini")
    account.complete("gpt-4o", stream=True)
    account.complete("flaky")
    account.complete(FORMULA)
    account.logs(4)
    return account
