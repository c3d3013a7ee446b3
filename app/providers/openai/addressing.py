"""Where a request goes."""

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit


@lru_cache(maxsize=1024)
def api_url(base_url: str, path: str, *, root: str = "/v1") -> str:
    """The address of `path` below a base URL, however that was written.

    With or without a trailing slash, with the path of the route itself, and with a query (as Azure's older
    API has it). A bare host means its `root`, where the API lies.
    """
    parts = urlsplit(base_url)
    below = parts.path.rstrip("/").removesuffix("/chat/completions") or root
    return urlunsplit((parts.scheme, parts.netloc, below + path, parts.query, ""))
