"""The logs screen as a browser sees it."""

import asyncio

from playwright.sync_api import Locator, Page, expect

from tests.e2e.backend import Account

FORMULA = '=1+1,"x"'


def many(account: Account, model: str, count: int) -> None:
    """So many requests for a model."""
    body = {"model": model, "messages": [{"role": "user", "content": "Say hello"}]}

    async def complete() -> None:
        await asyncio.gather(*(account.account.complete(body) for _ in range(count)))

    account.server.run(complete())


def rows(page: Page) -> Locator:
    return page.get_by_role("table").locator("tbody tr")


def row(page: Page, text: str) -> Locator:
    return rows(page).filter(has_text=text)


def drawer(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Request")


def open_logs(page: Page, account: Account, search: str = "") -> None:
    page.goto(f"/w/{account.workspace_id}/logs{search}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Logs")
