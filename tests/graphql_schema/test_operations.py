import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from graphql import get_introspection_query
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.sqlite.client import SqliteClient

from app.management import workspaces
from app.models import ApiKey
from tests.graphql_schema.client import Client
from tests.graphql_schema.rows import log_request

JSON = {"Content-Type": "application/json"}
LONG_NUMBER = '{ workspace(id: "x") { logs(first: ' + "9" * 5000 + ") { nodes { id } } } }"


async def test_queries_do_not_come_by_get(anyone: Client) -> None:
    answer = await anyone.http.get("/graphql", params={"query": "{ me { id } }"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        pytest.param(b'{"query": "{ me { id } }"}', {"Content-Type": "text/plain"}, 400, id="text"),
        pytest.param(b"query=x", {"Content-Type": "application/x-www-form-urlencoded"}, 400, id="form"),
        pytest.param(b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 400, id="multipart"),
        pytest.param(b"", JSON, 400, id="nothing"),
        pytest.param(b"{", JSON, 400, id="no JSON"),
        pytest.param(
            rb'{"query": "{ __typename }", "operationName": "\ud800"}', JSON, 400, id="half a character"
        ),
        pytest.param(b"\xff\xfe\xfd", JSON, 400, id="no UTF-8"),
        pytest.param(b"[" * 100_000, JSON, 400, id="deep JSON"),
        pytest.param(b"1" * 5000, JSON, 400, id="a long number"),
        pytest.param(b'"text"', JSON, 400, id="a string"),
        pytest.param(b"{}", JSON, 400, id="no query"),
        pytest.param(b'{"query": 1}', JSON, 400, id="a number for a query"),
        pytest.param(b'[{"query": "{ me { id } }"}]', JSON, 400, id="a batch"),
        pytest.param(b'{"query": "{ me { id } }", "variables": []}', JSON, 400, id="a list of variables"),
        pytest.param(b'{"query": "%s"}' % (b"x" * 1_000_001), JSON, 413, id="too large"),
    ],
)
async def test_what_is_no_operation_is_refused(
    anyone: Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await anyone.http.post("/graphql", content=content, headers=headers)

    assert answer.status_code == status


async def test_an_operation_that_is_too_large_is_its_senders_mistake(anyone: Client) -> None:
    answer = await anyone.http.post("/graphql", content=b"x" * 1_000_001, headers=JSON)

    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "VALIDATION"
    assert error["message"] == "A GraphQL request has at most 1000000 bytes."


def nested(depth: int) -> str:
    return "{ workspaces " + "{ logs { nodes { apiKey " * depth + "{ id }" + " } } }" * depth + " }"


def bomb() -> str:
    # Spread out it would have 2^40 fields.
    fragments = [
        f"fragment f{number} on User {{ ...f{number + 1} ...f{number + 1} }}" for number in range(40)
    ]
    return "{ me { ...f0 } } " + " ".join(fragments) + " fragment f40 on User { id }"


def aliased(count: int, selection: str) -> str:
    return " ".join(f"a{number}: {selection}" for number in range(count))


def introspection_bomb(count: int) -> str:
    schema = f"fragment S on __Schema {{ {aliased(count, 'types { ...T }')} }}"
    type_ = f"fragment T on __Type {{ {aliased(count, 'fields { name args { name } }')} }}"
    return f"{{ {aliased(count, '__schema { ...S }')} }} {schema} {type_}"


def chain() -> str:
    fragments = [f"fragment f{number} on User {{ ...f{number + 1} }}" for number in range(240)]
    return "{ me { ...f0 } } " + " ".join(fragments) + " fragment f240 on User { id }"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param("{", "Syntax Error: Expected Name, found <EOF>.", id="syntax"),
        pytest.param(
            "{ mi { id } }", "Cannot query field 'mi' on type 'Query'. Did you mean 'me'?", id="field"
        ),
        pytest.param(
            "{ workspace { id } }", "Argument 'Query.workspace(id:)' of type 'ID!' is required", id="argument"
        ),
        pytest.param(nested(4), "The operation is too large: at most 10 levels deep.", id="deep"),
        pytest.param(
            "{ " + " ".join(f"a{number}: me {{ id }}" for number in range(31)) + " }",
            "The operation is too large: at most 30 aliases.",
            id="aliases",
        ),
        pytest.param(bomb(), "The operation is too large: at most 1000 fields.", id="fragments"),
        pytest.param(
            introspection_bomb(12),
            "The operation is too large: at most 30 aliases.",
            id="introspection by fragments",
        ),
        pytest.param(
            f"{{ __schema {{ {aliased(4, 'types { name }')} }} }}",
            "The operation is too large: at most 3 aliases in introspection.",
            id="introspection in parts",
        ),
        pytest.param(
            "{ " + aliased(4, '__type(name: "User") { name }') + " }",
            "The operation is too large: at most 3 aliases in introspection.",
            id="introspection again and again",
        ),
        pytest.param(
            "{ " + "__typename " * 1001 + "}",
            "The operation is too large: at most 1000 fields.",
            id="fields of introspection",
        ),
        pytest.param(
            "{ me { " + "id " * 2000 + "} }", "Syntax Error: Document contains more than 2000", id="tokens"
        ),
        pytest.param("{ a" * 900, "Syntax Error: Document is nested too deeply.", id="deep text"),
        pytest.param(chain(), "Validation aborted.", id="a chain of fragments"),
        pytest.param(
            "{ me { ...a } } fragment a on User { ...a }",
            "Cannot spread fragment 'a' within itself",
            id="cycle",
        ),
        pytest.param("{ me { ...a } }", "Unknown fragment 'a'.", id="unknown fragment"),
        pytest.param(
            'subscription { requestLogged(workspaceId: "x") { id } }',
            "A subscription needs a WebSocket that speaks graphql-transport-ws.",
            id="subscription",
        ),
        pytest.param(LONG_NUMBER, "A number of the operation is too long.", id="long number"),
    ],
)
async def test_a_bad_document_is_refused_with_the_reason(anyone: Client, query: str, message: str) -> None:
    answer = await anyone.run(query)

    assert answer.response.status_code == 200
    assert set(answer.codes) == {("VALIDATION", None)}
    assert any(shown.startswith(message) for shown in answer.messages), answer.messages


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(get_introspection_query(), id="as GraphiQL asks"),
        pytest.param(get_introspection_query(type_depth=20, input_value_deprecation=True), id="very deep"),
        pytest.param(
            "{ __schema { types { name fields { name args { name type { ofType { name } } } } } } }",
            id="by hand",
        ),
        pytest.param(
            '{ Workspace: __type(name: "Workspace") { name } User: __type(name: "User") { name } }',
            id="type by type",
        ),
    ],
)
async def test_the_schema_can_be_asked_for(anyone: Client, query: str) -> None:
    answer = await anyone.run(query)

    assert answer.data
    assert "Workspace" in answer.response.text


async def test_one_operation_reads_a_bounded_number_of_log_rows(ada: Client) -> None:
    logs = " ".join(f"a{number}: logs(first: 200) {{ nodes {{ id }} }}" for number in range(11))

    answer = await ada.run(
        f"query ($id: ID!) {{ workspace(id: $id) {{ {logs} }} }}", {"id": ada.workspace_id}
    )

    assert answer.codes == [("VALIDATION", "first")]


async def test_what_is_unexpected_is_logged_and_never_shown(
    ada: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # There is no honest way to make it fail unexpectedly.
    async def fail(*_: object) -> None:
        raise RuntimeError("the database password is hunter2")

    monkeypatch.setattr(workspaces, "get", fail)

    with caplog.at_level(logging.DEBUG):
        answer = await ada.run(
            "query ($id: ID!) { me { email } workspace(id: $id) { name } }", {"id": "0193-a-private-variable"}
        )
        named = await ada.run(
            "query ($id: ID!) { me { email } workspace(id: $id) { name } }", {"id": ada.workspace_id}
        )

    assert answer.codes == [("NOT_FOUND", None)]
    assert named.codes == [("INTERNAL", None)]
    assert named.messages == ["Something went wrong on the server."]
    assert named.response.json()["data"] == {"me": {"email": "ada@example.com"}, "workspace": None}
    records = [
        record for record in caplog.records if record.name.startswith(("graphql_schema", "strawberry"))
    ]
    assert [record.getMessage() for record in records] == ["Unexpected error in GraphQL at workspace"]
    assert "Traceback" in caplog.text
    assert "a-private-variable" not in caplog.text
    assert "query ($id" not in caplog.text


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL that is executed while the block runs, on either database."""
    statements: list[str] = []

    def counting(method: Callable[..., object]) -> Callable[..., object]:
        def count(self: object, query: str, *rest: object) -> object:
            statements.append(query)
            return method(self, query, *rest)

        return count

    with pytest.MonkeyPatch.context() as patch:
        for client in (SqliteClient, AsyncpgDBClient):
            for name in ("execute_query", "execute_query_dict"):
                patch.setattr(client, name, counting(getattr(client, name)))
        yield statements


OVERVIEW = """
{ workspaces { name providerKeys { label } apiKeys { name usage { requests } } usage { requests }
  routePreview(model: "gpt-mini") { reason } } }
"""
CREATE_KEY = 'mutation ($id: ID!) { createApiKey(workspaceId: $id, name: "ci") { secret } }'
ROWS = "query ($id: ID!) { workspace(id: $id) { logs { nodes { id apiKey { name } } } } }"


async def statements_for(client: Client, query: str) -> int:
    with counted() as statements:
        answer = await client.run(query, {"id": client.workspace_id} if "$id" in query else {})
    assert answer.data
    return len(statements)


async def test_twenty_workspaces_take_no_more_queries_than_one(ada: Client) -> None:
    one = await statements_for(ada, OVERVIEW)
    for number in range(19):
        made = await ada.run(f'mutation {{ createWorkspace(name: "Workspace {number}") {{ id }} }}')
        await ada.run(CREATE_KEY, {"id": made.text("createWorkspace.id")})

    twenty = await statements_for(ada, OVERVIEW)

    # Session, user, workspaces, provider keys, API keys, their use, counters.
    assert (one, twenty) == (7, 7)


async def test_twenty_log_rows_take_no_more_queries_than_one(ada: Client) -> None:
    api_key = await ApiKey.get(workspace_id=ada.workspace_id)
    await log_request(ada.workspace_id, api_key_id=api_key.id)
    one = await statements_for(ada, ROWS)
    for number in range(19):
        await log_request(ada.workspace_id, api_key_id=api_key.id if number % 2 else None)

    twenty = await statements_for(ada, ROWS)

    # Session, user, workspace, the page's ids, its rows, their keys.
    assert (one, twenty) == (6, 6)


async def test_an_answer_is_json(anyone: Client) -> None:
    answer: httpx.Response = (await anyone.run("{ me { id } }")).response

    assert answer.headers["content-type"] == "application/json"
