"""Which provider speaks which dialect."""

from collections.abc import Mapping

from app.core.provider_name import ProviderName
from app.providers.base import Dialect
from app.providers.openai import OpenAIDialect

DIALECTS: Mapping[ProviderName, Dialect] = {
    ProviderName.OPENAI: OpenAIDialect("https://api.openai.com/v1"),
    ProviderName.CUSTOM: OpenAIDialect(None),
}
