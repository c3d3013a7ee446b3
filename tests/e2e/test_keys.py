"""API keys: making one, which is shown once; ending one."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.backend import Account, Server
from tests.e2e.browser import Axe

SECRET = re.compile(r"^pk_\w{20,}$")


@pytest.fixture
def keys_page(signed_in: Page, account: Account) -> Page:
    """The page of API keys with the one that signing up made."""
    signed_in.goto(f"/w/{account.workspace_id}/keys")
    row(signed_in, "Default key").wait_for()
    return signed_in


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


def make_key(page: Page, name: str) -> str:
    """Makes a key and gives its secret; its dialog stays open."""
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create key").click()
    return page.get_by_role("region", name="API key", exact=True).inner_text()


def choose(page: Page, name: str, action: str) -> None:
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=action).click()


def status_of(server: Server, secret: str) -> int:
    """What the route says to a key."""
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.post(f"{server.url}/v1/chat/completions", json=body, headers=headers).status_code


def test_a_new_key_is_shown_once_with_all_it_needs(
    keys_page: Page, account: Account, server: Server, axe: Axe
) -> None:
    page = keys_page
    account.add_provider()
    page.get_by_role("button", name="New key").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Expires").select_option("In 30 days")
    expires = datetime.now(UTC) + timedelta(days=30)
    expect(page.get_by_label("Expires")).to_have_accessible_description(
        f"It stops by itself on {expires:%B} {expires.day}, {expires.year} (UTC)."
    )
    axe(page)
    page.get_by_label("Name", exact=True).fill("Staging worker")
    page.keyboard.press("Enter")

    dialog = page.get_by_role("dialog", name="Staging worker is ready")
    secret = dialog.get_by_role("region", name="API key", exact=True).inner_text()
    assert SECRET.match(secret)
    dialog.get_by_role("button", name="Copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    for language in ["curl", "Python", "JavaScript"]:
        dialog.get_by_role("tab", name=language).click()
        expect(dialog.get_by_role("region", name=language)).to_contain_text(secret)
        expect(dialog.get_by_role("region", name=language)).to_contain_text(f"{server.url}/v1")
    axe(page)

    for key in ["Escape", "Escape", "Escape", "Control+k"]:
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="I saved it").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="New key")).to_be_focused()
    expect(row(page, "Staging worker")).to_contain_text(secret[:6])
    expect(row(page, "Staging worker")).to_contain_text(f"Expires {expires:%B} {expires.day}")
    assert secret not in page.content() + page.url
    assert secret not in str(page.evaluate("JSON.stringify([localStorage, sessionStorage])"))
    assert status_of(server, secret) == 200


def test_the_first_key_shows_at_once(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    data = account.graphql("{ workspaces { apiKeys { id } } }")
    account.graphql(
        "mutation ($id: ID!) { deleteApiKey(id: $id) }", id=data["workspaces"][0]["apiKeys"][0]["id"]
    )
    page.goto(f"/w/{account.workspace_id}/keys")
    expect(page.get_by_text("No API keys yet")).to_be_visible()
    axe(page)

    make_key(page, "First")
    page.get_by_role("button", name="I saved it").click()

    expect(row(page, "First")).to_contain_text("Active")
    expect(page.get_by_text("No API keys yet")).to_be_hidden()


def test_mistakes_are_said_at_their_fields(keys_page: Page) -> None:
    page = keys_page
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Expires").select_option("On a day of your choice")
    page.get_by_role("button", name="Create key").click()

    name, day = page.get_by_label("Name", exact=True), page.get_by_label("Last day")
    expect(name).to_be_focused()
    expect(page.get_by_role("alert")).to_have_text(["Fill this in.", "Fill this in."])

    name.fill("Short-lived")
    day.fill((datetime.now(UTC) - timedelta(days=2)).date().isoformat())
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("alert")).to_have_text("Choose today or a later day.")

    day.fill("2099-12-31")
    page.get_by_role("button", name="Create key").click()
    page.get_by_role("button", name="I saved it").click()
    expect(row(page, "Short-lived")).to_contain_text("Expires December 31, 2099")


def test_a_key_shows_what_it_was_used_for(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider()
    account.complete()
    account.logs(1)
    page.goto(f"/w/{account.workspace_id}/keys")

    row(page, "Default key").get_by_role("link", name="1", exact=True).click()

    expect(page).to_have_url(re.compile(r"/logs\?key=[0-9a-f-]{36}$"))


def test_a_revoked_key_stays_in_the_list_and_opens_nothing(
    keys_page: Page, account: Account, server: Server, axe: Axe
) -> None:
    page = keys_page
    account.add_provider()
    secret = make_key(page, "Old laptop")
    page.get_by_role("button", name="I saved it").click()
    choose(page, "Old laptop", "Revoke")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Actions for Old laptop")).to_be_focused()
    assert status_of(server, secret) == 200

    choose(page, "Old laptop", "Revoke")
    page.get_by_role("button", name="Revoke key").click()

    expect(row(page, "Old laptop")).to_contain_text("Revoked")
    expect(row(page, "Old laptop")).to_have_attribute("data-muted", "true")
    assert status_of(server, secret) == 401
    page.get_by_role("button", name="Actions for Old laptop").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Show its logs", "Delete…"])


def test_a_key_is_deleted_by_typing_its_name(
    keys_page: Page, account: Account, server: Server, axe: Axe
) -> None:
    page = keys_page
    secret = make_key(page, "Old laptop")
    page.get_by_role("button", name="I saved it").click()
    choose(page, "Old laptop", "Delete")
    delete = page.get_by_role("button", name="Delete key")
    expect(delete).to_be_disabled()
    axe(page)
    page.get_by_label("Type “Old laptop” to confirm").fill("Old lapto")
    expect(delete).to_be_disabled()
    page.get_by_label("Type “Old laptop” to confirm").fill("Old laptop")

    delete.click()

    expect(row(page, "Old laptop")).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text(["Old laptop is deleted."])
    expect(page.get_by_role("button", name="New key")).to_be_focused()
    assert status_of(server, secret) == 401


def test_the_playgrounds_key_and_an_expired_one_are_told_apart(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.graphql(
        "mutation ($id: ID!) { createPlaygroundKey(workspaceId: $id) { secret } }", id=account.workspace_id
    )
    page.goto(f"/w/{account.workspace_id}/keys")

    expect(row(page, "playground")).to_contain_text("Short-lived")
    expect(row(page, "playground")).to_contain_text(re.compile(r"Expires in (1 hr|60 min|59 min)"))
    expect(row(page, "Default key")).not_to_contain_text("Short-lived")

    page.clock.set_fixed_time(datetime.now() + timedelta(hours=2))
    page.get_by_role("link", name="Usage", exact=True).click()
    page.get_by_role("link", name="Keys", exact=True).click()

    expect(row(page, "playground")).to_contain_text("Expired")


def test_what_fails_says_so_and_can_be_tried_again(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in

    def fail(route: Route) -> None:
        if "query ApiKeys" in (route.request.post_data or ""):
            route.fulfill(json={"errors": [{"message": "no", "extensions": {"code": "INTERNAL"}}]})
        else:
            route.continue_()

    page.route("**/graphql", fail)
    page.goto(f"/w/{account.workspace_id}/keys")
    expect(page.get_by_role("alert")).to_contain_text("This did not work")
    axe(page)

    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()

    expect(row(page, "Default key")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone_in_portuguese(
    signed_in: Page, account: Account, axe: Axe, scheme: str
) -> None:
    page = signed_in
    page.add_init_script("localStorage.setItem('perpetuo-language', 'pt')")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(f"/w/{account.workspace_id}/keys")
    expect(row(page, "Default key")).to_contain_text("Ativa")
    axe(page)

    page.set_viewport_size({"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
    page.get_by_role("button", name="Nova chave").click()
    page.get_by_label("Nome", exact=True).fill("Meu notebook")
    axe(page)
    page.get_by_role("button", name="Criar chave").click()
    expect(page.get_by_role("dialog", name="Meu notebook está pronta")).to_be_visible()
    page.get_by_role("tab", name="curl").wait_for()
    axe(page)
