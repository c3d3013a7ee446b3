"""The promise: what a client asks for is sent, emulated, refused by name or reported by name. Never lost."""

import pytest

from app.chat.reading import PARAMETER_NAMES
from app.core.provider_name import ProviderName
from scripts.provider_table import MODELS, PAGE, PROBES, Probe, outcome, page

# What every completion has, and what only says how the answer comes.
_NOT_PROBED = {"messages", "model", "stream", "stream_options", "modalities"}

EVERY_MODEL = [(provider, model) for provider, models in MODELS.items() for model in models]


def test_every_parameter_of_openai_is_probed() -> None:
    assert {probe.param for probe in PROBES} >= PARAMETER_NAMES - _NOT_PROBED


@pytest.mark.parametrize("is_strict", [False, True], ids=["", "strict"])
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
@pytest.mark.parametrize(("provider", "model"), EVERY_MODEL, ids=[model for _, model in EVERY_MODEL])
def test_nothing_is_lost(provider: ProviderName, model: str, probe: Probe, is_strict: bool) -> None:
    found = outcome(provider, model, probe, is_strict=is_strict)

    assert found.kind in {"sent", "default", "emulated", "noted", "refused"}, found.words


def test_a_custom_server_gets_every_field_as_it_is() -> None:
    kinds = {probe.name: outcome(ProviderName.CUSTOM, "some-model", probe).kind for probe in PROBES}

    assert set(kinds.values()) == {"sent"}, kinds


def test_the_page_of_providers_shows_what_the_code_does() -> None:
    text = PAGE.read_text()

    assert page(text) == text, "docs/providers.md is stale: python -m scripts.provider_table"
