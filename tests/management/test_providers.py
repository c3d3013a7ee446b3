from typing import get_args

from openai.types import ChatModel

from app.core.provider_name import ProviderName
from app.management.providers import ProviderFacts, every_provider
from app.providers.names import native_provider
from app.providers.registry import DIALECTS


def facts(name: ProviderName) -> ProviderFacts:
    return next(it for it in every_provider() if it.name is name)


def test_every_provider_is_told_of_once() -> None:
    assert [it.name for it in every_provider()] == list(ProviderName)


def test_what_is_spoken_is_what_the_registry_has() -> None:
    assert {it.name for it in every_provider() if it.is_spoken} == set(DIALECTS)


def test_a_custom_server_has_neither_address_nor_model_of_its_own() -> None:
    assert facts(ProviderName.CUSTOM) == ProviderFacts(
        name=ProviderName.CUSTOM,
        label="Custom",
        default_base_url=None,
        needs_base_url=True,
        is_spoken=True,
        suggested_fallback_model=None,
    )


def test_openai_has_both() -> None:
    openai = facts(ProviderName.OPENAI)

    assert openai.default_base_url == "https://api.openai.com/v1"
    assert not openai.needs_base_url
    assert openai.suggested_fallback_model in get_args(ChatModel)


def test_a_suggested_model_is_native_to_its_provider() -> None:
    suggested = {it.suggested_fallback_model: it.name for it in every_provider()}

    assert {model: native_provider(model) for model in suggested if model} == {
        model: name for model, name in suggested.items() if model
    }
