"""Logs: the live tail, the export, and what is not there."""

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.e2e.backend import Account
from tests.e2e.browser import Axe
from tests.e2e.log_page import FORMULA, many, open_logs, row, rows

# Beyond the pause between two announcements, and the one before the socket is opened again.
ANNOUNCED_MS = 6_000
RETRIED_MS = 5_000


def test_live_rows_come_at_once_at_the_top(clocked: Page, used: Account) -> None:
    page = clocked
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
    page.clock.fast_forward(ANNOUNCED_MS)
    expect(page.get_by_role("status").filter(has_text=re.compile("new request"))).to_be_attached()
    page.reload()
    expect(page.get_by_label("Live", exact=True)).to_be_checked()


def test_live_rows_wait_while_one_reads(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
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


def test_what_ended_while_the_line_was_down_is_there_afterwards(clocked: Page, used: Account) -> None:
    page = clocked
    lines: list[WebSocketRoute] = []

    def keep(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket("**/graphql", keep)
    open_logs(page, used, "?live=true")
    expect(rows(page)).to_have_count(4)
    # Beside a page that was there before, this comes by the line alone.
    used.complete("gpt-4.1")
    expect(rows(page).first).to_contain_text("gpt-4.1")

    lines[0].close()
    expect(page.get_by_label("Reconnecting…")).to_be_visible()
    used.complete("o4-mini")
    page.clock.fast_forward(RETRIED_MS)

    expect(page.get_by_label("Live", exact=True)).to_be_visible()
    expect(rows(page).first).to_contain_text("o4-mini")
    expect(rows(page)).to_have_count(6)


def test_the_filtered_rows_can_be_exported(signed_in: Page, used: Account, tmp_path: Path) -> None:
    page = signed_in
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


def test_an_export_shows_how_far_it_is_and_can_be_ended(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
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


def test_an_empty_log_leads_to_the_first_request(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    open_logs(page, account)

    expect(page.get_by_text("No requests yet")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Send the first one").click()
    expect(page).to_have_url(re.compile("/start$"))


def test_what_fails_says_so_and_can_be_tried_again(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in

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
    signed_in: Page, used: Account, axe: Axe, scheme: str
) -> None:
    page = signed_in
    page.add_init_script("localStorage.setItem('perpetuo-language', 'pt')")
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
