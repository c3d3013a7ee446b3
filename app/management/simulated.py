"""The simulated provider, one click away for who has none yet."""

import logging
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.core.provider_name import ProviderName
from app.errors import Conflict, Forbidden, SimulatorUnavailable
from app.management import provider_keys, workspaces
from app.management.provider_key_values import ModelMapping, free_label
from app.management.provider_keys import NewProviderKey
from app.management.tools import Tools
from app.management.viewer import Viewer
from app.models import ProviderKey

_log = logging.getLogger(__name__)

_LABEL = "Simulated"
# It takes any key but none.
_API_KEY = "simulated-provider"
# Nothing but these, so that it never answers in the place of a provider that failed or came later.
MODELS: Final[Sequence[ModelMapping]] = (
    ModelMapping("simulated", "simulated"),
    ModelMapping("simulated-failure", "simulated;status=503"),
)


async def add_provider_key(tools: Tools, viewer: Viewer, workspace_id: UUID) -> ProviderKey:
    """The workspace's provider key for the simulated provider, which runs from now on.

    Twice is as good as once. Raises NotFound, SimulatorUnavailable, and Forbidden where others than this
    machine reach the server.
    """
    if not tools.settings.simulator_allowed:
        raise Forbidden(
            "There is a simulated provider only where nobody but this machine reaches the server "
            "(HOST=127.0.0.1) and ALLOW_PRIVATE_UPSTREAMS is not off."
        )
    await workspaces.get(viewer, workspace_id)
    await tools.simulated.ensure()
    rows = await _rows(workspace_id)
    if (own := _own(tools, rows)) is not None:
        return own
    try:
        return await provider_keys.add(tools, viewer, _new_key(tools, workspace_id, rows))
    except Conflict:
        # Who asked at the same time and was first has taken the label, for the same key.
        if (own := _own(tools, await _rows(workspace_id))) is not None:
            return own
        raise


async def resume(tools: Tools) -> None:
    """Starts the simulated provider again where a stored provider key points to it."""
    if not tools.settings.simulator_allowed:
        return
    if await ProviderKey.exists(base_url=tools.simulated.base_url):
        try:
            await tools.simulated.ensure()
        except SimulatorUnavailable as error:
            # The gateway does its work without it.
            _log.warning("%s", error.message)


async def _rows(workspace_id: UUID) -> Sequence[ProviderKey]:
    return (await provider_keys.provider_keys_of([workspace_id])).get(workspace_id, [])


def _own(tools: Tools, rows: Sequence[ProviderKey]) -> ProviderKey | None:
    return next((row for row in rows if row.base_url == tools.simulated.base_url), None)


def _new_key(tools: Tools, workspace_id: UUID, rows: Sequence[ProviderKey]) -> NewProviderKey:
    return NewProviderKey(
        workspace_id=workspace_id,
        provider=ProviderName.CUSTOM,
        api_key=_API_KEY,
        label=free_label(_LABEL, [row.label for row in rows]),
        base_url=tools.simulated.base_url,
        model_map=MODELS,
    )
