"""GraphiQL: bundled, signed in by the dashboard's session, with examples that run."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.backend import Account, Server
from tests.e2e.browser import Axe
from tests.e2e.live import complete_until_seen

AREAS = (
    "Me", "SignUp", "Workspace", "Server", "ProviderKeys", "Route", "ApiKeys", "Logs", "Live", "Usage"
)  # fmt: skip


@pytest.fixture
def graphiql(signed_in: Page) -> Page:
    """GraphiQL, signed in, with its editor ready; the address of the API leads there."""
    signed_in.goto("/graphql")
    ready(signed_in)
    return signed_in


def ready(page: Page) -> None:
    expect(editor(page)).to_contain_text("Who am I", timeout=20_000)


def editor(page: Page, label: str = "Operation Editor") -> Locator:
    return page.get_by_role("region", name=label).locator(".view-lines").first


def result(page: Page) -> Locator:
    return page.get_by_role("region", name="Result Window")


def operations(page: Page) -> Locator:
    return page.get_by_label("Operations")


def run(page: Page, name: str, operation: str | None = None) -> None:
    """Runs the only operation of an area, or this one of several."""
    operations(page).select_option(name)
    expect(editor(page)).to_contain_text(operation or name)
    # GraphiQL looks for the operations 100 ms after a change; the page's later timer ends behind its.
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 150))")
    page.get_by_role("button", name=re.compile("^Execute query")).click()
    if operation:
        page.get_by_role("menuitem", name=operation, exact=True).click()


def test_the_session_signs_in_and_the_address_of_the_api_leads_here(graphiql: Page, account: Account) -> None:
    expect(graphiql).to_have_url(re.compile("/graphiql$"))
    expect(operations(graphiql).get_by_role("option")).to_have_text(AREAS)

    run(graphiql, "Me", "Me")

    expect(result(graphiql)).to_contain_text(account.email)


def test_examples_are_about_the_workspace_at_hand(graphiql: Page, account: Account) -> None:
    account.add_provider(label="Main")
    account.complete()
    account.logs(1)

    run(graphiql, "Route")
    expect(result(graphiql)).to_contain_text("native")

    run(graphiql, "Usage")
    expect(result(graphiql)).to_contain_text("usageSummary")

    run(graphiql, "Workspace", "CreateWorkspace")
    expect(result(graphiql)).to_contain_text("Staging")


def test_a_subscription_shows_a_request_as_it_ends(graphiql: Page, account: Account) -> None:
    account.add_provider()
    run(graphiql, "Live")
    stop = graphiql.get_by_role("button", name=re.compile("^Stop"))
    expect(stop).to_be_visible()

    complete_until_seen(account, result(graphiql), "gpt-4o")

    stop.click()


def test_it_completes_what_is_typed(graphiql: Page) -> None:
    editor(graphiql).click()
    graphiql.keyboard.press("Control+a")
    graphiql.keyboard.type("{ workspa")

    # The schema's worker answers as soon as it is up.
    suggestion = graphiql.locator(".suggest-widget .monaco-list-row").filter(has_text="workspaces").first
    expect(suggestion).to_be_visible(timeout=15_000)


def test_nothing_that_was_typed_stays_in_the_browser(graphiql: Page) -> None:
    operations(graphiql).select_option("SignUp")
    variables = editor(graphiql, "Variables")
    expect(variables).to_contain_text("password")
    variables.click()
    graphiql.keyboard.press("Control+a")
    graphiql.keyboard.type('{"login": {"email": "ada@example.com", "password": "my secret"}}')
    expect(variables).to_contain_text("secret")
    operations(graphiql).select_option("Me")
    expect(editor(graphiql)).to_contain_text("Who am I")

    stored = graphiql.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href")

    assert "secret" not in stored
    graphiql.get_by_role("link", name="Perpetuo").click()
    expect(graphiql.get_by_role("heading", level=1)).to_have_text("Overview")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_the_dashboards_theme_and_is_accessible(graphiql: Page, axe: Axe, theme: str) -> None:
    graphiql.evaluate("theme => localStorage.setItem('perpetuo-theme', theme)", theme)
    graphiql.reload()
    ready(graphiql)
    expect(graphiql.locator("body")).to_have_class(re.compile(f"graphiql-{theme}"))

    axe(graphiql)


def test_it_fits_a_phone(graphiql: Page) -> None:
    graphiql.set_viewport_size({"width": 360, "height": 740})

    run(graphiql, "Server")

    expect(result(graphiql)).to_contain_text("baseUrl")
    place = result(graphiql).bounding_box()
    assert place is not None
    assert place["width"] > 200
    assert graphiql.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_session_the_schema_is_there_and_the_data_are_not(page: Page, server: Server) -> None:
    page.goto("/graphiql")
    ready(page)

    run(page, "Server")
    expect(result(page)).to_contain_text(server.url)

    run(page, "ApiKeys", "ApiKeys")
    expect(result(page)).to_contain_text("UNAUTHENTICATED")
