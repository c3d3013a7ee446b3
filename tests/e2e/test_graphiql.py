"""GraphiQL, bundled and signed in by the dashboard's session."""

from playwright.sync_api import Page, expect

from tests.e2e.backend import Account


def test_graphiql_runs_an_example_as_the_one_who_is_signed_in(signed_in_page: Page, account: Account) -> None:
    page = signed_in_page
    page.goto("/graphql")
    expect(page).to_have_url(f"{account.server.url}/graphiql")
    for area in ("Me", "ProviderKeys", "ApiKeys", "Logs", "Usage", "Live"):
        expect(page.get_by_role("tab", name=area)).to_be_visible()

    page.get_by_role("button", name="Execute query").click()
    page.get_by_role("menuitem", name="Me", exact=True).click()

    expect(page.get_by_label("Result Window")).to_contain_text('"email": "ada@example.com"')


def test_graphiql_completes_what_is_typed(signed_in_page: Page) -> None:
    page = signed_in_page
    page.goto("/graphiql")
    editor = page.get_by_label("Operation Editor")
    editor.locator(".view-line").first.wait_for()

    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("{ workspa")

    # The schema's worker answers as soon as it is up.
    suggestion = page.locator(".suggest-widget .monaco-list-row").filter(has_text="workspaces").first
    expect(suggestion).to_be_visible(timeout=15_000)
