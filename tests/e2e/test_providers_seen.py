"""The providers screen: what it shows of keys, models and failures."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.backend import Account
from tests.e2e.browser import Axe
from tests.e2e.provider_list import (
    expect_order,
    expect_status,
    fail_with,
    open_providers,
    row,
    stored,
)


def test_a_key_is_switched_tested_and_seen_to_fail(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider(label="Main", modelMap=[{"requested": "broken", "target": "gpt-4o;status=401"}])
    account.add_provider(label="Spare")
    open_providers(page, account, "?model=gpt-5")
    expect(row(page, "Main")).to_contain_text("Not tried yet")

    page.get_by_role("switch", name="Use Spare").uncheck()
    expect(row(page, "Spare")).to_contain_text("Off")
    expect_status(page, "gpt-5 → Main")
    expect(page.get_by_text("Switched off.")).to_be_visible()
    assert [key["enabled"] for key in stored(account)] == [True, False]

    page.get_by_role("button", name="Test Main").click()
    expect(row(page, "Main")).to_contain_text("Works. Tested in")

    account.complete("gpt-4o")
    account.logs(1)
    page.reload()
    expect(row(page, "Main").get_by_text("OK", exact=True)).to_be_visible()

    account.complete("broken")
    account.logs(2)
    page.reload()
    expect(row(page, "Main")).to_contain_text("Failing")
    expect(row(page, "Main")).to_contain_text(re.compile("Last failed .* with status 401"))
    expect(row(page, "Main")).to_contain_text("Incorrect API key provided.")


def test_a_key_is_deleted_after_a_question(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    account.add_provider(label="Main")
    open_providers(page, account, "?model=gpt-5")
    page.get_by_role("button", name="Delete Main").click()
    dialog = page.get_by_role("dialog", name="Delete Main?")
    axe(page)
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Delete Main")).to_be_focused()

    page.get_by_role("button", name="Delete Main").click()
    dialog.get_by_role("button", name="Delete provider key").click()

    expect(page.get_by_text("No provider key yet")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect_status(page, "gpt-5 → nobody")
    assert stored(account) == []


def test_what_happens_for_a_model_is_told_and_kept_in_the_address(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider(label="Main")
    account.add_provider(label="Spare", provider="CUSTOM", defaultModel="llama-3")
    open_providers(page, account)
    page.get_by_label("Model", exact=True).fill("gpt-5")
    expect_status(page, "gpt-5 → Main → Spare as llama-3")

    page.get_by_label("Model", exact=True).fill("main/gpt-5")
    expect_status(page, "main/gpt-5 → Main as gpt-5")
    expect(page.get_by_text("The request is for main alone.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?model=main%2Fgpt-5$"))

    page.reload()

    expect(page.get_by_label("Model", exact=True)).to_have_value("main/gpt-5")
    expect_status(page, "main/gpt-5 → Main as gpt-5")


def test_a_list_that_does_not_come_can_be_asked_for_again(
    signed_in: Page, account: Account, axe: Axe
) -> None:
    page = signed_in
    account.add_provider(label="Main")
    fail_with(page, "ProviderKeys")
    open_providers(page, account)
    expect(page.get_by_role("alert")).to_contain_text("This did not work")
    axe(page)

    page.unroute_all()
    page.get_by_role("button", name="Try again").click()

    expect_order(page, "Main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(
    signed_in: Page, account: Account, axe: Axe, scheme: str
) -> None:
    page = signed_in
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    account.add_provider(
        label="Main", defaultModel="gpt-6-sol", modelMap=[{"requested": "x", "target": "y;status=503"}]
    )
    account.add_provider(label="Spare", enabled=False)
    account.add_provider(provider="GOOGLE", baseUrl=None)
    account.complete("x")
    account.logs(1)
    open_providers(page, account, "?model=claude-opus-5")
    page.get_by_role("button", name="Test Main").click()
    expect(row(page, "Main")).to_contain_text("Works.")
    expect(row(page, "Main")).to_contain_text("Failing")
    expect(page.get_by_text("Tried in this order")).to_be_visible()
    axe(page)

    page.set_viewport_size({"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
    page.get_by_role("button", name="Edit Main").click()
    axe(page)
    dialog = page.get_by_role("dialog")
    assert dialog.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_it_speaks_portuguese(signed_in: Page, account: Account) -> None:
    page = signed_in
    account.add_provider(label="Main", modelMap=[{"requested": "x", "target": "y"}])
    page.add_init_script("localStorage.setItem('perpetuo-language', 'pt')")
    page.goto(f"/w/{account.workspace_id}/providers?model=claude")

    expect(page.get_by_role("heading", level=1)).to_have_text("Provedores")
    expect(page.get_by_role("button", name="Testar Main")).to_be_visible()
    expect(page.get_by_text("1 modelo mapeado")).to_be_visible()
    expect(page.get_by_text("Ele não conhece o modelo e não tem modelo reserva.")).to_be_visible()
    page.get_by_role("button", name="Adicionar chave").click()
    expect(page.get_by_role("dialog")).to_contain_text("Entra no lugar dos modelos que ele não conhece.")
