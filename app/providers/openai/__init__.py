from app.providers.openai.compatible import CompatibleDialect as CompatibleDialect
from app.providers.openai.dialect import OpenAIDialect as OpenAIDialect
