"""Providers: the keys in the order of trying, adding and editing them, and what happens for a model."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.simulator import RunningSimulator
from tests.e2e.backend import Account, Server
from tests.e2e.browser import Axe
from tests.front_door import Row

_KEYS = """
query ($id: ID!) {
  workspace(id: $id) {
    providerKeys { label baseUrl enabled defaultModel keyHint modelMap { requested target } }
  }
}
"""


@pytest.fixture
def signed_in(page: Page, account: Account, server: Server) -> Page:
    """A page whose browser is signed in; it has not gone anywhere yet."""
    page.context.add_cookies([{"name": "perpetuo_session", "value": account.token, "url": server.url}])
    return page


def open_providers(page: Page, account: Account, search: str = "") -> None:
    page.goto(f"/w/{account.workspace_id}/providers{search}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Providers")


def stored(account: Account) -> list[Row]:
    rows: list[Row] = account.graphql(_KEYS, id=account.workspace_id)["workspace"]["providerKeys"]
    return rows


def stored_order(account: Account) -> str:
    return " ".join(str(key["label"]) for key in stored(account))


def row(page: Page, label: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("button", name=f"Test {label}"))


def expect_order(page: Page, *labels: str) -> None:
    tests = page.get_by_role("button", name=re.compile("^Test "))
    expect(tests).to_have_count(len(labels))
    for place, label in enumerate(labels):
        expect(tests.nth(place)).to_have_accessible_name(f"Test {label}")


def expect_status(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_have_count(1)


def move_below(page: Page, label: str) -> None:
    """Moves the mouse to the lower edge of a row."""
    box = row(page, label).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 4, steps=4)


def add_three(account: Account) -> None:
    for label in ("First", "Second", "Third"):
        account.add_provider(label=label)


def fail_with(page: Page, operation: str, message: str = "Out of order.") -> None:
    """From now on an operation is answered with an error."""
    body = {"data": None, "errors": [{"message": message, "extensions": {"code": "INTERNAL"}}]}

    def answer(route: Route) -> None:
        if f'"{operation}"' in (route.request.post_data or ""):
            route.fulfill(json=body)
        else:
            route.fallback()

    page.route("**/graphql", answer)


def test_the_first_key_is_one_click_away_and_one_that_is_not_spoken_says_so(
    signed_in: Page, account: Account, axe: Axe
) -> None:
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

    page.get_by_role("button", name="Add provider key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Provider", exact=True).select_option(label="Google (not spoken yet)")
    expect(dialog).to_contain_text("does not speak Google yet")
    dialog.get_by_label("API key").fill("AIza-example-0001")
    dialog.get_by_role("button", name="Add provider key").click()

    expect(row(page, "Google")).to_contain_text("Not spoken yet")
    expect(row(page, "Google")).to_contain_text("This version of Perpetuo does not speak Google yet.")
    expect(page.get_by_text("This version does not speak its dialect yet.")).to_be_visible()


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

    fail_with(page, "ReorderKeys")
    page.get_by_role("button", name="Move First down").click()

    expect(page.get_by_text("The order could not be saved.")).to_be_visible()
    expect_order(page, "Second", "First", "Third")


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
