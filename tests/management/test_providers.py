from typing import get_args

import pytest
from openai.types import ChatModel

from app.core.provider_name import ProviderName
from app.management.providers import ProviderFacts, every_provider
from app.providers.names import native_provider
from app.providers.registry import DIALECTS


def facts(name: ProviderName) -> ProviderFacts:
    return next(it for it in every_provider() if it.name is name)


def test_every_provider_is_told_of_once() -> None:
    assert [it.name for it in every_provider()] == list(ProviderName)


def test_every_provider_is_spoken() -> None:
    assert set(DIALECTS) == set(ProviderName)


def test_a_custom_server_has_neither_address_nor_model_of_its_own() -> None:
    assert facts(ProviderName.CUSTOM) == ProviderFacts(
        name=ProviderName.CUSTOM,
        label="Custom",
        default_base_url=None,
        needs_base_url=True,
        suggested_fallback_model=None,
    )


def test_openai_has_both() -> None:
    openai = facts(ProviderName.OPENAI)

    assert openai.default_base_url == "https://api.openai.com/v1"
    assert not openai.needs_base_url
    assert openai.suggested_fallback_model in get_args(ChatModel)


@pytest.mark.parametrize("name", [it for it in ProviderName if it is not ProviderName.CUSTOM])
def test_the_suggested_fallback_is_a_model_of_its_own(name: ProviderName) -> None:
    model = facts(name).suggested_fallback_model

    assert model is not None
    assert native_provider(model) is name
