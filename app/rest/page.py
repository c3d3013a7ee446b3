"""The page at `/` while the dashboard is not built: where to go next."""

from pathlib import Path

from starlette.responses import HTMLResponse, Response

_PAGE = Path(__file__).parent / "first_steps.html"
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
