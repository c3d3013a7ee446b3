"""Documents that are kept: the same answers, and nothing kept that should not be."""

import pytest
from graphql import parse

from graphql_schema.documents import Documents
from tests.graphql_schema.client import Client

NAMED = "query($id: ID!) { workspace(id: $id) { id name } }"


def kept(*texts: str) -> list[bool]:
    documents = Documents()
    for text in texts:
        documents.keep(text, parse(text))
    return [documents.find(text) is not None for text in texts]


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        pytest.param("{ me { id } }", True, id="a query"),
        pytest.param("subscription { x }", True, id="a subscription"),
        pytest.param('mutation { login(password: "secret") { token } }', False, id="a mutation"),
        pytest.param("query A { me { id } } mutation B { x }", False, id="a mutation beside a query"),
        pytest.param("{ me { id } }" + " " * 10_000, False, id="a long one"),
    ],
)
def test_short_documents_without_mutations_are_kept(text: str, is_kept: bool) -> None:
    assert kept(text) == [is_kept]


def test_those_that_nobody_asked_for_lately_go() -> None:
    documents = Documents()
    texts = [f"{{ field{number} }}" for number in range(200)]
    for text in texts:
        documents.keep(text, parse(text))
    documents.find(texts[0])

    documents.keep("{ oneMore }", parse("{ oneMore }"))

    assert [documents.find(text) is not None for text in (texts[0], texts[1], "{ oneMore }")] == [
        True,
        False,
        True,
    ]


async def test_a_known_document_answers_with_the_variables_of_each_time(ada: Client, eve: Client) -> None:
    first = await ada.run(NAMED, {"id": ada.workspace_id})
    other = await eve.run(NAMED, {"id": eve.workspace_id})
    foreign = await eve.run(NAMED, {"id": ada.workspace_id})
    without = await ada.run(NAMED, {})

    assert first.text("workspace.id") == ada.workspace_id
    assert other.text("workspace.id") == eve.workspace_id
    assert foreign.codes == [("NOT_FOUND", None)]
    assert without.codes == [("VALIDATION", None)]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{ me { nothingLikeIt } }", id="invalid"),
        pytest.param("{ me { id ", id="no document"),
        pytest.param("{ workspaces { id" + " a: name" * 40 + " } }", id="too large"),
    ],
)
async def test_what_is_refused_once_is_refused_each_time(ada: Client, query: str) -> None:
    answers = [await ada.run(query) for _ in range(3)]

    assert [answer.codes for answer in answers] == [answers[0].codes] * 3
    assert [answer.messages for answer in answers] == [answers[0].messages] * 3
    assert answers[0].codes[0] == ("VALIDATION", None)


async def test_a_known_document_needs_a_session_each_time(ada: Client, anyone: Client) -> None:
    known = await ada.run("{ me { email } }")
    refused = await anyone.run("{ me { email } workspaces { id } }")
    again = await anyone.run("{ workspaces { id } }")

    assert known.text("me.email") == "ada@example.com"
    assert (refused.codes[0][0], again.codes[0][0]) == ("UNAUTHENTICATED", "UNAUTHENTICATED")
