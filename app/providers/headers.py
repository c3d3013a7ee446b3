"""The headers that a request carries."""

from functools import lru_cache
from typing import Final

from app.providers.base import Endpoint

_BEARER: Final = "authorization"


@lru_cache(maxsize=1024)
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
