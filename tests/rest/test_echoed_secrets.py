"""Providers quote the key that they refuse: nobody may read it, whatever it looks like."""

import json

import httpx
import pytest

from tests.front_door import HELLO, Account, Row, until
from tests.rest.test_native_failures import CHUNKS, START, TEXT, events
from tests.scripted import Scripted, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "team-a.prod_secret-77"
SECRETS = [
    pytest.param(SECRET, id="words"),
    pytest.param("gsk_Zz", id="short"),
    pytest.param("0190a0b0-1111-7222-8333-944455556666", id="UUID"),
    pytest.param("aGVsbG8/d29ybGQ+Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0+/==", id="base64"),
]
# As OpenAI's dialect and as Anthropic's own.
FIRST_EVENTS = [
    pytest.param("CUSTOM", Scripted([b"data: %b\n\n" % json.dumps(CHUNKS[0]).encode()]), id="OpenAI"),
    pytest.param("ANTHROPIC", events(START, TEXT), id="Anthropic"),
]
TEST = "mutation($id: ID!) { testProviderKey(id: $id) { ok errorMessage } }"
LOG = """
query($id: ID!, $log: ID!) { workspace(id: $id) {
  log(id: $log) { errorMessage attempts { errorMessage } } providerKeys { lastError { message } }
} }
"""


def refusal(secret: str) -> bytes:
    """An error that quotes the key in every field, and across the place where its words are cut."""
    words = f"Incorrect API key provided: {secret}. "
    error = {
        "message": f"{words:.<490}{secret}",
        "type": f"t {secret}",
        "code": f"c {secret}",
        "param": secret,
    }
    # Some libraries escape more than they need to.
    return json.dumps({"type": "error", "error": error}).replace("=", "\\u003d").replace("/", "\\/").encode()


async def written(account: Account, answer: httpx.Response) -> str:
    """What the database keeps of an answer that failed."""
    variables = {"id": account.workspace_id, "log": answer.headers["x-request-id"]}
    row: Row = {}

    async def is_there() -> bool:
        nonlocal row
        row = (await account.graphql(LOG, **variables))["workspace"]
        return row["log"] is not None

    await until(is_there)
    assert row["log"]["errorMessage"]
    return json.dumps(row)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("provider", ["CUSTOM", "ANTHROPIC", "GOOGLE", "COHERE", "MISTRAL"])
@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "stream"])
async def test_a_refusal_does_not_show_the_key(
    standing_account: Account, secret: str, provider: str, is_stream: bool
) -> None:
    said = Scripted([refusal(secret)], status=401)

    async with scripted(standing_account, "m", said, provider=provider, secret=secret):
        answer = await standing_account.complete({"model": "m", "messages": [HELLO], "stream": is_stream})
        kept = await written(standing_account, answer)

    assert answer.status_code == 502
    assert "provided: [key]." in answer.text
    assert secret[:6] not in answer.text + kept


@pytest.mark.parametrize("status", [200, 400, 422])
async def test_no_field_of_an_error_shows_the_key(standing_account: Account, status: int) -> None:
    async with scripted(standing_account, "m", Scripted([refusal(SECRET)], status=status), secret=SECRET):
        answer = await standing_account.complete({"model": "m", "messages": [HELLO]})
        kept = await written(standing_account, answer)

    assert answer.json()["error"]["message"].count("[key]") == 2
    assert SECRET[:6] not in answer.text + kept


@pytest.mark.parametrize(("provider", "begun"), FIRST_EVENTS)
async def test_an_error_inside_a_stream_does_not_show_the_key(
    standing_account: Account, provider: str, begun: Scripted
) -> None:
    error = b"event: error\ndata: %b\n\n" % refusal(SECRET)
    said = Scripted([*begun.pieces, error], "text/event-stream")

    async with scripted(standing_account, "m", said, provider=provider, secret=SECRET):
        answer = await standing_account.complete({"model": "m", "messages": [HELLO], "stream": True})
        kept = await written(standing_account, answer)

    assert answer.status_code == 200
    assert "provided: [key]." in answer.text
    assert SECRET[:6] not in answer.text + kept


@pytest.mark.parametrize("secret", SECRETS)
async def test_the_test_of_a_key_does_not_show_it(standing_account: Account, secret: str) -> None:
    async with scripted(standing_account, "m", Scripted([refusal(secret)], status=401), secret=secret) as it:
        told = (await standing_account.graphql(TEST, id=it.key_id))["testProviderKey"]

    assert not told["ok"]
    assert "provided: [key]." in told["errorMessage"]
    assert secret[:6] not in told["errorMessage"]
