"""A browser in front of a real gateway; each test has an account of its own and a browser without traces.

A module's tests share both: to start them and to compile the dashboard's code would take most of the time.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Playwright, sync_playwright

from app.rest.dashboard import FOLDER
from app.simulator import RunningSimulator
from tests.conftest import make_settings
from tests.e2e.backend import Account, Server, quiet_port, running_server
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
def browser_context_args() -> dict[str, Any]:
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


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, web: Path) -> Iterator[Server]:
    """The module's gateway. Not the session's: nobody may sign up more than a hundred times."""
    folder = tmp_path_factory.mktemp("gateway")
    shutil.copy(sqlite_template, folder)
    # A simulated provider that is nobody else's.
    settings = make_settings(folder).model_copy(update={"simulator_port": quiet_port()})
    with running_server(settings, web) as server:
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


@pytest.fixture(scope="module")
def warm_context(
    browser: Browser, browser_context_args: dict[str, Any], server: Server
) -> Iterator[BrowserContext]:
    """The module's browser, in English, without motion, whose paths are those of the server.

    Its first page stays open, so that what the others need stays in memory.
    """
    context = browser.new_context(**browser_context_args, base_url=server.url)
    context.set_default_timeout(10_000)
    context.new_page().goto("/login")
    yield context
    context.close()


@pytest.fixture
def context(warm_context: BrowserContext, guard: Guard) -> Iterator[BrowserContext]:
    """A browser in which nothing is kept from before."""
    first, *_ = warm_context.pages
    with guard.watching(warm_context):
        yield warm_context
        for page in warm_context.pages:
            if page is not first:
                page.close()
    warm_context.clear_cookies()
    first.evaluate("localStorage.clear()")


@pytest.fixture
def signed_in(page: Page, account: Account) -> Page:
    """A page whose browser is signed in; it has not gone anywhere yet."""
    account.sign_in(page)
    return page


@pytest.fixture
def signed_in_page(signed_in: Page, account: Account) -> Page:
    """A page at the account's workspace."""
    signed_in.goto(f"/w/{account.workspace_id}")
    signed_in.get_by_role("heading", level=1).wait_for()
    return signed_in


@pytest.fixture
def clocked(
    browser: Browser, browser_context_args: dict[str, Any], account: Account, guard: Guard
) -> Iterator[Page]:
    """As `signed_in`, in a browser of its own whose clock the test turns forward."""
    # A clock cannot be taken out again.
    with (
        closing(browser.new_context(**browser_context_args, base_url=account.server.url)) as context,
        guard.watching(context),
    ):
        context.set_default_timeout(10_000)
        context.clock.install()
        page = context.new_page()
        account.sign_in(page)
        yield page


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
