"""What the values of a provider key must look like. Pure."""

import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import msgspec

from app.core.provider_name import ProviderName
from app.core.timeouts import Timeouts
from app.errors import Conflict, Invalid
from app.management.inputs import line
from app.upstream.network import is_private

_LONGEST_SECRET = 500
_LONGEST_URL = 500
_LONGEST_LABEL = 100
_LONGEST_MODEL = 200
_MOST_MAPPINGS = 200
_LONGEST_TIMEOUT_S = 3600
# What comes along when a key is copied from a shell, a `.env` file or a chat.
_AROUND_SECRETS = string.whitespace + "\"'`“”‘’\u200b\ufeff"
_VISIBLE = frozenset(string.ascii_letters + string.digits + string.punctuation)

HUMAN_NAMES = {
    ProviderName.OPENAI: "OpenAI",
    ProviderName.ANTHROPIC: "Anthropic",
    ProviderName.GOOGLE: "Google",
    ProviderName.COHERE: "Cohere",
    ProviderName.MISTRAL: "Mistral",
    ProviderName.CUSTOM: "Custom",
}


@dataclass(frozen=True, slots=True)
class ModelMapping:
    """What a requested model is called at a provider."""

    requested: str
    target: str


def secret(pasted: str, provider: ProviderName) -> str:
    """The credential in what was pasted. Raises Invalid. Only a CUSTOM server may do without one."""
    stripped = pasted.strip(_AROUND_SECRETS)
    if not stripped and provider is not ProviderName.CUSTOM:
        raise Invalid("apiKey is empty.", "apiKey")
    if len(stripped) > _LONGEST_SECRET:
        raise Invalid(f"apiKey must have at most {_LONGEST_SECRET} characters.", "apiKey")
    if not _VISIBLE.issuperset(stripped):
        raise Invalid("apiKey must be one word of visible ASCII characters.", "apiKey")
    return stripped


def base_url(text: str | None, provider: ProviderName, *, private_allowed: bool) -> str | None:
    """The address to put `/chat/completions` behind; None: the provider's public one. Raises Invalid."""
    stripped = (text or "").strip()
    if not stripped:
        if provider is ProviderName.CUSTOM:
            raise Invalid(
                "A CUSTOM provider key needs a baseUrl, as in http://localhost:11434/v1.", "baseUrl"
            )
        return None
    if len(stripped) > _LONGEST_URL or not _VISIBLE.issuperset(stripped):
        limit = f"at most {_LONGEST_URL} visible ASCII characters"
        raise Invalid(f"baseUrl must have {limit}.", "baseUrl")
    url = _split(stripped)
    if not private_allowed and _is_private(url.hostname or ""):
        raise Invalid(
            "baseUrl points into a private network, which ALLOW_PRIVATE_UPSTREAMS=true would allow.",
            "baseUrl",
        )
    path = url.path.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return f"{url.scheme}://{url.netloc.lower()}{path}"


def label(text: str, taken: Collection[str]) -> str:
    """A label that no other provider key of the workspace has, in whatever case. Raises Invalid, Conflict."""
    chosen = line(text, "label", _LONGEST_LABEL)
    if "/" in chosen:
        raise Invalid("label must not contain a slash: `label/model` pins a request to it.", "label")
    if chosen.lower() in {other.lower() for other in taken}:
        raise Conflict(f"Another provider key of the workspace is called {chosen}.", "label")
    return chosen


def free_label(name: str, taken: Collection[str]) -> str:
    """`name`, numbered from the second on."""
    lowered, number = {other.lower() for other in taken}, 1
    chosen = name
    while chosen.lower() in lowered:
        number += 1
        chosen = f"{name} {number}"
    return chosen


def default_model(text: str | None) -> str | None:
    """A model's name, or None. Raises Invalid."""
    return line(text, "defaultModel", _LONGEST_MODEL) if text is not None and text.strip() else None


def model_map(mappings: Sequence[ModelMapping]) -> list[dict[str, str]]:
    """The mappings as they are stored. Raises Invalid."""
    if len(mappings) > _MOST_MAPPINGS:
        raise Invalid(f"modelMap must have at most {_MOST_MAPPINGS} entries.", "modelMap")
    stored = [
        {
            "requested": line(mapping.requested, "modelMap", _LONGEST_MODEL),
            "target": line(mapping.target, "modelMap", _LONGEST_MODEL),
        }
        for mapping in mappings
    ]
    if len({entry["requested"] for entry in stored}) < len(stored):
        raise Invalid("modelMap names a requested model twice.", "modelMap")
    return stored


def timeouts(wanted: Timeouts) -> dict[str, float]:
    """The time limits as they are stored. Raises Invalid."""
    stored: dict[str, float] = msgspec.to_builtins(wanted)
    if not all(0 <= seconds <= _LONGEST_TIMEOUT_S for seconds in stored.values()):
        raise Invalid(f"timeouts must be 0 to {_LONGEST_TIMEOUT_S} seconds each; 0 is no limit.", "timeouts")
    return stored


def priority(wanted: int) -> int:
    """A place in the order. Raises Invalid."""
    if wanted < 1:
        raise Invalid("priority must be 1 or more.", "priority")
    return wanted


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        is_address = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError as error:
        raise Invalid(f"baseUrl is no address: {error}", "baseUrl") from error
    if not is_address:
        raise Invalid("baseUrl must start with http:// or https:// and name a host.", "baseUrl")
    if "@" in url.netloc:
        raise Invalid("baseUrl must not contain a user or a password; the key goes into apiKey.", "baseUrl")
    if url.query or url.fragment:
        raise Invalid("baseUrl must not have a query or a fragment.", "baseUrl")
    return url


def _is_private(host: str) -> bool:
    """Whether a host is plainly private; what a name resolves to is checked when connecting."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_private(host.partition("%")[0])
    except ValueError:
        return False
