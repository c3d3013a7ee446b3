from app.providers.anthropic.dialect import AnthropicDialect as AnthropicDialect
