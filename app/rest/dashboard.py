"""The dashboard: a folder of built files, and the page that stands in while it is not built."""

import stat
from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path

import anyio.to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from app.rest import page

FOLDER = Path(__file__).parent.parent.parent / "web" / "dist"

_FILES = {".": "index.html", "graphiql": "graphiql.html"}
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
# Below these a page would only hide that there is nothing.
_WITHOUT_PAGES = {"v1", "graphql", "health", "assets"}
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
# GraphiQL's editor writes styles of its own, holds its fonts in its styles, and may start workers from blobs.
_GRAPHIQL_POLICY = (
    _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    + "; font-src 'self' data:; worker-src 'self' blob:"
)
_HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def create_dashboard(folder: Path, base_url: str) -> ASGIApp:
    """What answers every address that nothing else does: the built files of `folder`, or a plain page."""
    if (folder / "index.html").is_file():
        return _BuiltFiles(directory=folder)

    async def first_steps(_: Request) -> Response:
        return page.first_steps(base_url)

    async def graphiql(_: Request) -> Response:
        return RedirectResponse("/", status_code=302)

    return Starlette(routes=[Route("/", first_steps), Route("/graphiql", graphiql)])


def instead_of_graphql(request: Request) -> Response:
    """What GET gets at `/graphql`: a browser goes to GraphiQL, everybody else hears what to send."""
    if _wants_html(request.headers):
        return RedirectResponse("/graphiql", status_code=302)
    return PlainTextResponse("GraphQL takes POST with JSON here.\n", 405, {"allow": "POST"})


class _BuiltFiles(StaticFiles):
    """Files as the build compressed them, and `index.html` for every address that is a page of it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Method not allowed.\n", 405, {"allow": "GET, HEAD"})
        name = _FILES.get(path, path)
        response = await anyio.to_thread.run_sync(self._response, name, scope)
        if response is None and _is_page(path, scope):
            name = "index.html"
            response = await anyio.to_thread.run_sync(self._response, name, scope)
        if response is None:
            return PlainTextResponse("There is nothing here.\n", 404, _HEADERS)
        response.headers.update(_headers(name))
        return response

    def _response(self, name: str, scope: Scope) -> Response | None:
        for encoding in (*_accepted(Headers(scope=scope)), None):
            try:
                full_path, status = self.lookup_path(name + _SUFFIXES.get(encoding or "", ""))
            except (OSError, ValueError):
                # Too long, or with characters that no file has.
                return None
            if status is None or not stat.S_ISREG(status.st_mode):
                continue
            response = self.file_response(full_path, status, scope)
            if encoding is not None:
                response.headers["content-encoding"] = encoding
            return response
        return None


def _accepted(headers: Headers) -> Iterator[str]:
    offers = [offer.replace(" ", "") for offer in headers.get("accept-encoding", "").lower().split(",")]
    taken = {name for name, _, quality in (offer.partition(";") for offer in offers) if quality != "q=0"}
    return (encoding for encoding in _SUFFIXES if encoding in taken)


def _is_page(path: str, scope: Scope) -> bool:
    return path.partition("/")[0] not in _WITHOUT_PAGES and _wants_html(Headers(scope=scope))


def _wants_html(headers: Headers) -> bool:
    return "text/html" in headers.get("accept", "")


def _headers(name: str) -> dict[str, str]:
    # By the name of the original: the compressed one's would say what it is packed in.
    kind = guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/")
    headers = {
        **_HEADERS,
        "content-type": f"{kind}; charset=utf-8" if is_text else kind,
        "vary": "accept-encoding",
        # The names of assets change with what is in them.
        "cache-control": "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache",
    }
    if kind == "text/html":
        headers["content-security-policy"] = _GRAPHIQL_POLICY if name == "graphiql.html" else _POLICY
    return headers
