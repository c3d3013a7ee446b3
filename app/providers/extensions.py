"""Parameters that are not OpenAI's: those a provider has by itself, and those meant for one provider only."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from app.chat.request import Fields
from app.errors import InvalidValue
from app.providers.verdicts import TUNING, Verdicts

PROVIDER_OPTIONS: Final = "provider_options"

_OPTIONS: Final = msgspec.json.Decoder(dict[str, Fields | None] | None)
# The gateway's to decide.
_OURS: Final = frozenset({"model", "stream"})


def own_options(extensions: Mapping[str, msgspec.Raw], provider: str) -> Mapping[str, msgspec.Raw]:
    """What `provider_options` holds for `provider`: fields of its native body. Raises InvalidValue."""
    if PROVIDER_OPTIONS not in extensions:
        return {}
    try:
        options = _OPTIONS.decode(extensions[PROVIDER_OPTIONS])
    except msgspec.ValidationError:
        raise InvalidValue(
            f"Invalid '{PROVIDER_OPTIONS}': expected an object that holds an object for each provider.",
            PROVIDER_OPTIONS,
        ) from None
    mine = (options or {}).get(provider) or {}
    forbidden = sorted(_OURS & mine.keys())
    if forbidden:
        param = f"{PROVIDER_OPTIONS}.{provider}.{forbidden[0]}"
        raise InvalidValue(f"Invalid '{param}': it is told outside the options.", param)
    return mine


def known_extensions(
    extensions: Mapping[str, msgspec.Raw], known: AbstractSet[str], provider: str, verdicts: Verdicts
) -> Mapping[str, msgspec.Raw]:
    """Those that the candidate takes; the others are left out where they are tuning, refused else."""
    unknown = extensions.keys() - known - {PROVIDER_OPTIONS}
    for name in (name for name in extensions if name in unknown):
        if name in TUNING:
            verdicts.leave_out(name, "the model does not take it")
        else:
            verdicts.refuse(name, f"{provider} does not know it")
    return {name: value for name, value in extensions.items() if name in known}
