"""Logs: filters in the address, pages, one request in full, the live tail, the export."""

import asyncio
import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, WebSocketRoute, expect

from tests.e2e.backend import Account
from tests.e2e.browser import Axe

FORMULA = '=1+1,"x"'


@pytest.fixture
def used(account: Account) -> Account:
    """An account with one request of each kind: plain, streamed, answered by the second key, refused."""
    account.add_provider(modelMap=[{"requested": "flaky", "target": "gpt-4o;status=503"}])
    account.add_provider(
        provider="CUSTOM", label="Backup", modelMap=[{"requested": "flaky", "target": "llama-3.3-70b"}]
    )
    account.complete("gpt-4o-mini")
    account.complete("gpt-4o", stream=True)
    account.complete("flaky")
    account.complete(FORMULA)
    account.logs(4)
    return account


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


def test_a_row_says_what_happened(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
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


def test_filters_live_in_the_address_and_survive_a_reload(
    signed_in_page: Page, used: Account, axe: Axe
) -> None:
    page = signed_in_page
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


def test_each_filter_narrows_the_list(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
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


def test_old_rows_stay_until_the_answer_is_there(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
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


def test_pages_lead_to_older_rows_and_back(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
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


def test_a_request_has_an_address_of_its_own(signed_in_page: Page, used: Account, axe: Axe) -> None:
    page = signed_in_page
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


def test_a_failed_request_says_why(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
    open_logs(page, used)

    row(page, FORMULA).click()

    expect(drawer(page)).to_contain_text("model_not_found")
    expect(drawer(page)).to_contain_text("No provider was asked.")
    open_logs(page, used, "?id=018f0000-0000-7000-8000-000000000000")
    expect(page.get_by_text("This request is not in the log")).to_be_visible()


def test_the_keyboard_is_enough(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
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


def test_live_rows_come_at_once_at_the_top(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
    open_logs(page, used, "?status=succeeded")
    expect(rows(page)).to_have_count(3)

    with page.expect_websocket():
        page.get_by_label("Live", exact=True).check()
    expect(page).to_have_url(re.compile("live=true"))
    used.complete("o1-mini")
    expect(rows(page).first).to_contain_text("o1-mini")
    used.complete("no-such-model")
    used.complete("gpt-4.1-mini")

    expect(rows(page).first).to_contain_text("gpt-4.1-mini")
    expect(rows(page)).to_have_count(5)
    expect(page.get_by_role("status").filter(has_text=re.compile("new request"))).to_be_attached()
    page.reload()
    expect(page.get_by_label("Live", exact=True)).to_be_checked()


def test_live_rows_wait_while_one_reads(signed_in_page: Page, used: Account, axe: Axe) -> None:
    page = signed_in_page
    many(used, "gpt-4.1-mini", 50)
    used.logs(54)
    open_logs(page, used, "?live=true")
    expect(rows(page)).to_have_count(50)
    used.complete("o1-mini")
    expect(rows(page).first).to_contain_text("o1-mini")
    page.evaluate("scrollTo(0, 500)")

    used.complete("o4-mini")
    used.complete("o4-mini")
    pill = page.get_by_role("button", name="2 new")
    expect(pill).to_be_in_viewport()
    expect(row(page, "o4-mini")).to_have_count(0)
    axe(page)
    pill.click()

    expect(row(page, "o4-mini")).to_have_count(2)
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Older").click()
    expect(page).to_have_url(re.compile("after="))
    used.complete("o3-mini")
    page.get_by_role("button", name="1 new").click()
    expect(page).not_to_have_url(re.compile("after="))
    expect(rows(page).first).to_contain_text("o3-mini")


def test_what_ended_while_the_line_was_down_is_there_afterwards(signed_in_page: Page, used: Account) -> None:
    page = signed_in_page
    lines: list[WebSocketRoute] = []

    def keep(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket("**/graphql", keep)
    open_logs(page, used, "?live=true")
    used.complete("gpt-4.1")
    expect(rows(page).first).to_contain_text("gpt-4.1")

    lines[0].close()
    expect(page.get_by_label("Reconnecting…")).to_be_visible()
    used.complete("o4-mini")

    expect(page.get_by_label("Live", exact=True)).to_be_visible()
    expect(rows(page).first).to_contain_text("o4-mini")
    expect(rows(page)).to_have_count(6)


def test_the_filtered_rows_can_be_exported(signed_in_page: Page, used: Account, tmp_path: Path) -> None:
    page = signed_in_page
    many(used, "gpt-4.1-mini", 210)
    used.logs(200)
    open_logs(page, used)

    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="As CSV").click()
    assert re.match(r"perpetuo-logs-[\d-]+\.csv$", download.value.suggested_filename)
    download.value.save_as(tmp_path / "logs.csv")
    with (tmp_path / "logs.csv").open(encoding="utf-8", newline="") as file:
        exported = list(csv.DictReader(file))
    expect(page.get_by_text("214 rows exported.")).to_be_visible()

    assert len({found["id"] for found in exported}) == 214
    escaped = next(found for found in exported if found["status_code"] == "404")
    assert escaped["requested_model"] == f"'{FORMULA}"
    page.get_by_label("Status", exact=True).select_option("Failed")
    expect(rows(page)).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="As JSON Lines").click()
    download.value.save_as(tmp_path / "logs.jsonl")
    lines = (tmp_path / "logs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["requestedModel"] for line in lines] == [FORMULA]


def test_an_export_shows_how_far_it_is_and_can_be_ended(
    signed_in_page: Page, used: Account, axe: Axe
) -> None:
    page = signed_in_page
    open_logs(page, used)
    refuse = True

    def answer(route: Route) -> None:
        body = route.request.post_data or ""
        if "query ExportLogs(" not in body:
            route.continue_()
        elif not refuse:
            # Never: what is cancelled takes its request along.
            pass
        else:
            route.fulfill(json={"errors": [{"message": "no", "extensions": {"code": "INTERNAL"}}]})

    page.route("**/graphql", answer)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="As CSV").click()
    expect(page.get_by_role("alert")).to_contain_text("The export stopped after 0 rows.")
    refuse = False
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("progressbar", name="Exporting: 0 rows")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")


def test_an_empty_log_leads_to_the_first_request(signed_in_page: Page, account: Account, axe: Axe) -> None:
    page = signed_in_page
    open_logs(page, account)

    expect(page.get_by_text("No requests yet")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Send the first one").click()
    expect(page).to_have_url(re.compile("/start$"))


def test_what_fails_says_so_and_can_be_tried_again(signed_in_page: Page, used: Account, axe: Axe) -> None:
    page = signed_in_page

    def refuse(route: Route) -> None:
        if "query Logs(" in (route.request.post_data or ""):
            route.fulfill(json={"errors": [{"message": "no", "extensions": {"code": "INTERNAL"}}]})
        else:
            route.continue_()

    page.route("**/graphql", refuse)
    open_logs(page, used)
    expect(page.get_by_role("alert")).to_contain_text("This did not work")
    axe(page)

    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()

    expect(rows(page)).to_have_count(4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone_in_portuguese(
    signed_in_page: Page, used: Account, axe: Axe, scheme: str
) -> None:
    page = signed_in_page
    page.evaluate("localStorage.setItem('perpetuo-language', 'pt')")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(f"/w/{used.workspace_id}/logs?range=7d")
    expect(page.get_by_role("heading", level=1)).to_have_text("Registros")
    expect(row(page, "flaky")).to_contain_text("200 OK")
    axe(page)

    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Filtros", exact=True).click()
    expect(page.get_by_label("Provedor", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
    row(page, "flaky").click()
    expect(page.get_by_role("heading", name="IDs")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
