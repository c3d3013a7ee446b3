"""Usage: range and group in the address, figures, the file, and the way to the logs."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.backend import Account, Server
from tests.e2e.browser import Axe


@pytest.fixture
def used(account: Account) -> Account:
    """An account with two models used today, one of which fails once."""
    account.add_provider()
    for model in ["gpt-4o-mini", "gpt-4o-mini", "gpt-4o"]:
        account.complete(model)
    account.logs(3)
    return account


def details(page: Page) -> Locator:
    return page.get_by_role("table", name="What was used")


def cells(page: Page, row: str) -> list[str]:
    return details(page).get_by_role("row").filter(has_text=row).get_by_role("cell").all_inner_texts()


def test_figures_bars_and_table_say_the_same(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
    page.goto(f"/w/{used.workspace_id}/usage")

    expect(page.get_by_role("group", name="Requests", exact=True)).to_have_text("Requests3")
    expect(page.get_by_role("heading", name="Requests per day, by model")).to_be_visible()
    expect(page.get_by_text("Days begin at midnight UTC")).to_be_visible()
    today = datetime.now(UTC)
    bars = page.get_by_role("table", name="Requests per day, by model")
    expect(bars.get_by_role("columnheader").filter(has_text="gpt")).to_have_text(["gpt-4o-mini", "gpt-4o"])
    day = bars.get_by_role("row").filter(has_text=f"{today:%b} {today.day}").last
    expect(day.get_by_role("cell")).to_have_text(["2", "1"])
    assert cells(page, "gpt-4o-mini")[:3] == ["gpt-4o-mini", "2", "66.7%"]
    assert cells(page, "Total")[:3] == ["Total", "3", "100%"]
    axe(page)


def test_range_group_and_figure_live_in_the_address(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
    page.goto(f"/w/{used.workspace_id}/usage")
    page.get_by_role("radio", name="7 days").check()
    page.get_by_role("radio", name="Provider").check()
    page.get_by_role("radio", name="Tokens").check()

    expect(page).to_have_url(re.compile(r"/usage\?days=7&by=provider&show=tokens$"))
    expect(page.get_by_role("heading", name="Tokens per day, by provider")).to_be_visible()
    page.reload()

    for chosen in ["7 days", "Provider", "Tokens"]:
        expect(page.get_by_role("radio", name=chosen)).to_be_checked()
    expect(details(page).get_by_role("row")).to_have_count(3)

    page.get_by_role("radio", name="Provider").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    expect(page).to_have_url(re.compile("by=day"))
    expect(details(page).get_by_role("columnheader", name="Day (UTC)")).to_be_visible()
    expect(details(page).get_by_role("columnheader", name="p95")).to_have_count(0)

    page.goto(f"/w/{used.workspace_id}/usage?days=999&by=colour&show=")

    for chosen in ["30 days", "Model", "Requests"]:
        expect(page.get_by_role("radio", name=chosen)).to_be_checked()


def test_a_row_leads_to_its_logs(signed_in: Page, used: Account) -> None:
    page = signed_in
    since = r"since=\d{4}-\d\d-\d\dT00%3A00%3A00"
    page.goto(f"/w/{used.workspace_id}/usage?days=7")
    details(page).get_by_role("link", name="gpt-4o-mini").click()
    expect(page).to_have_url(re.compile(r"/logs\?(.*&)?model=gpt-4o-mini"))
    expect(page).to_have_url(re.compile(since))

    page.go_back()
    page.get_by_role("radio", name="API key").check()
    details(page).get_by_role("link", name="Default key").click()
    expect(page).to_have_url(re.compile(r"/logs\?(.*&)?key=[0-9a-f-]{36}"))

    page.go_back()
    page.get_by_role("radio", name="Day", exact=True).check()
    expect(details(page).get_by_role("columnheader", name="Day (UTC)")).to_be_visible()
    details(page).get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(rf"/logs\?{since}.*&until="))

    page.go_back()
    page.get_by_role("link", name="Error rate").click()
    expect(page).to_have_url(re.compile("status=failed"))


def test_the_table_is_saved_as_a_file(signed_in: Page, used: Account, server: Server, tmp_path: Path) -> None:
    page = signed_in
    name = '=HYPERLINK("http://example.com"), x'
    made = used.graphql(
        "mutation ($id: ID!, $name: String!)"
        " { createApiKey(workspaceId: $id, name: $name) { secret apiKey { id } } }",
        id=used.workspace_id,
        name=name,
    )["createApiKey"]
    httpx.post(
        f"{server.url}/v1/chat/completions",
        json={"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello"}]},
        headers={"Authorization": f"Bearer {made['secret']}"},
    )
    used.logs(4)
    page.goto(f"/w/{used.workspace_id}/usage?by=key&days=7")
    expect(details(page)).to_contain_text(name)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    saved = tmp_path / "usage.csv"
    download.value.save_as(saved)

    assert re.match(r"perpetuo-usage-by-key-[\d-]{10}-[\d-]{10}\.csv$", download.value.suggested_filename)
    assert saved.read_bytes().count(b"\r\n") == 4
    header, default, escaped, total = csv.reader(saved.read_text(encoding="utf-8").splitlines())
    assert header[:4] == ["key", "key_id", "requests", "failed_requests"]
    assert (default[0], default[2], default[8]) == ("Default key", "3", "0.75")
    assert escaped[:3] == [f"'{name}", made["apiKey"]["id"], "1"]
    assert total[:3] == ["Total", "", "4"]


def test_what_no_provider_answered_has_a_row(signed_in: Page, account: Account) -> None:
    account.complete()
    account.logs(1)
    signed_in.goto(f"/w/{account.workspace_id}/usage")

    expect(details(signed_in).get_by_role("row").nth(1)).to_contain_text("No provider answered")
    expect(signed_in.get_by_role("group", name="Error rate")).to_contain_text("100%")


def test_without_usage_there_is_a_way_to_some(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    page.goto(f"/w/{account.workspace_id}/usage")

    expect(page.get_by_text("Nothing was used in these days")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Try a model in the playground").click()
    expect(page).to_have_url(re.compile("/playground$"))


def test_what_fails_says_so_and_can_be_tried_again(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in

    def fail(route: Route) -> None:
        if "query Usage(" in (route.request.post_data or ""):
            route.fulfill(json={"errors": [{"message": "no", "extensions": {"code": "INTERNAL"}}]})
        else:
            route.continue_()

    page.route("**/graphql", fail)
    page.goto(f"/w/{used.workspace_id}/usage")
    expect(page.get_by_role("alert")).to_contain_text("This did not work")
    axe(page)

    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()

    expect(details(page)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone_in_portuguese(
    signed_in: Page, used: Account, axe: Axe, scheme: str
) -> None:
    page = signed_in
    page.add_init_script("localStorage.setItem('perpetuo-language', 'pt')")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(f"/w/{used.workspace_id}/usage?days=365&by=day")
    expect(page.get_by_role("heading", name="Requisições por dia")).to_be_visible()
    axe(page)

    page.set_viewport_size({"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
