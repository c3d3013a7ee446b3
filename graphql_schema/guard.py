"""Refuses requests that a foreign page made a browser send."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from strawberry.http.websocket_origin import is_same_origin

from app.errors import Forbidden
from app.management.tools import Tools
from graphql_schema.context import cookie_name

CSRF_HEADER = "x-perpetuo-csrf"


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
    return is_same_origin(origin, host) or is_same_origin(origin, urlsplit(own_origin(tools)).netloc)
