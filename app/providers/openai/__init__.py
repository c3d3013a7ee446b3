from app.providers.openai.dialect import OpenAIDialect as OpenAIDialect
