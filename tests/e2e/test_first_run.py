"""The first run: from signing up to the first logged completion."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.backend import Account, Server, unique_email
from tests.e2e.browser import Axe, Guard
from tests.e2e.live import complete_until_seen

# Beyond the time between two looks.
POLLED_MS = 4_000
SECRET = re.compile(r"^pk_\w{20,}$")


@pytest.fixture
def start_page(signed_in: Page, account: Account) -> Page:
    """The checklist of an account whose API key is not in memory."""
    signed_in.goto(f"/w/{account.workspace_id}/start")
    step(signed_in, "Add a provider key").wait_for()
    return signed_in


def step(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem", name=re.compile(f"^{name}"))


def is_done(name: str) -> re.Pattern[str]:
    return re.compile(rf"{name} \(done\)")


def add_custom_key(page: Page, base_url: str, api_key: str) -> None:
    page.get_by_label("Provider", exact=True).select_option("OpenAI-compatible server")
    page.get_by_label("Base URL").fill(base_url)
    page.get_by_label("Its API key, if it asks for one").fill(api_key)
    page.get_by_label("Fallback model").fill("gpt-4o-mini")
    page.get_by_role("button", name="Add and test").click()


def test_from_signing_up_to_the_first_logged_completion(page: Page, server: Server, axe: Axe) -> None:
    page.goto("/signup")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill(unique_email())
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Getting started")).to_be_visible()
    expect(step(page, "First request")).to_contain_text("First add a provider key.")
    axe(page)

    secret = page.get_by_role("region", name="API key", exact=True).inner_text()
    assert SECRET.match(secret)
    expect(step(page, "Your API key")).to_contain_text(is_done("Your API key"))
    step(page, "Your API key").get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == secret

    page.get_by_role("button", name="Use the simulated provider").focus()
    page.keyboard.press("Enter")
    provider = step(page, "A provider key is in place")
    expect(provider).to_contain_text("Simulated")
    expect(provider.get_by_role("status")).to_have_text(re.compile(r"^Works, answered in \d+ ms$"))
    expect(provider.get_by_role("heading")).to_be_focused()

    expect(page.get_by_label("Model")).to_have_value("simulated")
    for language in ["curl", "Python", "JavaScript"]:
        page.get_by_role("tab", name=language).click()
        for part in [f"{server.url}/v1", secret, "simulated"]:
            expect(page.get_by_role("region", name=language)).to_contain_text(part)
    expect(step(page, "First request")).to_contain_text("Waiting for your first request…")
    axe(page)

    page.get_by_role("button", name="Send it for me").click()
    live = step(page, "Your gateway is live")
    expect(live.get_by_role("status")).to_contain_text(re.compile(r"200 OK\s*simulated"))
    expect(live.get_by_role("blockquote")).to_contain_text("This is a simulated answer")
    expect(page.get_by_role("listitem").filter(has_text="(done)")).to_have_count(4)
    # The header would lie over half a button where the page is scrolled by chance.
    page.evaluate("scrollTo(0, 0)")
    axe(page)
    assert secret not in page.url
    assert secret not in str(page.evaluate("JSON.stringify([localStorage, sessionStorage])"))

    live.get_by_role("link", name="See it in the log").click()
    expect(page).to_have_url(re.compile(r"/logs\?id=[0-9a-f-]{36}$"))
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_role("region", name="Last requests", exact=True)).to_contain_text("simulated")
    expect(page.get_by_text("Finish setting up")).to_be_hidden()

    page.get_by_role("link", name="Connect an app").click()
    expect(live).to_be_visible()
    page.reload()
    expect(step(page, "Your API key")).to_contain_text("It was shown once")
    expect(page.get_by_role("region", name="curl")).to_contain_text("Bearer $PERPETUO_API_KEY")
    assert secret not in page.content()


def test_a_key_that_fails_is_mended_in_place(
    start_page: Page, account: Account, server: Server, axe: Axe
) -> None:
    page = start_page
    page.get_by_role("button", name="Add and test").click()
    expect(page.get_by_label("Provider’s API key")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_text("Fill this in.")

    add_custom_key(page, "localhost:11434", "sk-key;status=401")
    expect(page.get_by_role("alert")).to_have_text("Enter an address that begins with https:// or http://.")
    add_custom_key(page, server.simulator.base_url, "sk-key;status=401")
    expect(page.get_by_role("alert")).to_contain_text("Incorrect API key provided.")
    axe(page)
    page.get_by_label("Its API key, if it asks for one").fill("sk-better-key-0002")
    page.get_by_role("button", name="Save and test again").click()

    provider = step(page, "A provider key is in place")
    expect(provider.get_by_role("status")).to_contain_text("Works, answered in")
    expect(page.get_by_label("Model")).to_have_value("gpt-4o-mini")
    data = account.graphql("{ workspaces { providerKeys { keyHint defaultModel } } }")
    assert data["workspaces"][0]["providerKeys"] == [{"keyHint": "sk-…0002", "defaultModel": "gpt-4o-mini"}]


def test_another_provider_takes_the_place_of_a_key_that_fails(
    start_page: Page, account: Account, server: Server
) -> None:
    page = start_page
    add_custom_key(page, server.simulator.base_url, "sk-key;status=500")
    expect(page.get_by_role("alert")).to_contain_text("its test failed")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Test Custom").click()
    expect(step(page, "A provider key is in place")).to_contain_text("Test failed")

    page.get_by_role("button", name="Add another").click()
    page.get_by_role("button", name="Use the simulated provider").click()

    expect(step(page, "A provider key is in place")).to_contain_text("Works, answered in")
    data = account.graphql("{ workspaces { providerKeys { label } } }")
    assert [key["label"] for key in data["workspaces"][0]["providerKeys"]] == ["Custom", "Simulated"]


def test_without_a_key_in_memory_one_is_made_or_borrowed(
    start_page: Page, account: Account, axe: Axe
) -> None:
    page = start_page
    page.get_by_role("button", name="Use the simulated provider").click()
    page.get_by_role("button", name="Send it for me").click()
    expect(step(page, "Your gateway is live")).to_contain_text("200")
    assert account.logs(1)[0]["apiKey"]["name"] == "playground"

    page.get_by_role("button", name="Create another key").click()
    page.get_by_label("Name").fill("Staging")
    axe(page)
    page.get_by_role("button", name="Create API key").click()

    secret = page.get_by_role("region", name="API key", exact=True).inner_text()
    assert SECRET.match(secret)
    expect(step(page, "Your API key")).to_contain_text("Staging")
    expect(step(page, "Your API key").get_by_role("heading")).to_be_focused()
    expect(page.get_by_role("region", name="curl")).to_contain_text(secret)
    page.get_by_role("button", name="Send another").click()
    expect(step(page, "Your gateway is live").get_by_role("blockquote")).to_be_visible()
    assert account.logs(2)[0]["apiKey"]["name"] == "Staging"


def test_a_request_from_elsewhere_turns_the_waiting_step(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider()
    _answer_only_once(page, "query FirstRun")
    page.goto(f"/w/{account.workspace_id}/start")
    expect(step(page, "First request")).to_contain_text("Waiting for your first request…")

    complete_until_seen(account, step(page, "Your gateway is live"), "gpt-4o")

    expect(step(page, "Your gateway is live")).to_contain_text(re.compile(r"OpenAI · \d+ ms · \d+ tokens"))


def test_without_a_socket_requests_are_looked_for_now_and_then(clocked: Page, account: Account) -> None:
    page = clocked
    account.add_provider()
    page.route_web_socket("**/graphql", lambda socket: socket.close())
    page.goto(f"/w/{account.workspace_id}/start")
    expect(step(page, "First request")).to_contain_text("Waiting for your first request…")
    account.complete("gpt-4o")
    account.logs(1)

    page.clock.fast_forward(POLLED_MS)

    expect(step(page, "Your gateway is live")).to_contain_text("gpt-4o")


def test_a_failed_request_says_why_and_arrives_too(start_page: Page, guard: Guard, axe: Axe) -> None:
    page = start_page
    guard.allowed.append("/v1/chat/completions")
    page.get_by_role("button", name="Use the simulated provider").click()
    expect(page.get_by_label("Model")).to_have_value("simulated")
    page.get_by_label("Model").fill("")
    expect(page.get_by_role("button", name="Send it for me")).to_be_disabled()
    expect(page.get_by_text("Name a model in step 3")).to_be_visible()
    page.get_by_label("Model").fill("simulated-failure")

    page.get_by_role("button", name="Send it for me").click()

    expect(page.get_by_role("alert")).to_contain_text("The request failed")
    expect(step(page, "Your gateway is live").get_by_role("status")).to_contain_text("503")
    axe(page)


def test_what_cannot_be_fetched_says_so_and_can_be_tried_again(
    signed_in: Page, account: Account, axe: Axe
) -> None:
    page = signed_in
    # Else the page would look again by itself, perhaps before the button is pressed.
    page.add_init_script("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")

    def fail(route: Route) -> None:
        if "query FirstRun" in (route.request.post_data or ""):
            route.fulfill(json={"errors": [{"message": "no", "extensions": {"code": "INTERNAL"}}]})
        else:
            route.continue_()

    page.route("**/graphql", fail)
    page.goto(f"/w/{account.workspace_id}/start")
    expect(page.get_by_role("alert")).to_contain_text("This did not work")
    axe(page)

    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()

    expect(step(page, "Add a provider key")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checklist_is_accessible_and_fits_a_phone_in_portuguese(
    start_page: Page, account: Account, server: Server, axe: Axe, scheme: str
) -> None:
    page = start_page
    page.evaluate("localStorage.setItem('perpetuo-language', 'pt')")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    expect(page.get_by_role("heading", name="Primeiros passos")).to_be_visible()
    step(page, "Adicione uma chave de provedor").wait_for()
    axe(page)

    page.get_by_role("button", name="Usar o provedor simulado").click()
    expect(page.get_by_text("Aguardando sua primeira requisição…")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Enviar por mim").click()
    expect(step(page, "Seu gateway está no ar")).to_contain_text("Ver no registro")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def _answer_only_once(page: Page, query: str) -> None:
    """From the second time on, a query gets the answer of the first time."""
    first: list[object] = []

    def answer(route: Route) -> None:
        if query not in (route.request.post_data or ""):
            route.continue_()
        elif first:
            route.fulfill(json=first[0])
        else:
            response = route.fetch()
            first.append(json.loads(response.text()))
            route.fulfill(response=response)

    page.route("**/graphql", answer)
