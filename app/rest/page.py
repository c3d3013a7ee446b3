"""The page at `/`: where to go next."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

_PAGE = Path(__file__).parent.parent.parent / "web" / "index.html"
_PRINTED_ADDRESS = "http://localhost:3000"
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def first_steps(base_url: str) -> Response:
    """The page, with the address that users see."""
    text = _PAGE.read_text(encoding="utf-8").replace(_PRINTED_ADDRESS, base_url)
    return HTMLResponse(text, headers=_HEADERS)


def instead_of_graphql(request: Request) -> Response:
    """What GET gets at `/graphql`: a browser goes to the first page, everybody else hears what to send."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/", status_code=302)
    return PlainTextResponse("GraphQL takes POST with JSON here.\n", 405, {"allow": "POST"})
