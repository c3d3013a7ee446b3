"""The playground: asking models by the real route, with a key of its own."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.e2e.backend import Account
from tests.e2e.browser import Axe, Guard

SLOW = "gpt-4o;tokens=400;pace=0.05"
DOWN = "gpt-4o;status=503"
BREAKS = "gpt-4o;error_event=4"
ANSWER = re.compile("You said: .+simulated answer", re.DOTALL)


@pytest.fixture
def playground(signed_in: Page, account: Account) -> Page:
    """The playground of a workspace with a provider, and one to fall back to."""
    account.add_provider(label="Main", modelMap=[{"requested": "fallback", "target": DOWN}])
    mapped = [{"requested": "fallback", "target": "llama-3.3-70b"}]
    account.add_provider(provider="CUSTOM", label="Backup", modelMap=mapped)
    signed_in.goto(f"/w/{account.workspace_id}/playground?model=gpt-4o-mini")
    expect(prompt(signed_in)).to_be_visible()
    return signed_in


def prompt(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def model(page: Page) -> Locator:
    return page.get_by_label("Model", exact=True)


def answers(page: Page) -> Locator:
    return page.get_by_role("article")


def ask(page: Page, text: str) -> None:
    prompt(page).fill(text)
    page.keyboard.press("Control+Enter")


def body(request: Request) -> dict[str, Any]:
    sent: dict[str, Any] = request.post_data_json or {}
    return sent


def revoke_playground_keys(account: Account) -> int:
    keys = account.graphql(
        "query ($id: ID!) { workspace(id: $id) { apiKeys { id name active } } }", id=account.workspace_id
    )["workspace"]["apiKeys"]
    playground = [key["id"] for key in keys if key["name"] == "playground" and key["active"]]
    for key_id in playground:
        account.graphql("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", id=key_id)
    return len(playground)


def test_an_answer_comes_with_what_it_took(playground: Page, account: Account) -> None:
    ask(playground, "What is a gateway?")

    answer = answers(playground)
    expect(answer).to_contain_text(ANSWER)
    expect(prompt(playground)).to_be_focused()
    expect(prompt(playground)).to_have_value("")
    facts = answer.get_by_role("list", name="About this answer")
    expect(facts).to_contain_text(
        re.compile(r"Main.*gpt-4o-mini.*\d+ → \d+ tokens.*\d+ ms.*first token \d+ ms")
    )

    row = account.logs(1)[0]
    answer.get_by_role("link", name="Log row").click()
    expect(playground).to_have_url(re.compile(rf"/logs\?id={row['id']}$"))

    # Who comes back finds the conversation, and goes on with it.
    playground.go_back()
    expect(answers(playground)).to_contain_text(ANSWER)
    with playground.expect_request("**/v1/chat/completions") as sent:
        ask(playground, "And why?")
    assert [message["role"] for message in body(sent.value)["messages"]] == ["user", "assistant", "user"]
    expect(answers(playground)).to_have_count(2)

    stored = playground.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href")
    assert "pk_" not in stored
    assert "cookie" not in sent.value.all_headers()


def test_a_fallback_shows_who_was_tried(playground: Page) -> None:
    model(playground).fill("fallback")
    route = playground.get_by_role("list", name="Route")
    expect(route.get_by_role("listitem")).to_have_text([f"Main as {DOWN}", "Backup as llama-3.3-70b"])

    ask(playground, "Hello")

    expect(answers(playground)).to_contain_text(re.compile(r"Main 503 ×2 → Backup 200.*llama-3\.3-70b"))


def test_an_answer_is_stopped(playground: Page, account: Account) -> None:
    model(playground).fill(SLOW)
    ask(playground, "Tell me everything")
    expect(answers(playground)).to_contain_text("You said")
    expect(answers(playground)).to_have_attribute("aria-busy", "true")
    # What is sent meanwhile waits.
    ask(playground, "And more")
    expect(prompt(playground)).to_have_value("And more")

    playground.get_by_role("button", name="Stop").click()

    expect(answers(playground)).to_contain_text("Stopped.")
    expect(playground.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    assert account.logs(1)[0]["statusCode"] == 499
    expect(answers(playground).get_by_role("link", name="Log row")).to_be_visible()


def test_failures_speak_in_the_providers_words(playground: Page, guard: Guard, axe: Axe) -> None:
    guard.allowed.append("status of 503")
    model(playground).fill(f"main/{DOWN}")
    ask(playground, "Hello")

    alert = playground.get_by_role("alert")
    expect(alert).to_contain_text("No answer: 503 overloaded")
    expect(alert).to_contain_text("That model is currently overloaded with other requests.")
    expect(alert.get_by_role("listitem")).to_have_text([re.compile("^Main: 503 .* ×2$")])
    axe(playground)

    # The failed turn is not part of what was said; asking again takes its place.
    model(playground).fill(f"main/{BREAKS}")
    with playground.expect_request("**/v1/chat/completions") as sent:
        playground.get_by_role("button", name="Ask again").click()
    assert len(body(sent.value)["messages"]) == 1
    expect(alert).to_contain_text("The stream broke: upstream_error")
    expect(alert).to_contain_text("The server had an error while processing your request.")
    expect(answers(playground)).to_have_count(1)
    expect(answers(playground)).to_contain_text("You said")


def test_a_gateway_that_is_away_is_said_so(playground: Page, guard: Guard) -> None:
    guard.allowed.append("Failed to load resource")
    playground.route("**/v1/chat/completions", lambda route: route.abort("connectionrefused"))

    ask(playground, "Hello")

    expect(playground.get_by_role("alert")).to_contain_text("The gateway does not answer.")


def test_a_refused_key_is_renewed(playground: Page, account: Account, guard: Guard) -> None:
    guard.allowed.append("status of 401")
    ask(playground, "Hello")
    expect(answers(playground)).to_contain_text(ANSWER)
    ask(playground, "Again")
    expect(answers(playground).nth(1)).to_contain_text(ANSWER)

    assert revoke_playground_keys(account) == 1
    ask(playground, "And again")

    expect(answers(playground).nth(2)).to_contain_text(ANSWER)
    assert revoke_playground_keys(account) == 1


def test_parameters_go_along_and_into_the_code(playground: Page, axe: Axe) -> None:
    playground.get_by_label("System prompt").fill("Be brief.")
    playground.get_by_text("Parameters").click()
    playground.get_by_label("Temperature").fill("0.2")
    playground.get_by_label("Top P").fill("0.9")
    playground.get_by_label("Max tokens").fill("3")
    playground.get_by_role("switch", name="Assured").check()
    with playground.expect_request("**/v1/chat/completions") as sent:
        ask(playground, 'It\'s a "test"')

    assert body(sent.value) == {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": 'It\'s a "test"'},
        ],
        "temperature": 0.2,
        "max_tokens": 3,
        "top_p": 0.9,
        "stream": True,
    }
    assert sent.value.headers["x-perpetuo-assured"] == "true"
    expect(answers(playground)).to_contain_text("Cut off at the token limit.")

    playground.get_by_role("button", name="View code").click()
    dialog = playground.get_by_role("dialog")
    expect(dialog.get_by_role("tabpanel")).to_contain_text('"max_tokens": 3')
    expect(dialog.get_by_role("tabpanel")).to_contain_text("$PERPETUO_API_KEY")
    dialog.get_by_role("tab", name="Python").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("temperature=0.2,")
    dialog.get_by_role("tab", name="JavaScript").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text('{ role: "user", content: "It\'s a \\"test\\"" },')
    axe(playground)
    playground.keyboard.press("Escape")
    expect(playground.get_by_role("button", name="View code")).to_be_focused()

    playground.get_by_role("switch", name="Stream").uncheck()
    with playground.expect_request("**/v1/chat/completions") as plain:
        ask(playground, "Now at once")
    assert "stream" not in body(plain.value)
    assert "x-perpetuo-assured" not in plain.value.headers
    expect(answers(playground).nth(1)).to_contain_text("Cut off at the token limit.")

    playground.get_by_role("button", name="Clear conversation").click()
    expect(answers(playground)).to_have_count(0)
    expect(prompt(playground)).to_be_focused()
    expect(playground.get_by_label("Temperature")).to_have_value("0.2")


def test_the_model_is_chosen_and_kept_in_the_address(playground: Page, account: Account) -> None:
    account.complete("gpt-4.1-mini")
    account.logs(1)
    playground.reload()
    expect(model(playground)).to_have_value("gpt-4o-mini")

    playground.get_by_role("button", name="Choose a model").click()
    playground.get_by_role("menuitemradio", name="gpt-4.1-mini").click()

    expect(playground).to_have_url(re.compile(r"\?model=gpt-4\.1-mini$"))
    playground.reload()
    expect(model(playground)).to_have_value("gpt-4.1-mini")

    model(playground).fill("backup/claude-x")
    expect(playground.get_by_role("list", name="Route")).to_have_text("Backup as claude-x")
    model(playground).fill("")
    prompt(playground).fill("Hello")
    expect(playground.get_by_text("Name a model first.")).to_be_visible()
    expect(playground.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def test_without_a_provider_it_says_what_to_do(signed_in: Page, account: Account, axe: Axe) -> None:
    signed_in.goto(f"/w/{account.workspace_id}/playground")

    expect(signed_in.get_by_text("No provider to ask yet")).to_be_visible()
    axe(signed_in)
    signed_in.get_by_role("link", name="Add a provider").click()
    expect(signed_in).to_have_url(re.compile("/start$"))


def test_a_failed_load_can_be_tried_again(signed_in: Page, account: Account, guard: Guard) -> None:
    guard.allowed.append("Failed to load resource")
    account.add_provider()

    def fail(route: Route) -> None:
        if "Playground" in (route.request.post_data or ""):
            route.abort("connectionrefused")
        else:
            route.continue_()

    signed_in.route("**/graphql", fail)
    signed_in.goto(f"/w/{account.workspace_id}/playground")
    expect(signed_in.get_by_role("alert")).to_contain_text("The gateway does not answer.")

    signed_in.unroute("**/graphql")
    signed_in.get_by_role("button", name="Try again").click()

    expect(prompt(signed_in)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(playground: Page, axe: Axe, scheme: str) -> None:
    playground.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    axe(playground)
    playground.get_by_role("button", name="What is an AI gateway?").click()
    expect(prompt(playground)).to_have_value("What is an AI gateway?")
    playground.keyboard.press("Control+Enter")
    playground.get_by_text("Parameters").click()
    expect(playground.get_by_role("link", name="Log row")).to_be_visible()
    axe(playground)

    playground.set_viewport_size({"width": 360, "height": 740})

    assert playground.evaluate("document.documentElement.scrollWidth") <= 360
    axe(playground)
    ask(playground, "And on a phone?")
    expect(answers(playground).nth(1)).to_contain_text(ANSWER)
    expect(answers(playground).nth(1)).to_be_in_viewport()


def test_it_speaks_portuguese(playground: Page) -> None:
    playground.get_by_role("button", name=re.compile("^Language")).click()
    playground.get_by_role("menuitemradio", name="Português").click()

    playground.get_by_role("textbox", name="Mensagem").fill("Olá")
    playground.get_by_role("button", name="Enviar").click()

    facts = playground.get_by_role("list", name="Sobre esta resposta")
    expect(facts).to_contain_text(re.compile(r"primeiro token em .*Ver no registro"))
