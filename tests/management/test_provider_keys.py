import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.core.changes import WorkspaceChanged
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.core.secrets import provider_key_place
from app.core.timeouts import Timeouts
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.management import provider_keys
from app.management.provider_key_values import ModelMapping
from app.management.provider_keys import ProviderKeyChange
from app.management.tools import Tools
from app.models import ProviderKey, Workspace
from tests.management.making import Account, add_key, listening, new_key


async def order(account: Account) -> list[tuple[str, int]]:
    rows = (await provider_keys.provider_keys_of([account.workspace_id]))[account.workspace_id]
    return [(row.label, row.priority) for row in rows]


async def test_a_secret_is_sealed_for_its_row_and_only_hinted(tools: Tools, ada: Account) -> None:
    row = await provider_keys.add(
        tools, ada.viewer, replace(new_key(ada), api_key="\n '“sk-proj-0123456789abcdef” '\t")
    )

    stored = await ProviderKey.get(id=row.id)
    assert b"0123456789" not in stored.secret_sealed
    assert stored.key_hint == "sk-…cdef"
    place = f"{ada.workspace_id}/{row.id}"
    assert tools.vault.open(stored.secret_sealed, place) == "sk-proj-0123456789abcdef"


async def test_a_new_key_comes_last_under_the_name_of_its_provider(tools: Tools, ada: Account) -> None:
    await add_key(tools, ada)
    await add_key(tools, ada)
    await add_key(tools, ada, provider=ProviderName.CUSTOM)

    assert await order(ada) == [("OpenAI", 1), ("OpenAI 2", 2), ("Custom", 3)]


async def test_a_key_in_the_middle_moves_the_others_back(tools: Tools, ada: Account) -> None:
    for label in ("a", "b", "c"):
        await add_key(tools, ada, label)

    await add_key(tools, ada, "new", priority=2)
    await add_key(tools, ada, "last", priority=99)

    assert await order(ada) == [("a", 1), ("new", 2), ("b", 3), ("c", 4), ("last", 5)]


@pytest.mark.parametrize(
    ("moved", "priority", "expected"),
    [
        pytest.param("a", 3, ["b", "c", "a", "d"], id="back"),
        pytest.param("d", 1, ["d", "a", "b", "c"], id="forward"),
        pytest.param("b", 2, ["a", "b", "c", "d"], id="where it was"),
        pytest.param("b", 1000, ["a", "c", "d", "b"], id="behind the end"),
    ],
)
async def test_a_key_is_moved_and_no_gap_remains(
    tools: Tools, ada: Account, moved: str, priority: int, expected: list[str]
) -> None:
    rows = {label: await add_key(tools, ada, label) for label in ("a", "b", "c", "d")}

    row = await provider_keys.update(tools, ada.viewer, rows[moved].id, ProviderKeyChange(priority=priority))

    assert await order(ada) == [(label, number) for number, label in enumerate(expected, start=1)]
    assert row.priority == expected.index(moved) + 1


async def test_a_deleted_key_leaves_no_gap(tools: Tools, ada: Account) -> None:
    rows = {label: await add_key(tools, ada, label) for label in ("a", "b", "c")}

    await provider_keys.delete(tools, ada.viewer, rows["b"].id)

    assert await order(ada) == [("a", 1), ("c", 2)]


async def test_keys_are_reordered(tools: Tools, ada: Account) -> None:
    rows = [await add_key(tools, ada, label) for label in ("a", "b", "c")]

    answered = await provider_keys.reorder(
        tools, ada.viewer, ada.workspace_id, [rows[2].id, rows[0].id, rows[1].id]
    )

    assert [(row.label, row.priority) for row in answered] == [("c", 1), ("a", 2), ("b", 3)]
    assert await order(ada) == [("c", 1), ("a", 2), ("b", 3)]


async def test_a_new_order_must_name_every_key_once(tools: Tools, ada: Account, eve: Account) -> None:
    a, b = await add_key(tools, ada, "a"), await add_key(tools, ada, "b")
    foreign = await add_key(tools, eve, "foreign")

    for ids in ([], [a.id], [a.id, a.id], [a.id, b.id, b.id], [a.id, b.id, foreign.id], [a.id, new_id()]):
        with pytest.raises(Invalid) as caught:
            await provider_keys.reorder(tools, ada.viewer, ada.workspace_id, ids)
        assert caught.value.field == "ids"

    assert await order(ada) == [("a", 1), ("b", 2)]


async def test_changes_at_once_leave_no_gap_and_no_duplicate(tools: Tools, ada: Account) -> None:
    rows = [await add_key(tools, ada, f"old {number}") for number in range(4)]

    await asyncio.gather(
        *(add_key(tools, ada, f"new {number}", priority=1) for number in range(6)),
        *(provider_keys.delete(tools, ada.viewer, row.id) for row in rows[:2]),
        *(provider_keys.update(tools, ada.viewer, row.id, ProviderKeyChange(priority=1)) for row in rows[2:]),
    )

    assert [priority for _, priority in await order(ada)] == list(range(1, 9))


async def test_a_label_is_unique_in_its_workspace_in_any_case(
    tools: Tools, ada: Account, eve: Account
) -> None:
    await add_key(tools, ada, "Backup")
    other = await add_key(tools, ada, "Other")
    await add_key(tools, eve, "Backup")

    with pytest.raises(Conflict) as added:
        await add_key(tools, ada, "BACKUP")
    with pytest.raises(Conflict) as renamed:
        await provider_keys.update(tools, ada.viewer, other.id, ProviderKeyChange(label="backup"))
    same = await provider_keys.update(tools, ada.viewer, other.id, ProviderKeyChange(label="OTHER"))

    assert (added.value.field, renamed.value.field) == ("label", "label")
    assert same.label == "OTHER"


async def test_what_is_left_out_stays_and_null_clears(tools: Tools, ada: Account) -> None:
    row = await provider_keys.add(
        tools,
        ada.viewer,
        replace(
            new_key(ada),
            base_url="https://eu.example.com/v1",
            model_map=[ModelMapping("fast", "gpt-mini")],
            default_model="gpt",
            timeouts=Timeouts(first_token_s=30, answer_s=0),
        ),
    )

    kept = await provider_keys.update(tools, ada.viewer, row.id, ProviderKeyChange(enabled=False))
    cleared = await provider_keys.update(
        tools,
        ada.viewer,
        row.id,
        ProviderKeyChange(base_url=None, model_map=None, default_model=None, timeouts=None),
    )

    assert (kept.base_url, kept.default_model, kept.enabled) == ("https://eu.example.com/v1", "gpt", False)
    assert kept.model_map == [{"requested": "fast", "target": "gpt-mini"}]
    assert kept.timeouts == {"first_token_s": 30, "answer_s": 0}
    assert kept.secret_sealed == row.secret_sealed
    assert (cleared.base_url, cleared.default_model, cleared.model_map) == (None, None, [])
    assert cleared.timeouts == {}
    assert kept.updated_at > row.created_at


@pytest.mark.parametrize("seconds", [-1, 3601, float("nan")])
async def test_a_time_limit_is_up_to_an_hour(tools: Tools, ada: Account, seconds: float) -> None:
    with pytest.raises(Invalid) as caught:
        await provider_keys.add(
            tools, ada.viewer, replace(new_key(ada), timeouts=Timeouts(stream_idle_s=seconds))
        )

    assert caught.value.field == "timeouts"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param(ProviderKeyChange(api_key=None), "apiKey", id="key"),
        pytest.param(ProviderKeyChange(label=None), "label", id="label"),
        pytest.param(ProviderKeyChange(priority=None), "priority", id="priority"),
        pytest.param(ProviderKeyChange(enabled=None), "enabled", id="enabled"),
    ],
)
async def test_null_does_not_clear_what_is_needed(
    tools: Tools, ada: Account, change: ProviderKeyChange, field: str
) -> None:
    row = await add_key(tools, ada)

    with pytest.raises(Invalid) as caught:
        await provider_keys.update(tools, ada.viewer, row.id, change)

    assert caught.value.field == field


async def test_an_update_leaves_the_ledgers_columns_alone(tools: Tools, ada: Account) -> None:
    row = await add_key(tools, ada)
    await ProviderKey.filter(id=row.id).update(last_error_message="quota used up", last_error_status=429)

    await provider_keys.update(tools, ada.viewer, row.id, ProviderKeyChange(api_key="sk-another-secret"))

    stored = await ProviderKey.get(id=row.id)
    assert (stored.last_error_message, stored.last_error_status) == ("quota used up", 429)
    assert (
        tools.vault.open(stored.secret_sealed, provider_key_place(stored.workspace_id, stored.id))
        == "sk-another-secret"
    )
    assert stored.key_hint == "sk-…cret"


async def test_a_workspace_has_at_most_fifty_provider_keys(tools: Tools, ada: Account) -> None:
    for _ in range(50):
        await add_key(tools, ada)

    with pytest.raises(Forbidden, match="50"):
        await add_key(tools, ada)


Operation = Callable[[Tools, Account, ProviderKey], Awaitable[object]]

OPERATIONS = [
    pytest.param(lambda tools, account, _: add_key(tools, account), id="add"),
    pytest.param(
        lambda tools, account, row: provider_keys.update(
            tools, account.viewer, row.id, ProviderKeyChange(enabled=False)
        ),
        id="update",
    ),
    pytest.param(
        lambda tools, account, row: provider_keys.reorder(
            tools, account.viewer, account.workspace_id, [row.id]
        ),
        id="reorder",
    ),
    pytest.param(
        lambda tools, account, row: provider_keys.delete(tools, account.viewer, row.id), id="delete"
    ),
]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_every_change_raises_the_version_and_is_published(
    tools: Tools, ada: Account, operation: Operation
) -> None:
    row = await add_key(tools, ada)

    with listening(tools) as heard:
        await operation(tools, ada, row)

    assert (await Workspace.get(id=ada.workspace_id)).version == 2
    assert heard.changes == [WorkspaceChanged(ada.workspace_id)]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_foreign_provider_key_does_not_exist(
    tools: Tools, ada: Account, eve: Account, operation: Operation
) -> None:
    row = await add_key(tools, ada)

    with listening(tools) as heard, pytest.raises(NotFound):
        await operation(tools, Account(ada.made, eve.viewer), row)

    assert (await Workspace.get(id=ada.workspace_id)).version == 1
    assert heard.changes == []
    assert await order(ada) == [("OpenAI", 1)]
