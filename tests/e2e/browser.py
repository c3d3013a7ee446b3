"""Finding a browser, and watching what it does."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    WebSocket,
)

ROOT = Path(__file__).parent.parent.parent

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A page finds in memory what those before it have compiled.
    "--process-per-site",
    # What the guard finds would still have gone out.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_HOW = (
    "The dashboard's tests need Chromium and found none: name one in PERPETUO_CHROMIUM, or install it with\n"
    "  apt-get install chromium (Debian), or\n"
    "  .venv/bin/python -m playwright install --with-deps chromium"
)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class BrowserMissing(Exception):
    """There is no browser to drive."""


def find_chromium(browser_type: BrowserType) -> str:
    """The path of a Chromium: the one named, one on the PATH, or Playwright's own. Raises BrowserMissing."""
    on_path = (shutil.which(name) for name in _NAMES)
    for path in (os.environ.get("PERPETUO_CHROMIUM"), *on_path, browser_type.executable_path):
        if path and Path(path).exists():
            return path
    raise BrowserMissing(_HOW)


@dataclass
class Guard:
    """Notes what a page must not do: ask another host, or write errors to the console.

    `allowed` are parts of console errors that the test brings about itself.
    """

    allowed: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    @contextmanager
    def watching(self, context: BrowserContext) -> Iterator[None]:
        """Watches every page of the context while the block runs."""
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("page", self._on_page)
        yield
        context.remove_listener("request", self._on_request)
        context.remove_listener("console", self._on_console)
        context.remove_listener("weberror", self._on_error)
        context.remove_listener("page", self._on_page)

    def check(self) -> None:
        """Fails where something was found."""
        wrong = [what for what in self.found if not any(part in what for part in self.allowed)]
        if wrong:
            raise AssertionError("\n".join(wrong))

    def _on_request(self, request: Request) -> None:
        self._address(request.url)

    def _on_page(self, page: Page) -> None:
        page.on("websocket", self._on_socket)

    def _on_socket(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme not in {"data", "blob"} and address.hostname != "127.0.0.1":
            self.found.append(f"request to {url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_error(self, error: WebError) -> None:
        self.found.append(f"exception: {error.error}")


class _Violation(TypedDict):
    id: str
    help: str
    nodes: list[str]


Axe = Callable[[Page], None]


def create_axe() -> Axe:
    """A function that fails where a page, in its present state, is not accessible."""
    source = (ROOT / "web/node_modules/axe-core/axe.min.js").read_text()

    def axe(page: Page) -> None:
        # A script tag would be against the page's own policy.
        page.evaluate(source)
        violations: list[_Violation] = page.evaluate(
            """async (rules) => {
              const { violations } = await axe.run({ runOnly: rules })
              return violations.map(({ id, help, nodes }) => ({
                id, help, nodes: nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary),
              }))
            }""",
            _RULES,
        )
        if violations:
            raise AssertionError(
                "\n".join(f"{found['id']}: {found['help']} {found['nodes']}" for found in violations)
            )

    return axe
