"""Every provider as a party to ask: its dialect, and what holds its requests to its own SDK's types."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from anthropic.types import MessageCreateParams
from openai.types.chat.completion_create_params import CompletionCreateParams
from openai.types.responses.response_create_params import ResponseCreateParams
from pydantic import TypeAdapter

from app.core.provider_name import ProviderName
from app.providers.base import Endpoint
from app.providers.registry import DIALECTS
from tests.providers import cohere_exchange, google_exchange, mistral_exchange
from tests.providers.compatible import URLS
from tests.providers.exchanging import Party, Row

_MESSAGES: TypeAdapter[Any] = TypeAdapter(MessageCreateParams)
_COMPLETIONS: TypeAdapter[Any] = TypeAdapter(CompletionCreateParams)
_RESPONSES: TypeAdapter[Any] = TypeAdapter(ResponseCreateParams)
# Anthropic's SDK speaks of its newest version only, which knows no sampling.
_SAMPLING = frozenset({"temperature", "top_p", "top_k"})


def openai(model: str) -> Party:
    """OpenAI, on whichever of its routes serves the request."""
    return _party(ProviderName.OPENAI, model)


def anthropic(model: str = "claude-opus-5-5") -> Party:
    """Anthropic."""
    return _party(ProviderName.ANTHROPIC, model)


def google(model: str = "gemini-3-flash") -> Party:
    """Google."""
    return _party(ProviderName.GOOGLE, model)


def cohere(model: str = "command-a-reasoning-08-2025") -> Party:
    """Cohere."""
    return _party(ProviderName.COHERE, model)


def mistral(model: str = "mistral-large-4") -> Party:
    """Mistral."""
    return _party(ProviderName.MISTRAL, model)


def custom(server: str, model: str = "m") -> Party:
    """A server that speaks OpenAI's dialect in its own way."""
    return Party(DIALECTS[ProviderName.CUSTOM], model, _check_nothing, Endpoint(URLS[server], "secret"))


def _party(name: ProviderName, model: str) -> Party:
    dialect = DIALECTS[name]
    return Party(dialect, model, _CHECKS[name], Endpoint(dialect.default_base_url or "", "secret"))


def _check_openai(body: Row) -> None:
    types = _RESPONSES if "input" in body else _COMPLETIONS
    _walk(types.validate_python(body, extra="forbid"))


def _check_anthropic(body: Row) -> None:
    modern = {name: value for name, value in body.items() if name not in _SAMPLING}
    _walk(_MESSAGES.validate_python(modern))


def _check_nothing(_: Row) -> None:
    """Whatever the server takes."""


def _walk(value: object) -> None:
    # pydantic checks iterables while they are walked.
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for inner in value:
            _walk(inner)


_CHECKS: Mapping[ProviderName, Callable[[Row], None]] = MappingProxyType(
    {
        ProviderName.OPENAI: _check_openai,
        ProviderName.ANTHROPIC: _check_anthropic,
        ProviderName.GOOGLE: google_exchange.check_native,
        ProviderName.COHERE: cohere_exchange.check,
        ProviderName.MISTRAL: mistral_exchange.check,
    }
)
