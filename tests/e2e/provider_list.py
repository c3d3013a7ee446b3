"""The list of provider keys as a browser sees it."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.backend import Account
from tests.front_door import Row

_KEYS = """
query ($id: ID!) {
  workspace(id: $id) {
    providerKeys {
      label baseUrl enabled defaultModel keyHint modelMap { requested target }
      timeouts { firstTokenS streamIdleS answerS headerS }
    }
  }
}
"""


def open_providers(page: Page, account: Account, search: str = "") -> None:
    page.goto(f"/w/{account.workspace_id}/providers{search}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Providers")


def stored(account: Account) -> list[Row]:
    rows: list[Row] = account.graphql(_KEYS, id=account.workspace_id)["workspace"]["providerKeys"]
    return rows


def stored_order(account: Account) -> str:
    return " ".join(str(key["label"]) for key in stored(account))


def row(page: Page, label: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("button", name=f"Test {label}"))


def expect_order(page: Page, *labels: str) -> None:
    tests = page.get_by_role("button", name=re.compile("^Test "))
    expect(tests).to_have_count(len(labels))
    for place, label in enumerate(labels):
        expect(tests.nth(place)).to_have_accessible_name(f"Test {label}")


def expect_status(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_have_count(1)


def move_below(page: Page, label: str) -> None:
    """Moves the mouse to the lower edge of a row."""
    box = row(page, label).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 4, steps=4)


def add_three(account: Account) -> None:
    for label in ("First", "Second", "Third"):
        account.add_provider(label=label)


def fail_with(page: Page, operation: str, message: str = "Out of order.") -> None:
    """From now on an operation is answered with an error."""
    body = {"data": None, "errors": [{"message": message, "extensions": {"code": "INTERNAL"}}]}

    def answer(route: Route) -> None:
        if f'"{operation}"' in (route.request.post_data or ""):
            route.fulfill(json=body)
        else:
            route.fallback()

    page.route("**/graphql", answer)
