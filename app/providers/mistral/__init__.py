from app.providers.mistral.dialect import MistralDialect as MistralDialect
