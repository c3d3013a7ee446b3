"""What comes to a page by itself."""

from playwright.sync_api import Locator, expect

from tests.e2e.backend import Account


def complete_until_seen(account: Account, where: Locator, model: str) -> None:
    """Asks for a model until a page shows it: nothing says when the server has begun to listen."""
    for _ in range(10):
        account.complete(model)
        if _is_seen(where, model):
            break
    expect(where).to_contain_text(model)


def _is_seen(where: Locator, text: str) -> bool:
    """Whether a text comes within a second."""
    try:
        expect(where).to_contain_text(text, timeout=1000)
    except AssertionError:
        return False
    return True
