from uuid import UUID

import pytest

from app.core.ids import created_at, new_id
from app.models import ApiKey
from tests.graphql_schema.client import Answer, Client, Value
from tests.graphql_schema.rows import log_request

PAGE = """
query ($id: ID!, $first: Int! = 50, $after: String, $filter: LogFilter) {
  workspace(id: $id) {
    logs(first: $first, after: $after, filter: $filter) {
      edges { cursor node { id } }
      nodes { id }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
}
"""


async def page(client: Client, **variables: object) -> Answer:
    return await client.run(PAGE, {"id": client.workspace_id, **variables})


def ids(answer: Answer) -> list[Value]:
    return answer.each("workspace.logs.nodes", "id")


async def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat(ada: Client) -> None:
    rows = [await log_request(ada.workspace_id) for _ in range(5)]

    first = await page(ada, first=2)
    await log_request(ada.workspace_id)
    second = await page(ada, first=2, after=first.at("workspace.logs.pageInfo.endCursor"))
    third = await page(ada, first=2, after=second.at("workspace.logs.pageInfo.endCursor"))

    newest_first = [str(row.id) for row in reversed(rows)]
    assert [ids(first), ids(second), ids(third)] == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    assert first.each("workspace.logs.edges", "node.id") == newest_first[:2]
    assert first.at("workspace.logs.totalCount") == 5
    places = [
        (it.at("workspace.logs.pageInfo.hasNextPage"), it.at("workspace.logs.pageInfo.hasPreviousPage"))
        for it in (first, second, third)
    ]
    assert places == [(True, False), (True, True), (False, True)]


async def test_an_empty_page_has_no_cursors(ada: Client) -> None:
    empty = await page(ada)

    assert empty.at("workspace.logs") == {
        "edges": [],
        "nodes": [],
        "pageInfo": {
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        },
        "totalCount": 0,
    }


async def test_a_row_shows_all_that_is_known_of_a_request(ada: Client) -> None:
    api_key = await ApiKey.get(workspace_id=UUID(ada.workspace_id))
    row = await log_request(ada.workspace_id, api_key_id=api_key.id, input_tokens=2**40)

    answer = await ada.run(
        """
        query ($id: ID!, $log: ID!) { workspace(id: $id) { log(id: $log) {
          id createdAt apiKey { name } apiKeyId requestedModel model providerUsed statusCode stream
          inputTokens cachedInputTokens outputTokens tokensEstimated costUsd durationMs timeToFirstTokenMs
          errorCode errorMessage attempts { provider label model statusCode durationMs errorMessage } notes
        } } }
        """,
        {"id": ada.workspace_id, "log": str(row.id)},
    )

    assert answer.at("workspace.log") == {
        "id": str(row.id),
        "createdAt": created_at(row.id).isoformat(),
        "apiKey": {"name": "Default key"},
        "apiKeyId": str(api_key.id),
        "requestedModel": "gpt-mini",
        "model": "gpt-mini",
        "providerUsed": "OPENAI",
        "statusCode": 200,
        "stream": False,
        "inputTokens": 2**31 - 1,
        "cachedInputTokens": 4,
        "outputTokens": 5,
        "tokensEstimated": False,
        "costUsd": "0.0000125",
        "durationMs": 123,
        "timeToFirstTokenMs": 100,
        "errorCode": None,
        "errorMessage": None,
        "attempts": [
            {
                "provider": "OPENAI",
                "label": "OpenAI",
                "model": "gpt-mini",
                "statusCode": 200,
                "durationMs": 120,
                "errorMessage": None,
            }
        ],
        "notes": ["max_tokens=max_completion_tokens"],
    }


async def test_a_failure_has_its_code_and_a_deleted_key_its_id(ada: Client) -> None:
    api_key_id = new_id()
    row = await log_request(ada.workspace_id, status_code=503, api_key_id=api_key_id)

    answer = await ada.run(
        """
        query ($id: ID!, $log: ID!) { workspace(id: $id) { log(id: $log) {
          apiKey { id } apiKeyId errorCode errorMessage
        } } }
        """,
        {"id": ada.workspace_id, "log": str(row.id)},
    )

    assert answer.at("workspace.log") == {
        "apiKey": None,
        "apiKeyId": str(api_key_id),
        "errorCode": "overloaded",
        "errorMessage": "All providers failed.",
    }


async def test_a_request_of_another_workspace_is_not_shown(ada: Client, eve: Client) -> None:
    row = await log_request(eve.workspace_id)

    answer = await ada.run(
        "query ($id: ID!, $log: ID!) { workspace(id: $id) { log(id: $log) { id } } }",
        {"id": ada.workspace_id, "log": str(row.id)},
    )

    assert answer.data == {"workspace": {"log": None}}
    assert ids(await page(ada)) == []


async def test_a_filter_narrows_the_page(ada: Client) -> None:
    api_key_id = new_id()
    await log_request(ada.workspace_id, model="other")
    wanted = await log_request(ada.workspace_id, model="wanted", status_code=502, api_key_id=api_key_id)

    for filter_ in (
        {"model": "wanted"},
        {"succeeded": False},
        {"apiKeyId": str(api_key_id)},
        {"search": "WANT"},
        {"since": created_at(wanted.id).isoformat(), "model": "wanted", "aborted": False},
    ):
        assert ids(await page(ada, filter=filter_)) == [str(wanted.id)], filter_
    assert ids(await page(ada, filter={"provider": "ANTHROPIC"})) == []
    assert (await page(ada, filter={"search": "wanted"})).at("workspace.logs.totalCount") is None


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        pytest.param({"first": 0}, ("VALIDATION", "first"), id="no row"),
        pytest.param({"first": 201}, ("VALIDATION", "first"), id="too many rows"),
        pytest.param({"first": 2**40}, ("VALIDATION", None), id="no Int"),
        pytest.param({"after": "x"}, ("VALIDATION", "after"), id="no cursor"),
        pytest.param({"after": "é" * 22}, ("VALIDATION", "after"), id="no ASCII"),
        pytest.param({"after": "!" * 22}, ("VALIDATION", "after"), id="no base64"),
        pytest.param({"after": "A" * 21 + "B"}, ("VALIDATION", "after"), id="loose bits"),
        pytest.param({"filter": {"model": "x" * 201}}, ("VALIDATION", "model"), id="long model"),
        pytest.param({"filter": {"search": "a\x00b"}}, ("VALIDATION", "search"), id="NUL"),
        pytest.param({"filter": {"since": "yesterday"}}, ("VALIDATION", None), id="no time"),
        pytest.param({"filter": {"apiKeyId": "x"}}, ("NOT_FOUND", None), id="no id"),
    ],
)
async def test_a_bad_page_is_refused_by_its_field(
    ada: Client, variables: dict[str, object], code: tuple[str, str | None]
) -> None:
    answer = await ada.run(PAGE, {"id": ada.workspace_id, **variables})

    assert answer.codes == [code]
