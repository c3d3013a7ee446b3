"""Which provider speaks which dialect."""

from collections.abc import Mapping

from app.core.provider_name import ProviderName
from app.providers.anthropic import AnthropicDialect
from app.providers.base import Dialect
from app.providers.cohere import CohereDialect
from app.providers.google import GoogleDialect
from app.providers.mistral import MistralDialect
from app.providers.openai import CompatibleDialect, OpenAIDialect

DIALECTS: Mapping[ProviderName, Dialect] = {
    ProviderName.OPENAI: OpenAIDialect(),
    ProviderName.ANTHROPIC: AnthropicDialect(),
    ProviderName.GOOGLE: GoogleDialect(),
    ProviderName.COHERE: CohereDialect(),
    ProviderName.MISTRAL: MistralDialect(),
    ProviderName.CUSTOM: CompatibleDialect(),
}
