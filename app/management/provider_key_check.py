"""Finding out whether a stored provider key works, by asking its provider something cheap."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.core.secrets import SealBroken, provider_key_place
from app.errors import UpstreamError
from app.management import provider_keys
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import ProviderKey
from app.providers.base import Dialect, Endpoint
from app.providers.registry import DIALECTS
from app.providers.reported import without_secrets

_LIMIT_S = 5
# What OpenAI says to a restricted key that may complete, but not list models: it knows the key.
_MAY_NOT_LIST: Final = re.compile(r"missing scopes?:.*\bmodel\b", re.IGNORECASE)
_LARGEST_ERROR_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class ProviderKeyTest:
    """What came of it; `error_message` is in the provider's own words where it had any."""

    is_ok: bool
    duration_ms: int
    error_message: str | None = None


async def test_provider_key(tools: Tools, viewer: Viewer, provider_key_id: UUID) -> ProviderKeyTest:
    """Whether the provider takes the stored key now. Raises NotFound."""
    row = await provider_keys.get(viewer, provider_key_id)
    started = time.monotonic()
    problem = await _problem(tools, row)
    return ProviderKeyTest(problem is None, round((time.monotonic() - started) * 1000), problem)


async def _problem(tools: Tools, row: ProviderKey) -> str | None:
    dialect = DIALECTS[row.provider]
    base_url = row.base_url or dialect.default_base_url
    if base_url is None:
        return "The provider key has no baseUrl."
    try:
        secret = tools.vault.open(row.secret_sealed, provider_key_place(row.workspace_id, row.id))
    except SealBroken:
        return "The stored key was sealed with another ENCRYPTION_KEY; store it again."
    try:
        async with asyncio.timeout(_LIMIT_S):
            return await _ask(tools, dialect, Endpoint(base_url, secret))
    except TimeoutError:
        return f"No answer within {_LIMIT_S} seconds."
    except UpstreamError as error:
        return error.message


async def _ask(tools: Tools, dialect: Dialect, endpoint: Endpoint) -> str | None:
    """None where the provider agrees, else its objection."""
    request = dialect.check_request(endpoint)
    answer = await tools.upstream.send(request.method, request.url, request.headers, request.body)
    try:
        if answer.is_success:
            return None
        body = await answer.read(_LARGEST_ERROR_BYTES)
        failure = dialect.classify(answer.status, answer.headers, body)
        words = without_secrets(failure, endpoint.secret).message
        return None if _MAY_NOT_LIST.search(words) else words
    finally:
        await answer.close()
