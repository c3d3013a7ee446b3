import asyncio
from datetime import timedelta

import pytest

from app.core.clock import now
from app.management.tools import Tools
from app.models import Session
from tests.graphql_schema.client import LOG_IN, PASSWORD, SIGN_UP, Client
from tests.graphql_schema.conftest import Connect

ME = "{ me { email } }"
CSRF = {"x_perpetuo_csrf": "1"}


async def test_signing_up_gives_an_account_with_all_it_starts_with(anyone: Client) -> None:
    answer = await anyone.sign_up("Ada@Example.com")

    assert answer.at("signup.user.email") == "ada@example.com"
    assert answer.at("signup.workspace.name") == "Default Workspace"
    assert answer.text("signup.apiKey").startswith("pk_")
    assert answer.text("signup.user.createdAt").endswith("+00:00")


# Normalised, each of these is eighteen characters.
GROWING = "\ufdfa" * 256
LONG = "\u0315\u0300" * 200


@pytest.mark.parametrize(
    ("changes", "field", "limit"),
    [
        pytest.param({"email": f"a{LONG}@example.com"}, "email", "at most 254", id="e-mail"),
        pytest.param({"email": f"{LONG}\x00"}, "email", "at most 254", id="e-mail that is no text"),
        pytest.param({"name": f"{LONG}\x00"}, "name", "1 to 100", id="name"),
        pytest.param({"password": GROWING}, "password", "8 to 256", id="password that grows"),
        pytest.param({"password": f"{LONG}\x00"}, "password", "8 to 256", id="password"),
    ],
)
async def test_what_is_too_long_is_refused_by_its_limit_before_anything_looks_into_it(
    anyone: Client, changes: dict[str, str], field: str, limit: str
) -> None:
    form = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"} | changes

    answer = await anyone.run(SIGN_UP, {"input": form})

    assert answer.codes == [("VALIDATION", field)]
    assert f"{limit} characters" in answer.messages[0]


async def test_the_email_of_an_account_is_limited_where_it_is_changed_too(ada: Client) -> None:
    answer = await ada.run(
        "mutation ($email: String!) { updateAccount(email: $email) { email } }",
        {"email": f"a{LONG}@example.com"},
    )

    assert answer.codes == [("VALIDATION", "email")]
    assert answer.messages == ["email must have at most 254 characters."]


async def test_signing_up_signs_the_browser_in(anyone: Client) -> None:
    answer = await anyone.sign_up()

    cookie = answer.response.headers["set-cookie"]
    assert cookie.startswith(f"perpetuo_session={answer.text('signup.token')};")
    for attribute in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=604"):
        assert attribute in cookie
    assert "Secure" not in cookie
    assert (await anyone.run(ME, **CSRF)).at("me.email") == "ada@example.com"


async def test_nobody_is_nobody(anyone: Client) -> None:
    assert (await anyone.run(ME)).data == {"me": None}


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("Bearer wrong", id="wrong token"),
        pytest.param("Basic dXNlcjpwYXNz", id="another scheme"),
        pytest.param("", id="empty"),
    ],
)
async def test_authorization_wins_over_the_cookie_even_when_it_is_wrong(
    anyone: Client, authorization: str
) -> None:
    await anyone.sign_up()

    answer = await anyone.run(ME, authorization=authorization)

    assert answer.data == {"me": None}


async def test_logging_in_gives_a_token_and_a_cookie(ada: Client, anyone: Client) -> None:
    answer = await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": PASSWORD}})

    assert answer.at("login.user.email") == "ada@example.com"
    assert answer.text("login.token") in answer.response.headers["set-cookie"]


@pytest.mark.parametrize(
    "email",
    [
        pytest.param("jose\u0301@exa\u0308mple.com", id="decomposed"),
        pytest.param("ada@xn--exmple-cua.com", id="punycode"),
        pytest.param("ada@\uff45xample.com", id="wide letters"),
        pytest.param(" Ada@Example.COM ", id="upper case"),
    ],
)
async def test_who_signed_up_logs_in_with_the_same_text(anyone: Client, email: str) -> None:
    stored = (await anyone.sign_up(email)).text("signup.user.email")
    anyone.http.cookies.clear()

    typed = await anyone.run(LOG_IN, {"input": {"email": email, "password": PASSWORD}})
    anyone.http.cookies.clear()
    shown = await anyone.run(LOG_IN, {"input": {"email": stored, "password": PASSWORD}})

    assert typed.at("login.user.email") == stored
    assert shown.at("login.user.email") == stored


async def test_many_log_ins_at_once_each_get_their_own_cookie(connect: Connect) -> None:
    emails = [f"{number}@example.com" for number in range(12)]
    await asyncio.gather(*(connect().sign_up(email) for email in emails))

    answers = await asyncio.gather(
        *(connect().run(LOG_IN, {"input": {"email": email, "password": PASSWORD}}) for email in emails)
    )

    assert [answer.at("login.user.email") for answer in answers] == emails
    for answer in answers:
        cookie = answer.response.headers["set-cookie"]
        assert cookie.startswith(f"perpetuo_session={answer.text('login.token')};")


async def test_a_wrong_log_in_is_unauthenticated_and_sets_no_cookie(ada: Client, anyone: Client) -> None:
    answer = await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": "wrong password"}})

    assert answer.codes == [("UNAUTHENTICATED", None)]
    assert answer.response.json()["data"] == {"login": None}
    assert "set-cookie" not in answer.response.headers


async def test_a_log_in_with_a_password_that_grows_is_wrong(ada: Client, anyone: Client) -> None:
    answer = await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": GROWING}})

    assert answer.codes == [("UNAUTHENTICATED", None)]


@pytest.mark.parametrize(
    "current",
    [
        pytest.param("wrong password", id="wrong"),
        pytest.param("x" * 5000, id="too long"),
        pytest.param(GROWING, id="too long once it is normalised"),
    ],
)
async def test_a_wrong_current_password_is_named_whatever_is_wrong_with_it(ada: Client, current: str) -> None:
    answer = await ada.run(
        'mutation ($current: String!) { changePassword(current: $current, new: "another password") }',
        {"current": current},
    )

    assert answer.codes == [("VALIDATION", "current")]
    assert answer.messages == ["The current password is wrong."]


async def test_guessing_is_limited(ada: Client, anyone: Client) -> None:
    for _ in range(10):
        await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": "wrong password"}})

    answer = await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": PASSWORD}})

    assert answer.codes == [("RATE_LIMITED", None)]
    assert "Try again in" in answer.messages[0]


async def test_logging_out_ends_the_session_and_clears_the_cookie(anyone: Client) -> None:
    token = (await anyone.sign_up()).text("signup.token")

    answer = await anyone.run("mutation { logout }", **CSRF)

    assert answer.data == {"logout": True}
    assert 'perpetuo_session=""' in answer.response.headers["set-cookie"]
    assert "perpetuo_session" not in anyone.http.cookies
    assert (await anyone.run(ME, authorization=f"Bearer {token}")).data == {"me": None}


async def test_nothing_works_behind_a_log_out_in_the_same_operation(ada: Client) -> None:
    answer = await ada.run('mutation { logout createWorkspace(name: "Late") { id } }')

    assert answer.response.json()["data"] == {"logout": True, "createWorkspace": None}
    assert answer.codes == [("UNAUTHENTICATED", None)]


async def test_logging_out_everywhere_ends_the_other_sessions_too(ada: Client, anyone: Client) -> None:
    await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": PASSWORD}})

    answer = await anyone.run("mutation { logoutEverywhere }", **CSRF)

    assert answer.data == {"logoutEverywhere": True}
    assert (await ada.run(ME)).data == {"me": None}


async def test_changing_the_password_ends_every_other_session(ada: Client, anyone: Client) -> None:
    await anyone.run(LOG_IN, {"input": {"email": "ada@example.com", "password": PASSWORD}})

    answer = await ada.run(
        'mutation ($current: String!) { changePassword(current: $current, new: "another password") }',
        {"current": PASSWORD},
    )

    assert answer.data == {"changePassword": True}
    assert (await ada.run(ME)).at("me.email") == "ada@example.com"
    assert (await anyone.run(ME, **CSRF)).data == {"me": None}


async def test_an_account_is_updated(ada: Client, eve: Client) -> None:
    renamed = await ada.run('mutation { updateAccount(name: "Countess", email: null) { name email } }')
    taken = await ada.run('mutation { updateAccount(email: "EVE@example.com") { name } }')

    assert renamed.data == {"updateAccount": {"name": "Countess", "email": "ada@example.com"}}
    assert taken.codes == [("CONFLICT", "email")]


async def test_a_cookie_past_half_its_life_is_made_fresh(tools: Tools, anyone: Client) -> None:
    await anyone.sign_up()
    young = await anyone.run(ME, **CSRF)
    await Session.all().update(expires_at=now() + timedelta(days=3))

    answer = await anyone.run(ME, **CSRF)

    session = await Session.get()
    assert "set-cookie" not in young.response.headers
    assert "Max-Age=604" in answer.response.headers["set-cookie"]
    assert session.expires_at > now() + timedelta(days=6)
    assert tools.tokens.read(anyone.http.cookies["perpetuo_session"]) == session.id


async def test_a_token_in_a_header_is_left_as_it_is(ada: Client) -> None:
    await Session.all().update(expires_at=now() + timedelta(days=3))

    answer = await ada.run(ME)

    assert "set-cookie" not in answer.response.headers


@pytest.mark.parametrize(
    "operation",
    [
        "{ workspaces { id } }",
        '{ workspace(id: "x") { id } }',
        "mutation { logout }",
        "mutation { logoutEverywhere }",
        'mutation { updateAccount(name: "x") { id } }',
        'mutation { changePassword(current: "xxxxxxxx", new: "yyyyyyyy") }',
        'mutation { createWorkspace(name: "x") { id } }',
        'mutation { updateWorkspace(id: "x", name: "x") { id } }',
        'mutation { addProviderKey(input: {workspaceId: "x", provider: OPENAI, apiKey: "x"}) { id } }',
        'mutation { updateProviderKey(input: {id: "x"}) { id } }',
        'mutation { reorderProviderKeys(workspaceId: "x", ids: []) { id } }',
        'mutation { deleteProviderKey(id: "x") }',
        'mutation { testProviderKey(id: "x") { ok } }',
        'mutation { createApiKey(workspaceId: "x", name: "x") { secret } }',
        'mutation { createPlaygroundKey(workspaceId: "x") { secret } }',
        'mutation { revokeApiKey(id: "x") { id } }',
        'mutation { deleteApiKey(id: "x") }',
    ],
)
async def test_nothing_else_works_without_a_session(anyone: Client, operation: str) -> None:
    answer = await anyone.run(operation)

    assert answer.response.status_code == 200
    assert answer.codes == [("UNAUTHENTICATED", None)]
    assert set(answer.response.json()["data"].values()) == {None}
