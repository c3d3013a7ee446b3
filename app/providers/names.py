"""Which provider a model's name belongs to, as far as the name tells."""

import re
from functools import lru_cache
from typing import Final

from app.core.provider_name import ProviderName

# The providers' model lists of November 2026: platform.openai.com/docs/models, docs.anthropic.com (models),
# ai.google.dev/gemini-api/docs/models, docs.cohere.com/docs/models, docs.mistral.ai (models). Names are
# case-sensitive. gpt-oss is open weights that OpenAI itself does not serve.
_NATIVE: Final = (
    (ProviderName.OPENAI, r"(?:ft:)?(?:gpt-(?!oss)|chatgpt-|o\d+(?:-|:|\Z)|codex-|computer-use-)"),
    (ProviderName.ANTHROPIC, r"claude-"),
    (ProviderName.GOOGLE, r"(?:models/)?(?:gemini-|gemma-|learnlm-)"),
    (ProviderName.COHERE, r"command-|c4ai-aya-|c4ai-command-|north-"),
    (
        ProviderName.MISTRAL,
        r"(?:open-)?mistral-|open-mixtral-|(?:mini|code|dev|magi)stral-|(?:pix|vox)tral-|labs-",
    ),
)
_PATTERNS: Final = tuple((provider, re.compile(pattern)) for provider, pattern in _NATIVE)

# Marks of other endpoints: Hugging Face and OpenRouter (/), Ollama's tags (:), Vertex's dates (@). Two
# providers use one of them in names of their own.
_FOREIGN: Final = re.compile(r"(?!ft:|models/).*[/:@]|models/.*[/:@]", re.DOTALL)


@lru_cache(maxsize=1024)
def native_provider(model: str) -> ProviderName | None:
    """The provider that has a model of this name; None where the name alone does not say."""
    if _FOREIGN.match(model):
        return None
    return next((provider for provider, pattern in _PATTERNS if pattern.match(model)), None)
