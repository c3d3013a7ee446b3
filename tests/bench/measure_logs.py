"""Measures the logs page of a running gateway in Chromium: first rows, and how soon live rows appear.

    .venv/bin/python -m tests.bench.seed_logs <folder> --rows 1000000      # prints e-mail and password
    DATA_DIR=<folder> .venv/bin/perpetuo serve
    .venv/bin/python -m tests.bench.measure_logs http://127.0.0.1:3000 <password>

Stores a key for the simulated provider in the workspace, so that there is something to ask.
"""

import argparse
import sys
from statistics import median

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.bench.seed_logs import EMAIL
from tests.e2e.browser import FLAGS, find_chromium
from tests.front_door import Row

_RUNS = 10
_LOGIN = "mutation($input: LoginInput!) { login(input: $input) { user { id } } }"
_SIMULATED = "mutation($id: ID!) { addSimulatedProviderKey(workspaceId: $id) { id } }"
_API_KEY = 'mutation($id: ID!) { createApiKey(workspaceId: $id, name: "bench") { secret } }'
# The frame after the one in which the rows came shows them.
_WATCH = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('tbody tr')) return
  observer.disconnect()
  requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now() }))
}).observe(document, { childList: true, subtree: true })
"""
# Not the driver's own way of waiting, which the page's policy forbids.
_FIRST_ROW = """() => new Promise((resolve) => {
  const look = () => (window.firstRow ? resolve(window.firstRow) : requestAnimationFrame(look))
  look()
})"""
_COMPLETE = """async ([secret, stream]) => {
  const rows = () => new Set([...document.querySelectorAll('tbody tr')].map((row) => row.dataset.key))
  const answer = await fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'simulated', stream, messages: [{ role: 'user', content: 'hi' }] }),
  })
  const id = answer.headers.get('x-request-id')
  await answer.text()
  const ended = performance.now()
  while (!rows().has(id)) await new Promise(requestAnimationFrame)
  return performance.now() - ended
}"""


def main() -> None:
    """Reads the command line, and prints medians and worst of ten runs each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("password")
    chosen = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium), args=list(FLAGS)
        )
        context = browser.new_context(base_url=chosen.url, viewport={"width": 1280, "height": 800})
        _ask(context, _LOGIN, {"input": {"email": EMAIL, "password": chosen.password}})
        workspace_id = _ask(context, "{ workspaces { id } }", {})["workspaces"][0]["id"]
        _ask(context, _SIMULATED, {"id": workspace_id})
        secret = _ask(context, _API_KEY, {"id": workspace_id})["createApiKey"]["secret"]
        page = context.new_page()
        page.add_init_script(_WATCH)
        _report("loading the address", [_load(page, workspace_id, "") for _ in range(_RUNS)])
        _report(
            "loading it, failed only", [_load(page, workspace_id, "?status=failed") for _ in range(_RUNS)]
        )
        _report("going there from the overview", [_go(page, workspace_id) for _ in range(_RUNS)])
        page.goto(f"/w/{workspace_id}/logs?live=true")
        page.locator("tbody tr").first.wait_for()
        page.wait_for_load_state("networkidle")
        for stream in (False, True):
            name = "a live row after the end of a " + ("stream" if stream else "plain answer")
            _report(name, [page.evaluate(_COMPLETE, [secret, stream]) for _ in range(_RUNS)])
        browser.close()


def _load(page: Page, workspace_id: str, search: str) -> float:
    page.goto(f"/w/{workspace_id}/logs{search}")
    return _first_row(page)


def _go(page: Page, workspace_id: str) -> float:
    page.goto(f"/w/{workspace_id}")
    link = page.get_by_role("link", name="Logs", exact=True)
    link.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("delete window.firstRow")
    page.evaluate(_WATCH)
    page.evaluate(
        "addEventListener('click', () => (window.clicked = performance.now()), { capture: true, once: true })"
    )
    link.click()
    page.wait_for_url("**/logs")
    return _first_row(page) - float(page.evaluate("window.clicked"))


def _first_row(page: Page) -> float:
    return float(page.evaluate(_FIRST_ROW))


def _report(name: str, times: list[float]) -> None:
    sys.stdout.write(f"{name}: median {median(times):.0f} ms, worst {max(times):.0f} ms\n")


def _ask(context: BrowserContext, query: str, variables: dict[str, object]) -> Row:
    answer = context.request.post(
        "/graphql", data={"query": query, "variables": variables}, headers={"X-Perpetuo-CSRF": "1"}
    )
    body = answer.json()
    if "errors" in body:
        raise RuntimeError(body["errors"][0]["message"])
    data: Row = body["data"]
    return data


if __name__ == "__main__":
    main()
