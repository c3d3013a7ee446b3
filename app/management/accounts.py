"""Accounts and their sessions: signing up, in and out, and proving who one is."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from app.core.changes import SessionsEnded
from app.core.clock import now
from app.core.ids import new_id
from app.database import lock, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from app.management import api_keys, workspaces
from app.management.emails import LONGEST_EMAIL, stored_email, typed_email
from app.management.inputs import is_storable, line
from app.management.passwords import check_new_password, could_match
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import Session, User, Workspace
from app.settings import Signup

_LONGEST_NAME = 100
_SIGN_UP_LOCK = 0x7369676E7570


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a fresh session, and the token that names it."""

    user: User
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A new account with all it starts with. `api_key` is in clear, this once."""

    signed_in: SignedIn
    workspace: Workspace
    api_key: str


async def is_signup_open(tools: Tools) -> bool:
    """Whether somebody may sign up now."""
    match tools.settings.signup_policy:
        case Signup.OPEN:
            return True
        case Signup.FIRST:
            return not await User.exists()
        case Signup.CLOSED:
            return False


async def sign_up(tools: Tools, *, email: str, password: str, name: str, origin: str) -> SignedUp:
    """A new account with a workspace, an API key and a session. `origin` is the client's address.

    Raises Forbidden where SIGNUP says so, Invalid, Conflict for a taken e-mail, TooManyTries.
    """
    await _check_signup_policy(tools)
    address, name = stored_email(email), line(name, "name", _LONGEST_NAME)
    check_new_password(password, "password")
    tools.throttle.take(address, origin)
    password_hash = await tools.passwords.hash(password)
    user = User(id=new_id(), email=address, name=name, password_hash=password_hash, created_at=now())
    try:
        async with transaction() as connection:
            if tools.settings.signup_policy is Signup.FIRST:
                # Two at once must not both find the house empty.
                await lock(connection, _SIGN_UP_LOCK)
            await _check_signup_policy(tools)
            await user.save(force_create=True)
            workspace = await workspaces.insert(user.id, "Default Workspace")
            created = await api_keys.insert(workspace.id, "Default key", expires_at=None)
            signed_in = await _open_session(tools, user)
    except IntegrityError as error:
        raise _taken() from error
    return SignedUp(signed_in, workspace, created.secret)


async def log_in(tools: Tools, *, email: str, password: str, origin: str) -> SignedIn:
    """A new session. Raises TooManyTries, and Unauthenticated without saying which of the two is wrong."""
    address = typed_email(email)
    tools.throttle.take(address, origin)
    user = await _find(address)
    if not could_match(password):
        raise _wrong()
    if user is None:
        await tools.passwords.verify_nobody(password)
        raise _wrong()
    verdict = await tools.passwords.verify(password, user.password_hash)
    if not verdict.matches:
        raise _wrong()
    async with transaction():
        # Who changes the password ends the other sessions: none may begin behind that with the old password.
        current = await User.filter(id=user.id).select_for_update().get_or_none()
        if current is None or current.password_hash != user.password_hash:
            raise _wrong()
        if verdict.renewed_hash is not None:
            current.password_hash = verdict.renewed_hash
            await current.save(update_fields=["password_hash"])
        await Session.filter(expires_at__lt=now()).delete()
        signed_in = await _open_session(tools, current)
    tools.throttle.forgive(address, origin)
    return signed_in


async def authenticate(tools: Tools, token: str) -> Viewer | None:
    """Who a token stands for; None where it is not ours, or its session has ended."""
    session_id = tools.tokens.read(token)
    if session_id is None:
        return None
    session = await Session.get_or_none(id=session_id, expires_at__gt=now())
    if session is None:
        return None
    user = await User.get_or_none(id=session.user_id)
    return None if user is None else Viewer(user, session.id, session.expires_at)


async def prolong(tools: Tools, viewer: Viewer) -> SignedIn | None:
    """The viewer's session, made to last as long as a new one; None where it has just ended."""
    expires_at = now() + tools.tokens.lifetime
    async with transaction():
        found = await Session.filter(id=viewer.session_id).update(expires_at=expires_at)
    if not found:
        return None
    return SignedIn(viewer.user, tools.tokens.sign(viewer.session_id, viewer.user.id, expires_at), expires_at)


async def log_out(tools: Tools, viewer: Viewer) -> None:
    """Ends the session that asks."""
    async with transaction():
        await Session.filter(id=viewer.session_id).delete()
    tools.changes.publish(SessionsEnded(viewer.user.id))


async def log_out_everywhere(tools: Tools, viewer: Viewer) -> None:
    """Ends every session of the viewer."""
    async with transaction():
        await Session.filter(user_id=viewer.user.id).delete()
    tools.changes.publish(SessionsEnded(viewer.user.id))


async def update_account(viewer: Viewer, *, name: str | None, email: str | None) -> User:
    """The viewer with another name or e-mail; None leaves one as it is. Raises Invalid, Conflict."""
    changes: dict[str, str] = {}
    if name is not None:
        changes["name"] = line(name, "name", _LONGEST_NAME)
    if email is not None:
        changes["email"] = stored_email(email)
    try:
        async with transaction():
            user = await User.filter(id=viewer.user.id).select_for_update().get_or_none()
            if user is None:
                raise Unauthenticated("This account no longer exists.")
            user.update_from_dict(changes)
            await user.save(update_fields=["name", "email"])
    except IntegrityError as error:
        raise _taken() from error
    return user


async def change_password(tools: Tools, viewer: Viewer, *, current: str, new: str, origin: str) -> None:
    """Replaces the viewer's password and ends every other session. Raises Invalid, TooManyTries."""
    check_new_password(new, "new")
    tools.throttle.take(viewer.user.email, origin)
    checked_hash = viewer.user.password_hash
    if not could_match(current) or not (await tools.passwords.verify(current, checked_hash)).matches:
        raise Invalid("The current password is wrong.", "current")
    new_hash = await tools.passwords.hash(new)
    async with transaction():
        changed = await User.filter(id=viewer.user.id, password_hash=checked_hash).update(
            password_hash=new_hash
        )
        if not changed:
            raise Invalid("The password was changed meanwhile.", "current")
        others = Session.filter(user_id=viewer.user.id).exclude(id=viewer.session_id)
        await others.delete()
    tools.throttle.forgive(viewer.user.email, origin)
    tools.changes.publish(SessionsEnded(viewer.user.id))


async def reset_password(tools: Tools, email: str, new: str) -> User:
    """Gives an account another password and ends all its sessions. Raises NotFound, Invalid."""
    check_new_password(new, "password")
    user = await _find(typed_email(email))
    if user is None:
        raise NotFound(f"There is no account with the e-mail {email}.")
    new_hash = await tools.passwords.hash(new)
    async with transaction():
        await User.filter(id=user.id).update(password_hash=new_hash)
        await Session.filter(user_id=user.id).delete()
    tools.changes.publish(SessionsEnded(user.id))
    return user


async def _open_session(tools: Tools, user: User) -> SignedIn:
    created_at = now()
    expires_at = created_at + tools.tokens.lifetime
    session = await Session.create(id=new_id(), user_id=user.id, created_at=created_at, expires_at=expires_at)
    return SignedIn(user, tools.tokens.sign(session.id, user.id, expires_at), expires_at)


async def _check_signup_policy(tools: Tools) -> None:
    if await is_signup_open(tools):
        return
    if tools.settings.signup_policy is Signup.CLOSED:
        raise Forbidden("Signing up is closed here (SIGNUP=closed).")
    raise Forbidden("Only the first account could sign up here (SIGNUP=first).")


async def _find(address: str) -> User | None:
    if len(address) > LONGEST_EMAIL or not is_storable(address):
        return None
    return await User.get_or_none(email=address)


def _wrong() -> Unauthenticated:
    return Unauthenticated("The e-mail or the password is wrong.")


def _taken() -> Conflict:
    return Conflict("There is an account with this e-mail already.", "email")
