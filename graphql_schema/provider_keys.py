"""Provider keys: stored credentials and the order in which they are tried."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry
from msgspec import UNSET, UnsetType

from app import models
from app.management import provider_key_check, provider_keys, simulated
from graphql_schema.context import Info
from graphql_schema.enums import ProviderName
from graphql_schema.model_map import ModelMapping, ModelMappingInput, mappings_of
from graphql_schema.paging import require_id
from graphql_schema.timeouts import ProviderTimeouts, ProviderTimeoutsInput, timeouts_of

T = TypeVar("T")


_KeyId = Annotated[strawberry.ID, strawberry.argument(name="id", description="Id of the provider key.")]
_WorkspaceId = Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")]


@strawberry.type(description="How the latest attempt at a provider failed.")
class ProviderError:
    """A failed attempt."""

    at: datetime = strawberry.field(description="When it failed.")
    status_code: int | None = strawberry.field(
        description="The provider's HTTP status; null where no answer came."
    )
    message: str = strawberry.field(description="The provider's own words, or ours where it had none.")


def _model_map(root: strawberry.Parent["ProviderKey"], info: Info) -> list[ModelMapping]:
    """The entries, in the order given; made only where they are asked for, since there may be 200."""
    info.context.count_rows(len(root.stored_model_map), "modelMap")
    return [ModelMapping(**entry) for entry in root.stored_model_map]


@strawberry.type(description="A stored credential of a provider. Its secret never comes back.")
class ProviderKey:
    """A provider key as the workspace's owner sees it."""

    stored_model_map: strawberry.Private[Sequence[Mapping[str, str]]]

    id: strawberry.ID = strawberry.field(description="Opaque id.")
    provider: ProviderName = strawberry.field(description="Whose credential it is.")
    label: str = strawberry.field(
        description="Tells two keys of one provider apart; unique in the workspace. `label/model` pins a "
        "request to this key."
    )
    base_url: str | None = strawberry.field(description="Null: the provider's public endpoint.")
    key_hint: str = strawberry.field(
        description="The secret cut to its first and last characters, as in sk-…9f2c."
    )
    priority: int = strawberry.field(description="Place in the order of trying, from 1 on, without gaps.")
    enabled: bool = strawberry.field(description="Whether the gateway uses it.")
    model_map: list[ModelMapping] = strawberry.field(
        resolver=_model_map, description="What requested models are called at this provider."
    )
    default_model: str | None = strawberry.field(
        description="Asked for where the requested model is not known there; null: this key is passed by."
    )
    timeouts: ProviderTimeouts = strawberry.field(description="Time limits of its own.")
    last_attempt_at: datetime | None = strawberry.field(
        description="When a request last tried it and learned how it stands; null while none has."
    )
    last_error: ProviderError | None = strawberry.field(
        description="How the latest attempt failed; null while it succeeded."
    )
    created_at: datetime = strawberry.field(description="When it was stored.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")

    @classmethod
    def from_row(cls, row: models.ProviderKey) -> "ProviderKey":
        """The provider key of a row."""
        return cls(
            id=strawberry.ID(str(row.id)),
            provider=row.provider,
            label=row.label,
            base_url=row.base_url,
            key_hint=row.key_hint,
            priority=row.priority,
            enabled=row.enabled,
            stored_model_map=row.model_map,
            default_model=row.default_model,
            timeouts=ProviderTimeouts.from_stored(row.timeouts),
            last_attempt_at=row.last_attempt_at,
            last_error=_last_error(row),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@strawberry.type(description="What a test of a provider key brought.")
class ProviderKeyTest:
    """The outcome of a test."""

    ok: bool = strawberry.field(description="Whether the provider takes the key.")
    duration_ms: int = strawberry.field(description="How long it took to find out.")
    error_message: str | None = strawberry.field(
        description="The provider's own words, or ours where it had none; null where all is well."
    )


@strawberry.input(description="A provider key to store.")
class AddProviderKeyInput:
    """A provider key as it was filled in."""

    workspace_id: strawberry.ID = strawberry.field(description="Where to store it.")
    provider: ProviderName = strawberry.field(description="Whose credential it is.")
    api_key: str = strawberry.field(
        description="The secret; space and quotes around it are dropped. May be empty for CUSTOM."
    )
    label: str | None = strawberry.field(
        default=None,
        description="At most 100 characters; left out: the provider's name, numbered if need be.",
    )
    base_url: str | None = strawberry.field(
        default=None, description="Where the provider is, without `/chat/completions`; CUSTOM needs it."
    )
    priority: int | None = strawberry.field(
        default=None, description="Place in the order, from 1 on; left out: behind the ones that are there."
    )
    enabled: bool = strawberry.field(default=True, description="Whether the gateway may use it.")
    model_map: list[ModelMappingInput] | None = strawberry.field(
        default=None, description="What requested models are called there; at most 200."
    )
    default_model: str | None = strawberry.field(
        default=None, description="What to ask for where the requested model is not known there."
    )
    timeouts: ProviderTimeoutsInput | None = strawberry.field(
        default=None, description="Time limits of its own; for a slow model, for example."
    )


@strawberry.input(
    description="Changes of a provider key. A field left out stays as it is; null clears what can be null."
)
class UpdateProviderKeyInput:
    """Changes as they were filled in."""

    id: strawberry.ID = strawberry.field(description="The provider key to change.")
    api_key: str | None = strawberry.field(default=strawberry.UNSET, description="A new secret; not null.")
    label: str | None = strawberry.field(default=strawberry.UNSET, description="A new label; not null.")
    base_url: str | None = strawberry.field(
        default=strawberry.UNSET, description="Another address; null: the provider's public endpoint."
    )
    priority: int | None = strawberry.field(
        default=strawberry.UNSET, description="Another place in the order; the others make room. Not null."
    )
    enabled: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether the gateway may use it; not null."
    )
    model_map: list[ModelMappingInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Replaces the whole map; null empties it."
    )
    default_model: str | None = strawberry.field(
        default=strawberry.UNSET, description="Another fallback model; null: none."
    )
    timeouts: ProviderTimeoutsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Replaces all time limits of its own; null: none."
    )


@strawberry.type
class ProviderKeyMutations:
    """Changes of provider keys. Each is known to every replica within a second."""

    @strawberry.mutation(description="Stores a provider key. Keys at its priority and behind move back.")
    async def add_provider_key(
        self,
        info: Info,
        form: Annotated[
            AddProviderKeyInput, strawberry.argument(name="input", description="The provider key.")
        ],
    ) -> ProviderKey | None:
        """The new provider key."""
        viewer = await info.context.viewer()
        new = provider_keys.NewProviderKey(
            workspace_id=require_id(form.workspace_id, "workspace"),
            provider=form.provider,
            api_key=form.api_key,
            label=form.label,
            base_url=form.base_url,
            priority=form.priority,
            enabled=form.enabled,
            model_map=mappings_of(form.model_map or []),
            default_model=form.default_model,
            timeouts=timeouts_of(form.timeouts),
        )
        return ProviderKey.from_row(await provider_keys.add(info.context.tools, viewer, new))

    @strawberry.mutation(
        description="Stores a key for a provider that this server simulates, and starts it: a CUSTOM key "
        "called Simulated, behind the ones that are there, for nothing but the models `simulated` and "
        "`simulated-failure`. Gives back the workspace's own where it has one. FORBIDDEN unless the server "
        "offers a `simulatedProvider`."
    )
    async def add_simulated_provider_key(self, info: Info, workspace_id: _WorkspaceId) -> ProviderKey | None:
        """The provider key of the simulated provider."""
        row = await simulated.add_provider_key(
            info.context.tools, await info.context.viewer(), require_id(workspace_id, "workspace")
        )
        return ProviderKey.from_row(row)

    @strawberry.mutation(description="Changes a provider key.")
    async def update_provider_key(
        self,
        info: Info,
        form: Annotated[
            UpdateProviderKeyInput, strawberry.argument(name="input", description="The changes.")
        ],
    ) -> ProviderKey | None:
        """The changed provider key."""
        row = await provider_keys.update(
            info.context.tools,
            await info.context.viewer(),
            require_id(form.id, "provider key"),
            _change(form),
        )
        return ProviderKey.from_row(row)

    @strawberry.mutation(
        description="Gives the workspace's provider keys the priorities 1, 2, 3… in the order of `ids`."
    )
    async def reorder_provider_keys(
        self,
        info: Info,
        workspace_id: _WorkspaceId,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(description="Every provider key of the workspace, once."),
        ],
    ) -> list[ProviderKey] | None:
        """The provider keys in their new order."""
        rows = await provider_keys.reorder(
            info.context.tools,
            await info.context.viewer(),
            require_id(workspace_id, "workspace"),
            [require_id(id_, "provider key") for id_ in ids],
        )
        return [ProviderKey.from_row(row) for row in rows]

    @strawberry.mutation(description="Removes a provider key and its secret; gives back its id.")
    async def delete_provider_key(self, info: Info, id_: _KeyId) -> strawberry.ID | None:
        """The id."""
        await provider_keys.delete(
            info.context.tools, await info.context.viewer(), require_id(id_, "provider key")
        )
        return id_

    @strawberry.mutation(
        description="Asks the provider something cheap with the stored key; 5 seconds at most."
    )
    async def test_provider_key(self, info: Info, id_: _KeyId) -> ProviderKeyTest | None:
        """What came of it."""
        outcome = await provider_key_check.test_provider_key(
            info.context.tools, await info.context.viewer(), require_id(id_, "provider key")
        )
        return ProviderKeyTest(
            ok=outcome.is_ok, duration_ms=outcome.duration_ms, error_message=outcome.error_message
        )


def _last_error(row: models.ProviderKey) -> ProviderError | None:
    if row.last_error_at is None:
        return None
    return ProviderError(
        at=row.last_error_at,
        status_code=row.last_error_status,
        message=row.last_error_message or "",
    )


def _change(form: UpdateProviderKeyInput) -> provider_keys.ProviderKeyChange:
    return provider_keys.ProviderKeyChange(
        api_key=_kept(form.api_key),
        label=_kept(form.label),
        base_url=_kept(form.base_url),
        priority=_kept(form.priority),
        enabled=_kept(form.enabled),
        model_map=UNSET if form.model_map is strawberry.UNSET else mappings_of(form.model_map or []),
        default_model=_kept(form.default_model),
        timeouts=UNSET if form.timeouts is strawberry.UNSET else timeouts_of(form.timeouts),
    )


def _kept(value: T) -> T | UnsetType:
    return UNSET if value is strawberry.UNSET else value
