"""Which provider keys a requested model goes to, in which order, and why the others are passed by. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from app.core.provider_name import ProviderName
from app.errors import ModelNotFound
from app.gateway.known import Caller, Candidate, KnownProviderKey
from app.providers.names import native_provider

# Models asked for by one caller whose routes are remembered; who invents more names starts anew.
_MOST_ROUTES = 256


class Step(msgspec.Struct, frozen=True):
    """The decision about one provider key. `model` is what it would be asked for; None: passed by."""

    provider_key: KnownProviderKey
    model: str | None
    reason: str


class Plan(msgspec.Struct, frozen=True):
    """The decisions about all provider keys of a workspace, by priority."""

    model: str
    steps: tuple[Step, ...]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The provider keys to try, in order."""
        return tuple(
            Candidate(step.provider_key, step.model) for step in self.steps if step.model is not None
        )

    def require(self) -> tuple[Candidate, ...]:
        """The candidates. Raises ModelNotFound, saying which keys were passed by."""
        candidates = self.candidates
        if candidates:
            return candidates
        passed_by = "; ".join(f"{step.provider_key.label}: {step.reason}" for step in self.steps)
        why = f"Passed by: {passed_by}." if passed_by else "The workspace has no provider key."
        raise ModelNotFound(f"No provider key serves the model '{self.model}'. {why}", "model")


def candidates(caller: Caller, model: str) -> tuple[Candidate, ...]:
    """The provider keys of the caller's workspace to try for `model`, in order. Raises ModelNotFound."""
    decided = caller.routes.get(model)
    if decided is None:
        decided = plan(caller.provider_keys, model).require()
        if len(caller.routes) >= _MOST_ROUTES:
            caller.routes.clear()
        caller.routes[model] = decided
    return decided


def plan(keys: Sequence[KnownProviderKey], model: str) -> Plan:
    """What to do with a request for `model`, given a workspace's provider keys by priority."""
    pinned, name = _pin(keys, model)
    return Plan(model, tuple(_decide(key, name, pinned) for key in keys))


def _pin(keys: Iterable[KnownProviderKey], model: str) -> tuple[str | None, str]:
    """The provider or label that `provider/model` pins, in lower case, and the model's own name.

    The first segment counts only where it names a provider, or the label of a key of this workspace: in
    `meta-llama/Llama-3` it is part of the name.
    """
    first, slash, rest = model.partition("/")
    if not slash or not rest:
        return None, model
    segment = first.lower()
    if segment.upper() in ProviderName.__members__ or any(key.label.lower() == segment for key in keys):
        return segment, rest
    return None, model


def _decide(key: KnownProviderKey, model: str, pinned: str | None) -> Step:
    if not key.enabled:
        return Step(key, None, "disabled")
    if pinned is not None and pinned not in {key.label.lower(), key.provider.lower()}:
        return Step(key, None, f"the request is pinned to {pinned}")
    target, reason = _target(key, model, is_pinned=pinned is not None)
    if target is None:
        return Step(key, None, reason)
    return Step(key, target, reason)


def _target(key: KnownProviderKey, model: str, *, is_pinned: bool) -> tuple[str | None, str]:
    """The model to ask this key for, and why; None where it has none."""
    mapped = key.model_map.get(model)
    if mapped is not None:
        return mapped, "mapped"
    if is_pinned:
        return model, "pinned"
    if _knows(key, model):
        return model, "native"
    if key.default_model is not None:
        return key.default_model, "fallback model"
    return None, "does not know the model, and has no fallback model"


def _knows(key: KnownProviderKey, model: str) -> bool:
    """Whether the provider itself has a model of this name, as far as names tell.

    A server of one's own takes any name, unless its map says which names it knows; with a fallback model, a
    name that plainly belongs to another provider is not its own either.
    """
    owner = native_provider(model)
    if key.provider != ProviderName.CUSTOM:
        return owner == key.provider
    return not key.model_map and (owner is None or key.default_model is None)
