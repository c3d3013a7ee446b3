"""Takes pictures of the dashboard's screens, in light and dark, from `perpetuo demo`.

    python -m scripts.screenshots

Those of the main screens at 1280 px go into docs/images/dashboard, all others into a temporary folder. Needs
Chromium and the built dashboard (`make web`). A screen that cannot be shown is named at the end, and fails
the command; the others are there.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from playwright.sync_api import Browser, Error, Page, sync_playwright

from scripts.png import smaller
from tests.e2e.browser import FLAGS, BrowserMissing, find_chromium

_ROOT = Path(__file__).parent.parent
_DOCUMENTED = _ROOT / "docs" / "images" / "dashboard"
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_HEIGHTS = {1280: 800, 360: 740}
_MOST_BYTES = 150_000

# What is asked besides the demo's own traffic; failures stand apart, so that no provider comes to be rested.
_TRAFFIC = (
    "gpt-4o",
    "claude-sonnet-4-6",
    "gpt-4o-mini",
    "demo-fallback",
    "gemini-2.5-flash",
    "mistral-small-latest",
    "claude-opus-5",
    "command-a-03-2025",
    "o4-mini",
    "gemini-2.5-pro",
    "llama-3.3-70b",
) * 4
_PROMPTS = ("What is a gateway?", "Summarize this ticket in one line.", "Translate “hello” into Portuguese.")


@dataclass(frozen=True)
class Demo:
    """A running demo, and who is signed up there."""

    address: str
    email: str
    password: str
    api_key: str


@dataclass(frozen=True)
class Visit:
    """What the paths of the screens are made of."""

    workspace: str
    empty_workspace: str
    log: str


@dataclass(frozen=True)
class Screen:
    """A screen: where it is, and what to do there before the picture is taken."""

    name: str
    path: str
    prepare: Callable[[Page], None] = lambda _: None
    is_documented: bool = False
    needs_session: bool = True


def main() -> None:
    """Takes every picture."""
    others = Path(tempfile.mkdtemp(prefix="perpetuo-screens-"))
    _DOCUMENTED.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        demo = stack.enter_context(_running_demo(stack.enter_context(tempfile.TemporaryDirectory())))
        visit = _fill(demo)
        playwright = stack.enter_context(sync_playwright())
        try:
            executable = find_chromium(playwright.chromium)
        except BrowserMissing as error:
            sys.exit(str(error))
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        stack.callback(browser.close)
        missing = [
            failure
            for theme in _THEMES
            for width in _HEIGHTS
            for failure in _take_all(browser, demo, _screens(visit), theme, width, others)
        ]
    sys.stdout.write(f"Pictures: {_DOCUMENTED.relative_to(_ROOT)} and {others}\n")
    if missing:
        sys.exit("\n".join(["Not there:", *missing]))


def _screens(visit: Visit) -> list[Screen]:
    home = f"/w/{visit.workspace}"
    return [
        Screen("login", "/login", is_documented=True, needs_session=False),
        Screen("signup", "/signup", needs_session=False),
        Screen("start", f"/w/{visit.empty_workspace}/start", is_documented=True),
        Screen("overview", home, is_documented=True),
        Screen("providers", f"{home}/providers", _name_a_model, is_documented=True),
        Screen("keys", f"{home}/keys", is_documented=True),
        Screen("logs", f"{home}/logs", is_documented=True),
        Screen("log", f"{home}/logs?id={visit.log}", is_documented=True),
        Screen("usage", f"{home}/usage", is_documented=True),
        Screen("playground", f"{home}/playground?model=gpt-4o-mini", _talk, is_documented=True),
        Screen("commands", home, lambda page: page.keyboard.press("Control+k")),
        Screen("workspace", f"{home}/workspace"),
        Screen("account", "/account"),
        Screen("empty-overview", f"/w/{visit.empty_workspace}"),
        Screen("empty-providers", f"/w/{visit.empty_workspace}/providers"),
        Screen("empty-logs", f"/w/{visit.empty_workspace}/logs"),
        Screen("graphiql", "/graphiql", _query, is_documented=True),
    ]


# Pictures.


def _take_all(
    browser: Browser,
    demo: Demo,
    screens: list[Screen],
    theme: Literal["light", "dark"],
    width: int,
    others: Path,
) -> Iterator[str]:
    """Takes each screen's picture; gives the names of those that could not be taken, and why."""
    context = browser.new_context(
        base_url=demo.address,
        viewport={"width": width, "height": _HEIGHTS[width]},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-US",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    is_signed_in = False
    for screen in screens:
        name = f"{screen.name}-{theme}-{width}.png"
        folder = _DOCUMENTED if screen.is_documented and width == 1280 else others
        try:
            if screen.needs_session and not is_signed_in:
                _log_in(page, demo)
                is_signed_in = True
            page.goto(screen.path)
            _settle(page)
            screen.prepare(page)
            _settle(page)
            picture = _picture(page, is_whole=width < 800)
        except Error as error:
            yield f"  {name}: {error.message.splitlines()[0]}"
            continue
        (folder / name).write_bytes(picture)
        if folder == _DOCUMENTED and len(picture) > _MOST_BYTES:
            yield f"  {name}: {len(picture)} bytes, at most {_MOST_BYTES} are wanted"
    context.close()


def _picture(page: Page, *, is_whole: bool) -> bytes:
    """What the page shows; whole: also what one has to scroll to."""
    if is_whole:
        page.evaluate("scrollTo(0, 0)")
    return smaller(page.screenshot(full_page=is_whole))


def _log_in(page: Page, demo: Demo) -> None:
    page.goto("/login")
    page.locator("input[type=email]").fill(demo.email)
    page.locator("input[type=password]").fill(demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")


def _settle(page: Page) -> None:
    """Waits until everything that the screen fetches is there."""
    page.get_by_role("heading", level=1).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "![...document.querySelectorAll('[role=status]')].some((e) => e.innerText === 'Loading…')"
    )
    page.evaluate("document.fonts.ready.then(() => true)")


def _name_a_model(page: Page) -> None:
    with page.expect_response(lambda response: "demo-fallback" in (response.request.post_data or "")):
        page.get_by_label("Model", exact=True).fill("demo-fallback")


def _talk(page: Page) -> None:
    for count, (model, prompt) in enumerate(
        [
            ("gpt-4o-mini", "What does a gateway do for me?"),
            ("demo-fallback", "And where a provider is down?"),
        ],
        1,
    ):
        page.locator("input[name=model]").fill(model)
        page.locator("textarea[name=prompt]").fill(prompt)
        page.keyboard.press("Control+Enter")
        page.get_by_role("link", name="Log row").nth(count - 1).wait_for()


def _query(page: Page) -> None:
    page.get_by_label("Operations").select_option("Server")
    page.locator(".graphiql-query-editor .view-lines").get_by_text("signupOpen").first.wait_for()
    # Behind GraphiQL's own timer, which looks for the operation 100 ms after a change.
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 200))")
    page.get_by_role("button", name=re.compile("^Execute query")).click()
    page.locator(".result-window").get_by_text("baseUrl").first.wait_for()


# The demo.


@contextmanager
def _running_demo(folder: str) -> Iterator[Demo]:
    """`perpetuo demo` on a free port, with its data in a folder of its own."""
    command = [str(Path(sys.executable).parent / "perpetuo"), "demo"]
    environment = {
        **os.environ,
        "DATA_DIR": folder,
        "PORT": "0",
        "LOG_LEVEL": "warning",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)  # noqa: S603 # our own command
    try:
        yield _read(process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _read(process: subprocess.Popen[str]) -> Demo:
    """What the demo says about itself."""
    said = ""
    for line in process.stdout or ():
        said += line
        address = re.search(r"listens on (\S+),", said)
        account = re.search(r"e-mail +(\S+)\s+password +(\S+)\s+API key +(\S+)", said)
        if address and account:
            return Demo(address[1].replace("localhost", "127.0.0.1"), *account.groups())
    sys.exit(f"The demo did not start:\n{said}")


def _fill(demo: Demo) -> Visit:
    """More traffic than the demo has by itself, and a workspace without any."""
    with httpx.Client(base_url=demo.address, timeout=60, trust_env=False) as http:
        token = _ask(
            http,
            "mutation ($input: LoginInput!) { login(input: $input) { token } }",
            input={"email": demo.email, "password": demo.password},
        )["login"]["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        workspace = _ask(http, "{ workspaces { id } }")["workspaces"][0]["id"]
        empty = _ask(http, 'mutation { createWorkspace(name: "Staging") { id } }')["createWorkspace"]["id"]
        second = _ask(
            http,
            'mutation ($id: ID!) { createApiKey(workspaceId: $id, name: "Support bot") { secret } }',
            id=workspace,
        )["createApiKey"]["secret"]
        _complete(http, [demo.api_key, second])
        return Visit(workspace, empty, _log_of_a_fallback(http, workspace))


def _complete(http: httpx.Client, api_keys: list[str]) -> None:
    def complete(number: int) -> None:
        http.post(
            "/v1/chat/completions",
            headers={"Authorization": f"Bearer {api_keys[number % len(api_keys)]}"},
            json={
                "model": _TRAFFIC[number],
                "stream": number % 3 == 0,
                "messages": [{"role": "user", "content": _PROMPTS[number % len(_PROMPTS)]}],
            },
        )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(complete, range(len(_TRAFFIC))))


def _log_of_a_fallback(http: httpx.Client, workspace: str) -> str:
    """A row of the log with several attempts; it says more than others."""
    query = "query ($id: ID!) { workspace(id: $id) { logs(first: 100) { nodes { id attempts { label } } } } }"
    rows = _ask(http, query, id=workspace)["workspace"]["logs"]["nodes"]
    return str(max(rows, key=lambda row: len({attempt["label"] for attempt in row["attempts"]}))["id"])


def _ask(http: httpx.Client, query: str, **variables: object) -> dict[str, Any]:
    answer = http.post("/graphql", json={"query": query, "variables": variables}).json()
    if answer.get("errors"):
        sys.exit(f"{query}: {answer['errors']}")
    data: dict[str, Any] = answer["data"]
    return data


if __name__ == "__main__":
    main()
