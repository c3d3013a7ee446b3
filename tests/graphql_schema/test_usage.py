from datetime import date, timedelta
from uuid import UUID

import pytest

from app.core.clock import today
from app.core.ids import new_id
from app.models import ApiKey, UsageCounter
from tests.graphql_schema.client import Answer, Client
from tests.graphql_schema.rows import use, use_in_all

AMOUNTS = "requests failedRequests inputTokens cachedInputTokens outputTokens costUsd"
TIMES = "averageDurationMs p50DurationMs p95DurationMs"
# What `use` leaves of one day: three requests, all of which took 100 to 250 ms.
USED = {
    "requests": 3,
    "failedRequests": 1,
    "inputTokens": 30,
    "cachedInputTokens": 6,
    "outputTokens": 15,
    "costUsd": "1.5",
}
TIMED = {"averageDurationMs": 200.0, "p50DurationMs": 175.0, "p95DurationMs": 242.5}
UNUSED = {
    "requests": 0,
    "failedRequests": 0,
    "inputTokens": 0,
    "cachedInputTokens": 0,
    "outputTokens": 0,
    "costUsd": None,
}


async def ask(client: Client, fields: str) -> Answer:
    return await client.run(
        f"query ($id: ID!) {{ workspace(id: $id) {{ {fields} }} }}", {"id": client.workspace_id}
    )


def midnight(day: date) -> str:
    return f"{day}T00:00:00+00:00"


async def test_all_time_usage_outgrows_an_int(ada: Client) -> None:
    await use_in_all(ada.workspace_id)

    answer = await ada.run(
        "{ workspaces { usage { requests failedRequests inputTokens outputTokens costUsd } } }"
    )

    assert answer.at("workspaces.0.usage") == {
        "requests": 3_000_000_000,
        "failedRequests": 7,
        "inputTokens": 2**53,
        "outputTokens": 5,
        "costUsd": "0.000000001",
    }


async def test_usage_without_a_price_has_no_cost(ada: Client) -> None:
    answer = await ada.run("{ workspaces { usage { requests costUsd } } }")

    assert answer.at("workspaces.0.usage") == {"requests": 0, "costUsd": None}


async def test_usage_is_shown_by_provider_and_as_a_series(ada: Client) -> None:
    await use(ada.workspace_id, today())
    await use(ada.workspace_id, today() - timedelta(days=1), provider="CUSTOM", model="llama")
    await use(ada.workspace_id, today() - timedelta(days=400))

    answer = await ada.run(
        """
        query ($id: ID!) { workspace(id: $id) {
          usageByProvider {
            provider requests failedRequests inputTokens outputTokens costUsd averageDurationMs
          }
          usageSeries(groupBy: MODEL) { day group requests costUsd }
          short: usageSeries(days: 1) { group }
        } }
        """,
        {"id": ada.workspace_id},
    )

    sums = {
        "requests": 3,
        "failedRequests": 1,
        "inputTokens": 30,
        "outputTokens": 15,
        "costUsd": "1.5",
        "averageDurationMs": 200.0,
    }
    yesterday = today() - timedelta(days=1)
    assert answer.at("workspace.usageByProvider") == [
        {"provider": "CUSTOM", **sums},
        {"provider": "OPENAI", **sums},
    ]
    assert answer.at("workspace.usageSeries") == [
        {"day": f"{yesterday}T00:00:00+00:00", "group": "llama", "requests": 3, "costUsd": "1.5"},
        {"day": f"{today()}T00:00:00+00:00", "group": "gpt-mini", "requests": 3, "costUsd": "1.5"},
    ]
    assert answer.at("workspace.short") == [{"group": "OPENAI"}]


@pytest.mark.parametrize("days", [0, 366, -1])
@pytest.mark.parametrize(
    "field",
    [
        "usageSummary(days: {}) {{ current {{ requests }} }}",
        "usageByProvider(days: {}) {{ requests }}",
        "usageByModel(days: {}) {{ requests }}",
        "usageByApiKey(days: {}) {{ requests }}",
        "usageSeries(days: {}) {{ group }}",
        "apiKeys {{ usage(days: {}) {{ requests }} }}",
    ],
)
async def test_a_bad_range_of_days_is_refused(ada: Client, field: str, days: int) -> None:
    answer = await ada.run(
        f"query ($id: ID!) {{ workspace(id: $id) {{ {field.format(days)} }} }}", {"id": ada.workspace_id}
    )

    assert answer.codes == [("VALIDATION", "days")]


async def test_a_summary_compares_with_the_days_before(ada: Client) -> None:
    await use(ada.workspace_id, today())
    await use(ada.workspace_id, today() - timedelta(days=8), provider="", model="")

    answer = await ask(
        ada,
        f"usageSummary {{ current {{ since until {AMOUNTS} {TIMES} }} previous {{ {AMOUNTS} {TIMES} }} }} "
        f"day: usageSummary(days: 1) {{ previous {{ since until {AMOUNTS} {TIMES} }} }}",
    )

    week = {"since": midnight(today() - timedelta(days=6)), "until": midnight(today() + timedelta(days=1))}
    yesterday = {"since": midnight(today() - timedelta(days=1)), "until": midnight(today())}
    assert answer.at("workspace.usageSummary.current") == week | USED | TIMED
    assert answer.at("workspace.usageSummary.previous") == USED | TIMED
    assert answer.at("workspace.day.previous") == yesterday | UNUSED | dict.fromkeys(TIMED)


async def test_usage_is_shown_by_model_and_by_api_key(ada: Client) -> None:
    api_key = await ApiKey.get(workspace_id=UUID(ada.workspace_id))
    deleted = new_id()
    await use(ada.workspace_id, today(), api_key_id=api_key.id)
    await use(ada.workspace_id, today(), requests=2, provider="", model="", api_key_id=deleted)

    answer = await ask(
        ada,
        f"usageByModel {{ model {AMOUNTS} {TIMES} }} "
        f"usageByApiKey {{ apiKeyId apiKey {{ name }} {AMOUNTS} {TIMES} }}",
    )

    assert answer.at("workspace.usageByModel") == [{"model": "gpt-mini", **USED, **TIMED}]
    assert answer.at("workspace.usageByApiKey.0") == {
        "apiKeyId": str(api_key.id),
        "apiKey": {"name": "Default key"},
        **USED,
        **TIMED,
    }
    assert answer.each("workspace.usageByApiKey", "apiKeyId") == [str(api_key.id), str(deleted)]
    assert answer.at("workspace.usageByApiKey.1.apiKey") is None


FILTERED = """
query ($id: ID!, $filter: UsageFilter) { workspace(id: $id) {
  usageSummary(filter: $filter) { current { requests } }
  usageByProvider(filter: $filter) { requests }
  usageByModel(filter: $filter) { requests }
  usageByApiKey(filter: $filter) { requests }
  usageSeries(filter: $filter) { requests }
} }
"""


async def test_a_filter_narrows_every_view(ada: Client) -> None:
    api_key_id = new_id()
    await use(ada.workspace_id, today(), requests=1)
    await use(ada.workspace_id, today(), requests=2, provider="CUSTOM", model="llama", api_key_id=api_key_id)

    for filter_ in ({"provider": "CUSTOM"}, {"model": "llama"}, {"apiKeyId": str(api_key_id)}):
        answer = await ada.run(FILTERED, {"id": ada.workspace_id, "filter": filter_})

        assert answer.at("workspace") == {
            "usageSummary": {"current": {"requests": 2}},
            "usageByProvider": [{"requests": 2}],
            "usageByModel": [{"requests": 2}],
            "usageByApiKey": [{"requests": 2}],
            "usageSeries": [{"requests": 2}],
        }, filter_


@pytest.mark.parametrize(
    ("filter_", "code"),
    [
        pytest.param({"model": "x" * 201}, ("VALIDATION", "model"), id="long model"),
        pytest.param({"model": "a\x00b"}, ("VALIDATION", "model"), id="NUL"),
        pytest.param({"apiKeyId": "x"}, ("NOT_FOUND", None), id="no id"),
        pytest.param({"provider": "NOBODY"}, ("VALIDATION", None), id="no provider"),
    ],
)
async def test_a_bad_filter_is_refused_by_its_field(
    ada: Client, filter_: dict[str, object], code: tuple[str, str | None]
) -> None:
    answer = await ada.run(FILTERED, {"id": ada.workspace_id, "filter": filter_})

    assert set(answer.codes) == {code}


async def test_a_series_sums_up_what_it_does_not_tell_apart(ada: Client) -> None:
    await use(ada.workspace_id, today(), model="large", requests=9)
    for model in ("small", "tiny"):
        await use(ada.workspace_id, today(), model=model, requests=2)

    answer = await ask(ada, f"usageSeries(groupBy: MODEL, top: 1) {{ group other {AMOUNTS} }}")

    assert answer.each("workspace.usageSeries", "group") == ["large", ""]
    assert answer.each("workspace.usageSeries", "other") == [False, True]
    assert answer.each("workspace.usageSeries", "requests") == [9, 4]
    assert answer.each("workspace.usageSeries", "costUsd") == ["1.5", "3"]


@pytest.mark.parametrize("top", [0, 51, -1])
async def test_a_bad_number_of_groups_is_refused(ada: Client, top: int) -> None:
    assert (await ask(ada, f"usageSeries(top: {top}) {{ group }}")).codes == [("VALIDATION", "top")]


async def test_used_models_are_a_list_to_choose_from(ada: Client, eve: Client) -> None:
    await use(ada.workspace_id, today(), model="rare", requests=1)
    await use(ada.workspace_id, today(), model="frequent", requests=2)
    await use(ada.workspace_id, today(), provider="", model="", requests=4)
    await use(eve.workspace_id, today(), model="foreign")

    assert (await ask(ada, "usedModels")).at("workspace") == {"usedModels": ["frequent", "rare"]}


async def test_an_api_key_tells_what_it_was_used_for(ada: Client) -> None:
    api_key = await ApiKey.get(workspace_id=UUID(ada.workspace_id))
    await use(ada.workspace_id, today(), api_key_id=api_key.id)
    await use(ada.workspace_id, today() - timedelta(days=29), api_key_id=api_key.id)
    await use(ada.workspace_id, today() - timedelta(days=30), api_key_id=api_key.id)
    await ada.run(f'mutation {{ createApiKey(workspaceId: "{ada.workspace_id}", name: "new") {{ secret }} }}')

    answer = await ask(ada, f"apiKeys {{ name usage {{ {AMOUNTS} }} today: usage(days: 1) {{ requests }} }}")

    assert answer.at("workspace.apiKeys.0") == {"name": "new", "usage": UNUSED, "today": {"requests": 0}}
    assert answer.at("workspace.apiKeys.1.usage.requests") == 6
    assert answer.at("workspace.apiKeys.1.usage.costUsd") == "3"
    assert answer.at("workspace.apiKeys.1.today") == {"requests": 3}


async def test_a_workspace_without_a_counter_has_used_nothing(ada: Client) -> None:
    await UsageCounter.all().delete()

    assert (await ask(ada, f"usage {{ {AMOUNTS} }}")).at("workspace.usage") == UNUSED
