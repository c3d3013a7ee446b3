"""Signing up, in and out; theme, language and keyboard; the account."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.backend import PASSWORD, Account, Server, unique_email
from tests.e2e.browser import Axe


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{menu}")).click()
    page.get_by_role("menuitemradio", name=item).click()


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_signing_up_leads_to_the_first_steps(page: Page, axe: Axe) -> None:
    email = unique_email("grace")
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))
    page.get_by_role("link", name="Create an account").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    axe(page)

    page.get_by_label("Name", exact=True).fill("Grace")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Create account").click()

    expect(page).to_have_url(re.compile(r"/w/[^/]+/start$"))
    expect(page.get_by_role("banner")).to_contain_text(email)
    expect(page.get_by_role("banner")).to_contain_text("Default Workspace")
    assert page.evaluate("Object.keys(localStorage).sort()") == ["perpetuo-workspace"]
    assert page.evaluate("document.cookie") == ""


def test_mistakes_are_said_at_their_fields(page: Page, account: Account, axe: Axe) -> None:
    page.goto("/signup")
    page.get_by_label("E-mail").fill("nobody")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_role("alert")).to_have_text(
        ["Fill this in.", "Enter an e-mail address, such as you@example.com.", "At least 8 characters."]
    )
    axe(page)

    page.get_by_label("Name", exact=True).fill("Ada")
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Create account").click()

    email = page.get_by_label("E-mail")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description("There is an account with this e-mail already.")
    expect(email).to_be_focused()


def test_a_wrong_password_does_not_say_what_is_wrong(page: Page, account: Account) -> None:
    page.goto("/login")
    log_in(page, account.email, "wrong horse")

    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    expect(page).to_have_url(re.compile("/login$"))

    log_in(page, account.email)

    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_a_password_can_be_shown(page: Page) -> None:
    page.goto("/login")
    field = page.get_by_label("Password", exact=True)
    field.fill("secret horse")

    page.get_by_role("button", name="Show password").click()

    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value("secret horse")
    expect(field).to_have_attribute("autocomplete", "current-password")


def test_after_the_log_in_one_is_where_one_wanted_to_be(page: Page, account: Account) -> None:
    wanted = f"/w/{account.workspace_id}/keys"
    page.goto(wanted)
    expect(page).to_have_url(re.compile(r"/login\?next="))

    log_in(page, account.email)

    expect(page).to_have_url(re.compile(f"{wanted}$"))


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(page: Page, account: Account, next_page: str) -> None:
    page.goto(f"/login?next={next_page}")

    log_in(page, account.email)

    expect(page).to_have_url(re.compile(f"^http://127.0.0.1:[0-9]+/w/{account.workspace_id}$"))


def test_logging_out_ends_the_session(signed_in_page: Page, account: Account) -> None:
    page = signed_in_page
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login$"))

    page.goto(f"/w/{account.workspace_id}")

    expect(page).to_have_url(re.compile(r"/login\?next="))


def test_an_ended_session_leads_to_the_log_in_and_back(signed_in_page: Page, account: Account) -> None:
    page = signed_in_page
    page.goto("/account")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ada")
    account.graphql("mutation { logoutEverywhere }")

    page.get_by_label("Name", exact=True).fill("Ada L.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/login?next=%2Faccount")
    log_in(page, account.email)

    expect(page).to_have_url(re.compile("/account$"))


def test_the_theme_is_chosen_and_kept(signed_in_page: Page) -> None:
    page = signed_in_page
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = background(page)

    choose(page, "Theme", "Dark")
    dark = background(page)
    page.reload()

    assert (light, dark, background(page)) == ("rgb(251, 251, 252)", "rgb(14, 15, 18)", "rgb(14, 15, 18)")


def test_the_language_is_chosen_and_kept(page: Page, account: Account) -> None:
    page.goto("/login")
    choose(page, "Language", "Português")

    expect(page.get_by_role("heading", level=1)).to_have_text("Entrar")
    assert page.evaluate("document.documentElement.lang") == "pt-BR"

    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Senha", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Visão geral")
    expect(page).to_have_title("Visão geral · Perpetuo")


def test_a_portuguese_browser_is_answered_in_portuguese(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'language', { value: 'pt-BR' })")

    page.goto("/login")

    expect(page.get_by_role("button", name="Entrar")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["login", "signup", "account", "workspace", "unknown"])
def test_pages_are_accessible_and_fit_a_phone(
    page: Page, account: Account, axe: Axe, scheme: str, path: str
) -> None:
    if path not in {"login", "signup"}:
        account.sign_in(page)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    address = {"workspace": f"/w/{account.workspace_id}/workspace", "unknown": "/w/unknown/logs"}
    page.goto(address.get(path, f"/{path}"))
    page.get_by_role("heading", level=1).wait_for()
    axe(page)

    page.set_viewport_size({"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)


def test_the_command_menu_goes_anywhere_by_keyboard(signed_in_page: Page, axe: Axe) -> None:
    page = signed_in_page
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    axe(page)

    page.keyboard.type("usage")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/usage$"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    page.keyboard.press("g")
    page.keyboard.press("p")

    expect(page).to_have_url(re.compile("/providers$"))

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    axe(page)


def test_the_first_tab_skips_to_the_content(signed_in_page: Page) -> None:
    page = signed_in_page
    page.reload()
    page.get_by_role("heading", level=1).wait_for()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_workspaces_are_made_renamed_and_switched(signed_in_page: Page, account: Account, axe: Axe) -> None:
    page = signed_in_page
    banner = page.get_by_role("banner")
    page.get_by_role("button", name=re.compile("^Workspace")).click()
    page.get_by_role("menuitem", name="New workspace").click()
    axe(page)
    page.get_by_role("dialog").get_by_label("Name").fill("Staging")
    page.get_by_role("button", name="Create").click()
    expect(banner).to_contain_text("Staging")
    expect(page).to_have_url(re.compile(r"/w/[^/]+/start$"))

    page.get_by_role("button", name=re.compile("^Workspace")).click()
    page.get_by_role("menuitem", name="Workspace settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Workspace settings")
    page.get_by_label("Name", exact=True).fill("Production")
    page.get_by_role("button", name="Save").click()

    expect(banner).to_contain_text("Production")
    expect(page.get_by_role("status")).to_contain_text(["The workspace is called Production now."])

    choose(page, "Workspace", "Default Workspace")

    expect(page).to_have_url(re.compile(f"/w/{account.workspace_id}$"))
    page.goto("/")
    expect(page).to_have_url(re.compile(f"/w/{account.workspace_id}$"))


def test_the_account_is_changed(signed_in_page: Page, account: Account, server: Server) -> None:
    page = signed_in_page
    taken = server.sign_up("taken").email
    email = unique_email("lovelace")
    page.get_by_role("link", name=re.compile("^Account")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Account")

    page.get_by_label("E-mail").fill(taken)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("E-mail")).to_have_accessible_description(
        "There is an account with this e-mail already."
    )
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("banner")).to_contain_text(email)

    page.get_by_label("Current password").fill("wrong horse")
    page.get_by_label("New password").fill("a better password")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_label("Current password")).to_have_accessible_description(
        "The current password is wrong."
    )
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The password is changed.")).to_be_visible()

    page.get_by_role("button", name="Log out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Log out everywhere").click()
    page.wait_for_url("**/login")
    log_in(page, email, "a better password")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
