"""The overview: figures against the period before, the chart, the last requests, what is wrong."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, WebSocketRoute, expect

from tests.e2e.backend import Account
from tests.e2e.browser import Axe
from tests.graphql_schema.rows import use

# Beyond the time after which the sums follow the rows.
SUMMED_MS = 4_000


@pytest.fixture
def used(account: Account) -> Account:
    """An account with two requests today, one to each of two models."""
    account.add_provider()
    for model in ["gpt-4o-mini", "gpt-4o"]:
        account.complete(model)
    account.logs(2)
    return account


def use_on(account: Account, day: date, requests: int, model: str = "gpt-4o-mini") -> None:
    """As if there had been requests on a day."""
    account.server.run(use(account.workspace_id, day, model=model, requests=requests))


def today() -> date:
    return datetime.now(UTC).date()


def open_overview(page: Page, account: Account) -> None:
    page.goto(f"/w/{account.workspace_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def recent(page: Page) -> Locator:
    return page.get_by_role("region", name="Last requests", exact=True)


def chart(page: Page) -> Locator:
    return page.get_by_role("table", name="Requests of each of the last")


def test_a_new_workspace_shows_how_to_begin_until_that_is_dismissed(
    signed_in_page: Page, account: Account, axe: Axe
) -> None:
    page = signed_in_page
    setup = page.get_by_role("region", name="Finish setting up")
    expect(setup).to_contain_text("1 of 3 steps are done.")
    expect(setup.get_by_role("listitem").filter(has_text="done")).to_have_text("Create an API key (done)")
    expect(page.get_by_text("No request yet")).to_be_visible()
    axe(page)
    setup.get_by_role("link", name="Continue").click()
    expect(page).to_have_url(re.compile("/start$"))
    page.go_back()

    setup.get_by_role("button", name="Dismiss").click()

    expect(setup).to_be_hidden()
    page.reload()
    expect(page.get_by_text("No request yet")).to_be_visible()
    expect(setup).to_be_hidden()
    page.get_by_role("link", name="Connect an app").click()
    expect(page).to_have_url(re.compile("/start$"))


def test_a_request_arrives_by_itself_and_counts(clocked: Page, account: Account) -> None:
    page = clocked
    account.add_provider()
    open_overview(page, account)
    expect(page.get_by_text("No request yet")).to_be_visible()

    account.complete("gpt-4o-mini")

    expect(recent(page)).to_contain_text("gpt-4o-mini")
    page.clock.fast_forward(SUMMED_MS)
    expect(card(page, "Requests")).to_contain_text(re.compile(r"^Requests1"))
    expect(page.get_by_text("Finish setting up")).to_be_hidden()
    account.complete("gpt-4o;status=400")
    row = recent(page).get_by_role("row").nth(1)
    expect(row).to_contain_text("gpt-4o;status=400")
    expect(row).to_contain_text("400 Failed")
    page.clock.fast_forward(SUMMED_MS)
    expect(card(page, "Requests")).to_contain_text(re.compile(r"^Requests2"))
    expect(card(page, "Error rate")).to_contain_text("50%1 request failed")

    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/logs\?id=[0-9a-f-]{36}$"))


def test_what_ended_before_the_line_stood_is_there_once_it_does(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider()
    has_ended = False
    waiting: list[WebSocketRoute] = []

    def acknowledge(line: WebSocketRoute) -> None:
        line.send('{"type": "connection_ack"}')

    def answer(line: WebSocketRoute) -> None:
        line.on_message(lambda _: acknowledge(line) if has_ended else waiting.append(line))

    page.route_web_socket("**/graphql", answer)
    open_overview(page, account)
    expect(page.get_by_text("No request yet")).to_be_visible()
    account.complete("gpt-4o-mini")
    account.logs(1)

    has_ended = True
    for line in waiting:
        acknowledge(line)

    expect(recent(page)).to_contain_text("gpt-4o-mini")


def test_figures_are_compared_with_the_period_before(signed_in: Page, used: Account, axe: Axe) -> None:
    page = signed_in
    use_on(used, today(), 28)
    use_on(used, today() - timedelta(days=8), 20)
    use_on(used, today() - timedelta(days=70), 3)
    open_overview(page, used)

    expect(card(page, "Requests")).to_contain_text("3050% more than in the 7 days before")
    expect(card(page, "Cost")).to_contain_text("About the same as in the 7 days before")
    expect(card(page, "Error rate")).to_contain_text("3.3%1 request failed")
    expect(card(page, "Error rate")).to_contain_text("1.7 points less than in the 7 days before")
    expect(card(page, "Median latency (p50)")).to_contain_text("About the same")
    axe(page)
    page.get_by_role("radio", name="30 days").check()
    expect(card(page, "Requests")).to_have_text("Requests50")
    expect(page.get_by_text("Nothing to compare with in the 30 days before")).to_have_count(1)
    use_on(used, today() - timedelta(days=40), 5)
    page.reload()
    expect(card(page, "Requests")).to_contain_text("5010 times as much as in the 30 days before")


def test_period_and_grouping_live_in_the_address(signed_in: Page, used: Account) -> None:
    page = signed_in
    open_overview(page, used)
    expect(chart(page).get_by_role("columnheader")).to_contain_text(["OpenAI"])
    expect(chart(page).get_by_role("row")).to_have_count(1 + 7)

    page.get_by_role("radio", name="By model").check()
    page.get_by_role("radio", name="90 days").check()

    expect(page).to_have_url(re.compile(r"\?by=model&days=90$"))
    expect(chart(page).get_by_role("row")).to_have_count(1 + 90)
    page.reload()
    for chosen in ["By model", "90 days"]:
        expect(page.get_by_role("radio", name=chosen)).to_be_checked()
    expect(chart(page).get_by_role("columnheader", name="gpt-4o", exact=True)).to_be_attached()
    expect(chart(page).get_by_role("columnheader", name="gpt-4o-mini")).to_be_attached()
    last = chart(page).get_by_role("row").last
    expect(last).to_contain_text(f"{today():%b} {today().day}")
    expect(last.get_by_role("cell")).to_have_text(["1", "1"])

    page.goto(f"/w/{used.workspace_id}?days=31&by=colour")
    for chosen in ["By provider", "7 days"]:
        expect(page.get_by_role("radio", name=chosen)).to_be_checked()


def test_what_is_wrong_now_leads_to_the_providers(clocked: Page, account: Account, axe: Axe) -> None:
    page = clocked
    key = account.add_provider(label="Main", apiKey="sk-key;status=401")
    account.complete()
    account.logs(1)
    open_overview(page, account)
    wrong = page.get_by_role("region", name="What is wrong now")
    expect(wrong.get_by_role("listitem")).to_contain_text("Main401 Failed")
    expect(wrong).to_contain_text("Incorrect API key provided.")
    axe(page)
    wrong.get_by_role("link", name="Go to providers").click()
    expect(page).to_have_url(re.compile("/providers$"))

    account.graphql(
        "mutation ($id: ID!) { updateProviderKey(input: {id: $id, enabled: false}) { id } }", id=key
    )
    open_overview(page, account)
    expect(wrong).to_have_text(re.compile("No provider key is enabled, so every request fails."))

    account.graphql(
        "mutation ($input: UpdateProviderKeyInput!) { updateProviderKey(input: $input) { id } }",
        input={"id": key, "enabled": True, "apiKey": "sk-good"},
    )
    account.complete()
    expect(recent(page).get_by_role("row")).to_have_count(3)
    page.clock.fast_forward(SUMMED_MS)
    expect(wrong).to_be_hidden()


def test_an_idle_period_says_so(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider()
    account.complete()
    account.logs(1)
    page.route("**/graphql", _without_recent_use)
    open_overview(page, account)

    expect(card(page, "Median latency (p50)")).to_contain_text("–")
    expect(page.get_by_text("No request in the last 7 days")).to_be_visible()
    expect(recent(page).get_by_role("row")).to_have_count(2)


def test_what_cannot_be_fetched_says_so_and_can_be_tried_again(
    signed_in: Page, account: Account, axe: Axe
) -> None:
    page = signed_in

    def fail(route: Route) -> None:
        if "query Overview" in (route.request.post_data or ""):
            route.fulfill(json={"errors": [{"message": "no", "extensions": {"code": "INTERNAL"}}]})
        else:
            route.continue_()

    page.route("**/graphql", fail)
    open_overview(page, account)
    expect(page.get_by_role("alert")).to_contain_text("This did not work")
    axe(page)

    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("No request yet")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_overview_is_accessible_and_fits_a_phone_in_portuguese(
    signed_in: Page, used: Account, axe: Axe, scheme: str
) -> None:
    page = signed_in
    page.add_init_script("localStorage.setItem('perpetuo-language', 'pt')")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(f"/w/{used.workspace_id}?days=90&by=model")
    expect(page.get_by_role("heading", name="Visão geral")).to_be_visible()
    expect(card(page, "Requisições")).to_have_text("Requisições2")
    expect(page.get_by_text("Nada a comparar nos 90 dias anteriores")).to_have_count(1)
    axe(page)

    page.set_viewport_size({"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)


def _without_recent_use(route: Route) -> None:
    """Answers as if the requests of the log had been before the period."""
    if "query Overview" not in (route.request.post_data or ""):
        route.continue_()
        return
    response = route.fetch()
    body = response.json()
    workspace = body["data"]["workspace"]
    workspace["usageSeries"] = []
    workspace["usageSummary"]["current"] |= {"requests": 0, "p50DurationMs": None, "p95DurationMs": None}
    route.fulfill(json=body)
