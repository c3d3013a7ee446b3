import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.core.provider_name import ProviderName
from app.core.secrets import Vault
from app.errors import NotFound
from app.management import provider_key_check, provider_keys
from app.management.tools import Tools
from app.models import ProviderKey
from app.simulator import running
from tests.management.making import Account, add_key, new_key
from tests.serving import serving


async def models(request: Request) -> Response:
    if request.headers.get("authorization") == "Bearer sk-right-secret":
        return JSONResponse({"object": "list", "data": []})
    if request.headers.get("authorization") == "Bearer sk-restricted-secret":
        words = "You have insufficient permissions for this operation. Missing scopes: api.model.read."
        return JSONResponse({"error": {"message": words, "type": "invalid_request_error"}}, status_code=403)
    error = {
        "message": "Incorrect API key provided.",
        "type": "invalid_request_error",
        "code": "invalid_api_key",
    }
    return JSONResponse({"error": error}, status_code=401)


async def hang(request: Request) -> Response:
    await asyncio.Event().wait()
    return Response()


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    """A server that speaks OpenAI's dialect, by its address."""
    app = Starlette(routes=[Route("/v1/models", models), Route("/hang/models", hang)])
    async with serving(app) as address:
        yield address


async def custom_key(tools: Tools, ada: Account, base_url: str, secret: str) -> ProviderKey:
    new = replace(new_key(ada, ProviderName.CUSTOM), base_url=base_url, api_key=secret)
    return await provider_keys.add(tools, ada.viewer, new)


async def test_a_working_key_passes_its_test(tools: Tools, ada: Account, provider: str) -> None:
    row = await custom_key(tools, ada, f"{provider}/v1", "sk-right-secret")

    outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert (outcome.is_ok, outcome.error_message) == (True, None)
    assert 0 <= outcome.duration_ms < 5000


async def test_a_key_that_may_not_list_models_passes_its_test(
    tools: Tools, ada: Account, provider: str
) -> None:
    row = await custom_key(tools, ada, f"{provider}/v1", "sk-restricted-secret")

    outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert (outcome.is_ok, outcome.error_message) == (True, None)


@pytest.mark.parametrize("provider_name", ProviderName)
@pytest.mark.parametrize(
    ("told", "is_ok"),
    [("", True), (";status=401", False), (";status=429", False)],
    ids=["good", "bad", "busy"],
)
async def test_every_provider_is_asked_in_its_own_way(
    tools: Tools, ada: Account, provider_name: ProviderName, told: str, is_ok: bool
) -> None:
    async with running() as simulator:
        new = replace(
            new_key(ada, provider_name),
            base_url=simulator.base_url_of(provider_name),
            api_key=f"simulated-key-0001{told}",
        )
        row = await provider_keys.add(tools, ada.viewer, new)

        outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert outcome.is_ok is is_ok
    assert bool(outcome.error_message) is not is_ok


async def test_a_refused_key_fails_its_test_in_the_providers_words(
    tools: Tools, ada: Account, provider: str
) -> None:
    row = await custom_key(tools, ada, f"{provider}/v1", "sk-wrong-secret")

    outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert not outcome.is_ok
    assert outcome.error_message is not None
    assert "Incorrect API key provided." in outcome.error_message


async def test_a_server_that_is_not_there_fails_the_test(
    tools: Tools, ada: Account, unused_port: int
) -> None:
    row = await custom_key(tools, ada, f"http://127.0.0.1:{unused_port}/v1", "sk-right-secret")

    outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert not outcome.is_ok
    assert outcome.error_message is not None
    assert "connection" in outcome.error_message


async def test_a_silent_server_fails_the_test_at_the_limit(
    tools: Tools, ada: Account, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only so that the test need not wait for the real five seconds.
    monkeypatch.setattr(provider_key_check, "_LIMIT_S", 0.2)
    row = await custom_key(tools, ada, f"{provider}/hang", "sk-right-secret")

    outcome = await provider_key_check.test_provider_key(tools, ada.viewer, row.id)

    assert outcome.error_message == "No answer within 0.2 seconds."


async def test_a_key_sealed_with_a_lost_secret_says_so(tools: Tools, ada: Account) -> None:
    row = await add_key(tools, ada)
    other = replace(tools, vault=Vault(["another secret that seals provider keys"]))

    outcome = await provider_key_check.test_provider_key(other, ada.viewer, row.id)

    assert outcome.error_message == "The stored key was sealed with another ENCRYPTION_KEY; store it again."


async def test_a_foreign_key_cannot_be_tested(tools: Tools, ada: Account, eve: Account) -> None:
    row = await add_key(tools, ada)

    with pytest.raises(NotFound):
        await provider_key_check.test_provider_key(tools, eve.viewer, row.id)
