import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.changes import SessionsEnded
from app.core.clock import now
from app.core.secrets import hash_api_key
from app.errors import Conflict, Forbidden, Invalid, NotFound, TooManyTries, Unauthenticated
from app.management import accounts
from app.management.passwords import Passwords
from app.management.throttle import Throttle
from app.management.tools import Tools
from app.models import ApiKey, Session, UsageCounter, User, Workspace
from app.settings import Settings, Signup
from tests.management.making import PASSWORD, Account, listening, log_in, sign_up, viewer_of


async def test_a_sign_up_makes_user_workspace_key_and_session(tools: Tools) -> None:
    made = await accounts.sign_up(
        tools, email=" Ada@Example.COM ", password=PASSWORD, name=" Ada ", origin="192.0.2.1"
    )

    viewer = await viewer_of(tools, made.signed_in.token)
    api_key = await ApiKey.get(workspace_id=made.workspace.id)
    assert (viewer.user.email, viewer.user.name) == ("ada@example.com", "Ada")
    assert (made.workspace.name, made.workspace.owner_id) == ("Default Workspace", viewer.user.id)
    assert api_key.name == "Default key"
    assert made.api_key.startswith("pk_")
    assert api_key.key_hash == hash_api_key(made.api_key).hex()
    assert made.api_key.startswith(api_key.prefix)
    assert await UsageCounter.exists(workspace_id=made.workspace.id)
    assert timedelta(days=6, hours=23) < viewer.expires_at - now() <= timedelta(days=7)


async def test_a_taken_email_is_a_conflict_in_any_case_and_leaves_nothing_behind(
    tools: Tools, ada: Account
) -> None:
    with pytest.raises(Conflict) as caught:
        await sign_up(tools, "ADA@example.com")

    assert caught.value.field == "email"
    assert await User.all().count() == 1
    assert await Workspace.all().count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"email": "ada"}, "email", id="no e-mail"),
        pytest.param({"email": f"{'a' * 260}@example.com"}, "email", id="long e-mail"),
        pytest.param({"email": "a\x00@example.com"}, "email", id="NUL in the e-mail"),
        pytest.param({"password": "1234567"}, "password", id="short password"),
        pytest.param({"password": "x" * 257}, "password", id="long password"),
        pytest.param({"password": "1234567\ud800"}, "password", id="half a character in the password"),
        pytest.param({"name": "  "}, "name", id="no name"),
        pytest.param({"name": "x" * 101}, "name", id="long name"),
        pytest.param({"name": "two\nlines"}, "name", id="two lines in the name"),
    ],
)
async def test_a_sign_up_names_the_field_that_is_wrong(
    tools: Tools, changes: dict[str, str], field: str
) -> None:
    form = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada", "origin": "192.0.2.1"} | changes

    with pytest.raises(Invalid) as caught:
        await accounts.sign_up(tools, **form)

    assert caught.value.field == field
    assert not await User.exists()


@pytest.mark.parametrize(
    "password", [pytest.param("x" * 8, id="shortest"), pytest.param("ü" * 256, id="longest")]
)
async def test_a_password_at_the_limit_is_taken(tools: Tools, password: str) -> None:
    await accounts.sign_up(tools, email="ada@example.com", password=password, name="Ada", origin="192.0.2.1")

    assert await log_in(tools, password=password)


def with_signup(tools: Tools, signup: Signup) -> Tools:
    return replace(tools, settings=tools.settings.model_copy(update={"signup": signup}))


async def test_a_closed_house_lets_nobody_sign_up_and_does_not_read_the_form(tools: Tools) -> None:
    with pytest.raises(Forbidden, match="SIGNUP=closed"):
        await sign_up(with_signup(tools, Signup.CLOSED), "no e-mail")


async def test_only_the_first_of_many_simultaneous_sign_ups_gets_in(tools: Tools) -> None:
    first_only = with_signup(tools, Signup.FIRST)

    outcomes = await asyncio.gather(
        *(sign_up(first_only, f"{number}@example.com") for number in range(6)), return_exceptions=True
    )

    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Forbidden) for outcome in outcomes) == 5
    assert await User.all().count() == 1


async def test_a_log_in_opens_another_session(tools: Tools, ada: Account) -> None:
    token = await log_in(tools, "  ADA@example.com")

    viewer = await viewer_of(tools, token)
    assert viewer.user.id == ada.viewer.user.id
    assert viewer.session_id != ada.viewer.session_id


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param("ada@example.com", "wrong password", id="wrong password"),
        pytest.param("bob@example.com", PASSWORD, id="unknown e-mail"),
        pytest.param("ada@example.com", "x" * 1000, id="long password"),
        pytest.param("ada@example.com", "x\ud800", id="half a character"),
        pytest.param("x" * 1000, PASSWORD, id="long e-mail"),
        pytest.param("a\x00da@example.com", PASSWORD, id="NUL"),
    ],
)
async def test_a_failed_log_in_never_says_what_was_wrong(
    tools: Tools, ada: Account, email: str, password: str
) -> None:
    with pytest.raises(Unauthenticated, match=r"^The e-mail or the password is wrong\.$"):
        await log_in(tools, email, password)


async def test_guessing_is_stopped_and_a_right_password_does_not_count(
    settings: Settings, tools: Tools
) -> None:
    limited = replace(tools, throttle=Throttle(per_email=2))
    await sign_up(limited)
    for _ in range(5):
        await log_in(limited)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await log_in(limited, password="wrong password")

    with pytest.raises(TooManyTries):
        await log_in(limited)


async def test_a_log_in_renews_a_hash_with_old_parameters(tools: Tools, ada: Account) -> None:
    stronger = tools.settings.model_copy(update={"argon2_memory_kib": 16})

    await log_in(replace(tools, passwords=Passwords(stronger)))

    renewed = await User.get(id=ada.viewer.user.id)
    assert "$m=16,t=1,p=2$" in renewed.password_hash


async def test_a_log_in_sweeps_the_expired_sessions_of_its_user(tools: Tools, ada: Account) -> None:
    await Session.filter(id=ada.viewer.session_id).update(expires_at=now() - timedelta(seconds=1))

    token = await log_in(tools)

    assert [row.id for row in await Session.all()] == [tools.tokens.read(token)]


async def test_an_expired_session_is_nobody(tools: Tools, ada: Account) -> None:
    await Session.filter(id=ada.viewer.session_id).update(expires_at=now() - timedelta(seconds=1))

    assert await accounts.authenticate(tools, ada.made.signed_in.token) is None


async def test_a_session_can_be_prolonged_until_it_ends(tools: Tools, ada: Account) -> None:
    await Session.filter(id=ada.viewer.session_id).update(expires_at=now() + timedelta(hours=1))

    prolonged = await accounts.prolong(tools, ada.viewer)

    assert prolonged is not None
    viewer = await viewer_of(tools, prolonged.token)
    assert viewer.session_id == ada.viewer.session_id
    assert viewer.expires_at - now() > timedelta(days=6)
    await accounts.log_out(tools, viewer)
    assert await accounts.prolong(tools, viewer) is None


async def test_a_log_out_ends_the_session_that_asks(tools: Tools, ada: Account) -> None:
    other = await log_in(tools)

    with listening(tools) as heard:
        await accounts.log_out(tools, ada.viewer)

    assert await accounts.authenticate(tools, ada.made.signed_in.token) is None
    assert await accounts.authenticate(tools, other) is not None
    assert heard.changes == [SessionsEnded(ada.viewer.user.id)]


async def test_a_log_out_everywhere_ends_every_session_of_the_user_alone(
    tools: Tools, ada: Account, eve: Account
) -> None:
    other = await log_in(tools)

    await accounts.log_out_everywhere(tools, ada.viewer)

    assert await accounts.authenticate(tools, ada.made.signed_in.token) is None
    assert await accounts.authenticate(tools, other) is None
    assert await accounts.authenticate(tools, eve.made.signed_in.token) is not None


async def test_a_changed_password_ends_every_other_session(tools: Tools, ada: Account, eve: Account) -> None:
    other = await log_in(tools)

    with listening(tools) as heard:
        await accounts.change_password(
            tools, ada.viewer, current=PASSWORD, new="another password", origin="192.0.2.1"
        )

    assert await accounts.authenticate(tools, ada.made.signed_in.token) is not None
    assert await accounts.authenticate(tools, other) is None
    assert await accounts.authenticate(tools, eve.made.signed_in.token) is not None
    assert heard.changes == [SessionsEnded(ada.viewer.user.id)]
    with pytest.raises(Unauthenticated):
        await log_in(tools)
    assert await log_in(tools, password="another password")


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        pytest.param("wrong password", "another password", "current", id="wrong current"),
        pytest.param("wrong\ud800", "another password", "current", id="no text"),
        pytest.param(PASSWORD, "short", "new", id="short"),
        pytest.param(PASSWORD, "x" * 257, "new", id="long"),
    ],
)
async def test_a_refused_password_change_changes_nothing(
    tools: Tools, ada: Account, current: str, new: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await accounts.change_password(tools, ada.viewer, current=current, new=new, origin="192.0.2.1")

    assert caught.value.field == field
    assert await log_in(tools)


async def test_a_log_in_with_the_old_password_does_not_outlive_its_change(
    tools: Tools, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The change falls between the check of the password and the new session, which no timing can promise.
    verify = tools.passwords.verify

    async def verify_then_change(password: str, password_hash: str) -> object:
        verdict = await verify(password, password_hash)
        monkeypatch.undo()
        await accounts.change_password(
            tools, ada.viewer, current=PASSWORD, new="another password", origin="192.0.2.1"
        )
        return verdict

    monkeypatch.setattr(Passwords, "verify", lambda _, *given: verify_then_change(*given))

    with pytest.raises(Unauthenticated):
        await log_in(tools)

    assert [row.id for row in await Session.all()] == [ada.viewer.session_id]


async def test_an_account_is_updated_in_part(tools: Tools, ada: Account) -> None:
    renamed = await accounts.update_account(ada.viewer, name="Countess", email=None)
    moved = await accounts.update_account(ada.viewer, name=None, email="Lovelace@Example.com")

    assert (renamed.name, renamed.email) == ("Countess", "ada@example.com")
    assert (moved.name, moved.email) == ("Countess", "lovelace@example.com")
    assert await log_in(tools, "lovelace@example.com")


async def test_an_account_cannot_take_the_email_of_another(ada: Account, eve: Account) -> None:
    with pytest.raises(Conflict) as caught:
        await accounts.update_account(ada.viewer, name="Eve", email="eve@example.com")

    assert caught.value.field == "email"
    assert (await User.get(id=ada.viewer.user.id)).name == "Ada"


async def test_a_reset_password_ends_all_sessions(tools: Tools, ada: Account) -> None:
    user = await accounts.reset_password(tools, "ADA@example.com", "another password")

    assert user.id == ada.viewer.user.id
    assert await accounts.authenticate(tools, ada.made.signed_in.token) is None
    assert await log_in(tools, password="another password")


async def test_a_password_is_reset_for_an_address_however_it_is_typed(tools: Tools) -> None:
    account = await sign_up(tools, "ada@xn--exmple-cua.com")

    user = await accounts.reset_password(tools, "ada@xn--exmple-cua.com", "another password")

    assert user.id == account.viewer.user.id
    assert user.email == "ada@exämple.com"


async def test_a_password_of_nobody_cannot_be_reset(tools: Tools) -> None:
    with pytest.raises(NotFound):
        await accounts.reset_password(tools, "nobody@example.com", "another password")
