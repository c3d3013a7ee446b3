"""The providers that a key can be stored for, and what a form should know about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.core.provider_name import ProviderName
from app.management.provider_key_values import HUMAN_NAMES
from app.providers.registry import DIALECTS

# The current general model that serves most of what the route takes, as of November 2026, by the SDKs' own
# lists and examples: openai 3.54, anthropic 2.12, google-genai 3.4, cohere 7.3, mistralai 3.7. OpenAI's newer
# gpt-6.1-sol and gpt-6-astra refuse every function tool on chat completions.
_FALLBACK_MODELS: Final[Mapping[ProviderName, str]] = MappingProxyType(
    {
        ProviderName.OPENAI: "gpt-6-sol",
        ProviderName.ANTHROPIC: "claude-sonnet-5-5",
        ProviderName.GOOGLE: "gemini-3.8-flash",
        ProviderName.COHERE: "command-a-plus-05-2026",
        ProviderName.MISTRAL: "mistral-large-latest",
    }
)


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What is known of a provider before anybody has a key for it.

    `default_base_url` is None where a key needs one of its own.
    """

    name: ProviderName
    label: str
    default_base_url: str | None
    needs_base_url: bool
    suggested_fallback_model: str | None


def every_provider() -> Sequence[ProviderFacts]:
    """The providers in the order in which a form lists them."""
    return [_facts(name) for name in ProviderName]


def _facts(name: ProviderName) -> ProviderFacts:
    return ProviderFacts(
        name=name,
        label=HUMAN_NAMES[name],
        default_base_url=DIALECTS[name].default_base_url,
        needs_base_url=name is ProviderName.CUSTOM,
        suggested_fallback_model=_FALLBACK_MODELS.get(name),
    )
