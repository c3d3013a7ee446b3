"""Logs: filters in the address, pages, one request in full, the live tail, the export."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.backend import Account
from tests.e2e.browser import Axe
from tests.e2e.log_page import FORMULA, drawer, many, open_logs, row, rows


def test_a_row_says_what_happened(signed_in: Page, used: Account) -> None:
    page = signed_in
    open_logs(page, used)

    expect(rows(page)).to_have_count(4)
    expect(row(page, FORMULA)).to_contain_text("404 Failed")
    expect(row(page, "flaky")).to_contain_text("llama-3.3-70b")
    expect(row(page, "flaky")).to_contain_text("Fallback ×1")
    expect(row(page, "Stream")).to_contain_text("gpt-4o")
    plain = row(page, "gpt-4o-mini")
    expect(plain).to_contain_text("200 OK")
    expect(plain).to_contain_text("OpenAI")
    expect(plain).to_contain_text("Default key")
    expect(plain.locator("time")).to_have_attribute("title", re.compile(r"\d{4}, "))


def test_filters_live_in_the_address_and_survive_a_reload(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
    open_logs(page, used)

    page.get_by_label("Status", exact=True).select_option("Failed")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"[?&]status=failed$"))
    page.get_by_label("Time", exact=True).select_option("Last 24 hours")
    page.keyboard.press("Escape")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    page.keyboard.type("1+1")
    expect(page).to_have_url(re.compile(r"[?&]q=1%2B1"))
    page.reload()

    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Status", exact=True)).to_have_value("failed")
    expect(page.get_by_label("Search", exact=True)).to_have_value("1+1")
    axe(page)
    page.get_by_role("button", name="Remove filter Status: Failed").click()
    expect(page).not_to_have_url(re.compile("status="))
    page.get_by_role("button", name="Clear filters").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("Search", exact=True)).to_have_value("")
    page.go_back()
    expect(page.get_by_role("button", name="Remove filter Search: 1+1")).to_be_visible()


def test_each_filter_narrows_the_list(signed_in: Page, used: Account) -> None:
    page = signed_in
    open_logs(page, used)
    filters = page.get_by_role("search")

    filters.get_by_label("Model", exact=True).fill("gpt-4o")
    filters.get_by_label("Model", exact=True).press("Enter")
    expect(rows(page)).to_have_count(1)
    filters.get_by_label("Model", exact=True).fill("")
    expect(rows(page)).to_have_count(4)
    filters.get_by_label("Provider", exact=True).select_option("Custom")
    expect(rows(page)).to_have_count(1)
    filters.get_by_label("Provider", exact=True).select_option("Any provider")
    filters.get_by_label("API key", exact=True).select_option("Default key")
    expect(page).to_have_url(re.compile("key="))
    expect(rows(page)).to_have_count(4)

    filters.get_by_label("Time", exact=True).select_option("Custom…")
    filters.get_by_label("From", exact=True).fill("2001-02-03T04:05:06")
    filters.get_by_label("Until", exact=True).fill("2000-01-01T00:00:00")
    filters.get_by_role("button", name="Apply").click()
    expect(filters.get_by_role("alert")).to_have_text("The end has to be after the beginning.")
    filters.get_by_label("Until", exact=True).fill("2002-01-01T00:00:00")
    filters.get_by_role("button", name="Apply").click()

    expect(page.get_by_text("No results")).to_be_visible()
    expect(page).to_have_url(re.compile("since=2001-02-03T04%3A05%3A06.000Z"))
    expect(filters.get_by_role("button", name=re.compile("Remove filter Until: Jan 1, 2002"))).to_be_visible()


def test_old_rows_stay_until_the_answer_is_there(signed_in: Page, used: Account) -> None:
    page = signed_in
    open_logs(page, used)
    expect(rows(page)).to_have_count(4)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "query Logs(" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/graphql", hold)
    page.get_by_label("Status", exact=True).select_option("Client left")
    expect(page.get_by_role("table")).to_have_attribute("aria-busy", "true")
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_text("No results")).to_have_count(0)

    for route in held:
        route.continue_()

    expect(page.get_by_text("No results")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def test_pages_lead_to_older_rows_and_back(signed_in: Page, used: Account) -> None:
    page = signed_in
    many(used, "gpt-4.1-mini", 100)
    used.logs(104)
    open_logs(page, used)
    pages = page.get_by_role("navigation", name="Pages")
    newest = rows(page).first.get_attribute("data-key")

    expect(rows(page)).to_have_count(50)
    pages.get_by_role("button", name="Older").click()
    expect(page).to_have_url(re.compile("after="))
    expect(rows(page).first).not_to_have_attribute("data-key", newest or "")
    second = rows(page).first.get_attribute("data-key")
    pages.get_by_role("button", name="Older").click()
    expect(rows(page)).to_have_count(4)
    expect(pages.get_by_role("button", name="Older")).to_be_disabled()
    page.reload()
    expect(rows(page)).to_have_count(4)
    pages.get_by_role("button", name="Newer").click()

    expect(rows(page).first).to_have_attribute("data-key", second or "")
    pages.get_by_role("button", name="Newest").click()
    expect(rows(page).first).to_have_attribute("data-key", newest or "")
    expect(pages.get_by_role("button", name="Newer")).to_be_disabled()


def test_a_request_has_an_address_of_its_own(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
    log = next(found for found in used.logs(4) if found["requestedModel"] == "flaky")
    open_logs(page, used, f"?id={log['id']}")

    opened = drawer(page)
    expect(opened.get_by_role("heading", name="attempts")).to_be_visible()
    attempts = opened.get_by_role("listitem").filter(has=page.get_by_text("ms"))
    expect(attempts.first).to_contain_text("503")
    expect(attempts.last).to_contain_text("Backup")
    expect(opened).to_contain_text("passed between the attempts")
    axe(page)
    opened.get_by_role("button", name="Copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == log["id"]

    opened.get_by_role("link", name="Only this provider").click()
    expect(rows(page)).to_have_count(1)
    expect(opened).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?provider=CUSTOM$"))


def test_a_failed_request_says_why(signed_in: Page, used: Account) -> None:
    page = signed_in
    open_logs(page, used)

    row(page, FORMULA).click()

    expect(drawer(page)).to_contain_text("model_not_found")
    expect(drawer(page)).to_contain_text("No provider was asked.")
    open_logs(page, used, "?id=018f0000-0000-7000-8000-000000000000")
    expect(page.get_by_text("This request is not in the log")).to_be_visible()


def test_a_request_without_a_model_can_be_seen_and_opened(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.complete("")
    account.logs(1)
    page.goto(f"/w/{account.workspace_id}")

    page.get_by_role("link", name="Open request: 400 Failed, –", exact=True).click()

    expect(row(page, "400 Failed").get_by_text("–", exact=True).first).to_be_visible()
    expect(drawer(page)).to_contain_text("Requested model–")
    expect(drawer(page).get_by_role("link", name="Only this model")).to_have_count(0)


def test_the_keyboard_is_enough(signed_in: Page, used: Account) -> None:
    page = signed_in
    open_logs(page, used)
    expect(rows(page)).to_have_count(4)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows(page).nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(drawer(page).get_by_role("heading", name="Request")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_text(re.compile("^Request 3 of 4: 200 OK, gpt-4o$"))).to_be_attached()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(drawer(page).get_by_role("button", name="Previous request (K)")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(rows(page).first.get_by_role("link")).to_be_focused()

    page.keyboard.press("/")
    page.keyboard.type("jk/")
    expect(page.get_by_label("Search", exact=True)).to_have_value("jk/")
    expect(page.get_by_text("No results")).to_be_visible()
