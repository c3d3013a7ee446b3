"""Where a request goes, and the headers it carries."""

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from app.providers.base import Endpoint

_BEARER: Final = "authorization"


@lru_cache(maxsize=1024)
def api_url(base_url: str, path: str, *, root: str = "/v1") -> str:
    """The address of `path` below a base URL, however that was written.

    With or without a trailing slash, with the path of the route itself, and with a query (as Azure's older
    API has it). A bare host means its `root`, where the API lies.
    """
    parts = urlsplit(base_url)
    below = parts.path.rstrip("/").removesuffix("/chat/completions") or root
    return urlunsplit((parts.scheme, parts.netloc, below + path, parts.query, ""))


def request_headers(
    endpoint: Endpoint, accept: str, *, key_header: str = _BEARER
) -> tuple[tuple[str, str], ...]:
    """The headers of a request; without a secret nothing is shown."""
    common = (
        ("content-type", "application/json"),
        ("accept", accept),
        ("accept-encoding", "identity"),
        ("user-agent", "perpetuo"),
    )
    if not endpoint.secret:
        return common
    value = f"Bearer {endpoint.secret}" if key_header == _BEARER else endpoint.secret
    return ((key_header, value), *common)


def accepted(*, is_stream: bool) -> str:
    """The media type that the answer shall have."""
    return "text/event-stream" if is_stream else "application/json"
