"""The providers that a workspace can store a key for."""

from enum import StrEnum


class ProviderName(StrEnum):
    """A provider, by the name that the GraphQL contract gives it."""

    OPENAI = "OPENAI"
    ANTHROPIC = "ANTHROPIC"
    GOOGLE = "GOOGLE"
    COHERE = "COHERE"
    MISTRAL = "MISTRAL"
    CUSTOM = "CUSTOM"
