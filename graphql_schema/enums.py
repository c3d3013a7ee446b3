"""Enums of the house as enums of the schema, each value described.

They are to be imported from here or from their area, for Strawberry registers by itself what it meets first.
"""

from collections.abc import Mapping
from enum import EnumMeta

import strawberry
from strawberry.types.enum import has_enum_definition

from app.core.provider_name import ProviderName

__all__ = ["ProviderName", "described"]


def described(enum: EnumMeta, description: str, values: Mapping[str, str]) -> None:
    """Registers an enum that is defined below the schema. Raises KeyError for a value without description."""
    registered = strawberry.enum(enum, description=description)
    if not has_enum_definition(registered):
        raise TypeError(f"{enum.__name__} is no enum")
    for value in registered.__strawberry_definition__.values:
        value.description = values[value.name]


described(
    ProviderName,
    "A provider of models.",
    {
        "OPENAI": "OpenAI.",
        "ANTHROPIC": "Anthropic.",
        "GOOGLE": "Google Gemini.",
        "COHERE": "Cohere.",
        "MISTRAL": "Mistral.",
        "CUSTOM": "Any server that speaks OpenAI's chat completions: Ollama, vLLM, llama.cpp, Groq, "
        "DeepSeek… Needs a baseUrl.",
    },
)
