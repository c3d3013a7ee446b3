"""The providers screen: keys are added, mended and put in order."""

import re

from playwright.sync_api import Page, expect

from app.simulator import RunningSimulator
from tests.e2e.backend import Account
from tests.e2e.browser import Axe
from tests.e2e.provider_list import (
    add_three,
    expect_order,
    expect_status,
    fail_with,
    move_below,
    open_providers,
    row,
    stored,
    stored_order,
)


def test_the_first_key_is_one_click_away(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    open_providers(page, account)
    expect(page.get_by_text("No provider key yet")).to_be_visible()
    axe(page)

    page.get_by_role("button", name="Add a simulated provider").click()

    expect_order(page, "Simulated")
    expect(row(page, "Simulated")).to_contain_text("2 models mapped")
    expect(row(page, "Simulated")).to_contain_text("Works. Tested in")
    page.get_by_label("Model", exact=True).fill("simulated")
    expect_status(page, "simulated → Simulated")


def test_a_key_is_tested_as_it_is_added_and_mended_where_it_is_refused(
    signed_in: Page, account: Account, simulator: RunningSimulator, axe: Axe
) -> None:
    page = signed_in
    open_providers(page, account)
    page.get_by_role("button", name="Add provider key").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Provider", exact=True)).to_be_focused()
    expect(dialog.get_by_label("Fallback model")).to_have_value("gpt-6-sol")
    axe(page)

    dialog.get_by_label("Provider", exact=True).select_option("CUSTOM")
    expect(dialog.get_by_label("Fallback model")).to_have_value("")
    dialog.get_by_role("button", name="Add and test").click()
    expect(dialog.get_by_label("Base URL")).to_have_accessible_description(re.compile("^Fill this in."))

    dialog.get_by_label("Base URL").fill(simulator.base_url)
    dialog.get_by_role("button", name="Add a model").click()
    expect(dialog.get_by_label("Requested model, row 1")).to_be_focused()
    page.keyboard.type("gpt-4o")
    dialog.get_by_label("Model at the provider, row 1").fill("llama-3")
    dialog.get_by_role("button", name="Add and test").click()

    expect(dialog.get_by_role("alert")).to_have_text(
        re.compile("Custom is stored.*You didn't provide an API key.")
    )
    expect(dialog.get_by_label("API key")).to_be_focused()
    axe(page)
    page.keyboard.type("sk-simulated-key-0002")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_have_count(0)
    expect(row(page, "Custom")).to_contain_text("Works. Tested in")
    expect(row(page, "Custom")).to_contain_text("sk-…0002")
    (key,) = stored(account)
    assert key["modelMap"] == [{"requested": "gpt-4o", "target": "llama-3"}]
    assert "sk-simulated-key-0002" not in page.content()


def test_a_key_is_edited(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    account.add_provider(
        label="Main", modelMap=[{"requested": "a", "target": "x"}, {"requested": "b", "target": "y"}]
    )
    account.add_provider(label="Other")
    open_providers(page, account)
    page.get_by_role("button", name="Edit Main").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("API key")).to_have_value("")
    expect(dialog.get_by_label("API key")).to_have_accessible_description("Leave blank to keep sk-…0001.")

    dialog.get_by_label("Label").fill("Other")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Label")).to_have_accessible_description(re.compile("^Another provider key"))
    expect(dialog.get_by_label("Label")).to_be_focused()
    axe(page)

    dialog.get_by_label("Label").fill("Primary")
    dialog.get_by_label("Base URL").fill("http://user:secret@host/v1")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Base URL")).to_have_accessible_description(re.compile("^An address such as"))

    dialog.get_by_label("Base URL").fill(str(stored(account)[1]["baseUrl"]))
    dialog.get_by_label("Requested model, row 2").fill("a")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("^Each requested model can stand here once"))

    dialog.get_by_role("button", name="Remove row 2").click()
    dialog.get_by_label("Fallback model").fill("gpt-6-sol")
    dialog.get_by_role("switch").uncheck()
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Edit Primary")).to_be_focused()
    expect(row(page, "Primary")).to_contain_text("Off")
    expect(row(page, "Primary")).to_contain_text("Fallback gpt-6-sol")
    key = stored(account)[0]
    assert (key["keyHint"], key["enabled"]) == ("sk-…0001", False)
    assert key["modelMap"] == [{"requested": "a", "target": "x"}]


def test_a_slow_provider_gets_more_time(signed_in: Page, account: Account, axe: Axe) -> None:
    page = signed_in
    account.add_provider(label="Slow")
    open_providers(page, account)
    page.get_by_role("button", name="Edit Slow").click()
    dialog = page.get_by_role("dialog")
    first = dialog.get_by_label("First token of a stream")

    expect(first).to_be_hidden()
    dialog.get_by_text("Time limits").click()
    first.fill("45.5")
    dialog.get_by_label("A plain answer, whole").fill("0")
    axe(page)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Edit Slow").click()

    expect(first).to_have_value("45.5")
    limits = {"firstTokenS": 45.5, "streamIdleS": None, "answerS": 0, "headerS": None}
    assert stored(account)[0]["timeouts"] == limits


def test_the_order_is_changed_by_keyboard(signed_in: Page, account: Account) -> None:
    page = signed_in
    add_three(account)
    open_providers(page, account, "?model=gpt-5")
    expect_status(page, "gpt-5 → First → Second → Third")
    down = page.get_by_role("button", name="Move First down")

    down.press("Enter")
    down.press("Enter")
    down.press("Enter")

    expect_order(page, "Second", "Third", "First")
    expect(down).to_be_focused()
    expect(down).to_be_disabled()
    expect_status(page, "First is number 3 of 3 now.")
    expect_status(page, "gpt-5 → Second → Third → First")
    assert stored_order(account) == "Second Third First"

    page.get_by_role("button", name="Move Third up").press("Space")

    expect_status(page, "Third is number 1 of 3 now.")
    page.reload()
    expect_order(page, "Third", "Second", "First")


def test_the_order_is_changed_by_dragging_and_taken_back_where_it_is_not_saved(
    signed_in: Page, account: Account
) -> None:
    page = signed_in
    add_three(account)
    open_providers(page, account)
    grip = row(page, "First").get_by_title("Drag First to another place")

    grip.hover()
    page.mouse.down()
    move_below(page, "Third")
    expect_order(page, "Second", "Third", "First")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect_order(page, "First", "Second", "Third")

    grip.hover()
    page.mouse.down()
    move_below(page, "Second")
    page.mouse.up()

    expect_order(page, "Second", "First", "Third")
    expect_status(page, "First is number 2 of 3 now.")
    page.reload()
    expect_order(page, "Second", "First", "Third")

    for operation in ["ReorderKeys", "ProviderKeys"]:
        fail_with(page, operation)
    page.get_by_role("button", name="Move First down").click()

    expect(page.get_by_text("The order could not be saved.")).to_be_visible()
    expect_order(page, "Second", "First", "Third")
