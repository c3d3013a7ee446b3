"""Refuses requests that a foreign page made a browser send."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from strawberry.http.websocket_origin import is_same_origin

from app.errors import Forbidden
from app.management.tools import Tools
from app.settings import Settings, is_loopback_host
from graphql_schema.context import cookie_name

CSRF_HEADER = "x-perpetuo-csrf"


def refuse_rebound(tools: Tools, connection: HTTPConnection) -> None:
    """Raises Forbidden for a page's request under a name that is not known to be ours.

    Whoever owns a name can point it here once their page is loaded; then Host and Origin agree, the browser
    takes the page for ours, and it may send whatever headers it likes.
    """
    origin, host = connection.headers.get("origin"), connection.headers.get("host")
    if origin is None or _is_public(tools, origin) or _is_known(tools.settings, host):
        return
    raise Forbidden(
        f"Requests from pages of {origin} to {host} are refused. Where users reach Perpetuo by this name, "
        "PUBLIC_URL must say so."
    )


def refuse_forged(tools: Tools, connection: HTTPConnection) -> None:
    """Raises Forbidden for a request whose cookie may have been sent without its owner's will.

    With an Authorization header the cookie does not count, and no foreign page can set that header.
    """
    headers = connection.headers
    if "authorization" in headers:
        return
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        raise Forbidden("Requests from other sites are refused.")
    origin = headers.get("origin")
    if origin is not None and not _is_own(tools, origin, headers.get("host")):
        raise Forbidden(f"Requests from pages of {origin} are refused; PUBLIC_URL names the one allowed.")
    if cookie_name(tools) in connection.cookies and CSRF_HEADER not in headers:
        raise Forbidden("A request with the session cookie needs the header X-Perpetuo-CSRF, with any value.")


def own_origin(tools: Tools) -> str:
    """The origin of the address that users see."""
    url = urlsplit(tools.settings.base_url)
    return f"{url.scheme}://{url.netloc}"


def _is_own(tools: Tools, origin: str, host: str | None) -> bool:
    return is_same_origin(origin, host) or _is_public(tools, origin)


def _is_public(tools: Tools, origin: str) -> bool:
    return is_same_origin(origin, urlsplit(own_origin(tools)).netloc)


def _is_known(settings: Settings, host: str | None) -> bool:
    """Whether a Host header names this machine, or what PUBLIC_URL names."""
    if not settings.is_loopback and not settings.public_url:
        # Others reach it, by a name that nobody has told us.
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return (
        is_loopback_host(name) or name.endswith(".localhost") or name == urlsplit(settings.base_url).hostname
    )
