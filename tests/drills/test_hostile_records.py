"""Records that no database likes: each has its row, or is kept aside alone, and the ledger goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from tortoise.connection import get_connection

from app.database import dialect
from app.gateway.ledger import REJECTS
from app.settings import Settings
from tests.conftest import DatabaseKind
from tests.drills import books
from tests.drills.figures import Figures
from tests.front_door import Account, Row, open_gateway, until
from tests.upstream.servers import Exchange, Server, serve

NUL, LONE, ASTRAL = "\\u0000", "\\ud800", "\\ud83d\\ude00"
LONG = 10_000

# Model names, as JSON spells them.
NAMES = {
    "NUL": f"a{NUL}b",
    "lone surrogate": f"a{LONE}b",
    "10,000 characters": "x" * LONG,
    "10,000 characters beyond the plane": ASTRAL * LONG,
    "cut between two surrogates": "x" * 199 + ASTRAL,
    "line ends": "a\\u2028b\\nc\\rd",
    "quotes and COPY's own": "a'b\\\"c\\\\N\\\\.\\td",
    "empty": "",
}
COUNTS = {
    "2^31": str(2**31),
    "2^63": str(2**63),
    "2^64": str(2**64),
    "10^30": str(10**30),
    "10^400": "1" + "0" * 400,
    "1e308": "1e308",
    "1e400": "1e400",
    "negative": "-5",
    "-2^63": str(-(2**63)),
    "fraction": "1.5",
    "text": '"12"',
    "true": "true",
    "null": "null",
    "array": "[1]",
}
WORDS = {
    "NUL": f"no{NUL}pe".encode(),
    "lone surrogate": f"no{LONE}pe".encode(),
    "10,000 characters": b"x" * LONG,
    "10,000 characters beyond the plane": (ASTRAL * LONG).encode(),
    "bytes that are no text": b"no\xff\xfe\xc0pe",
}
_ANSWER = (
    '{"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":'
    '{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":%s,'
    '"completion_tokens":%s,"total_tokens":%s,"prompt_tokens_details":{"cached_tokens":%s}}}'
)
_CHUNK = (
    'data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
    '"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n'
    'data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":'
    '{"prompt_tokens":%s,"completion_tokens":%s}}\n\ndata: [DONE]\n\n'
)


@dataclass(slots=True)
class Script:
    """What the provider says: plain, streamed or as an error. Until `is_free` it says nothing."""

    counts: str = "1"
    refusal: bytes | None = None
    is_free: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def answer(self, exchange: Exchange) -> None:
        """Answers one request."""
        # As it is now: later ones may say something else.
        counts, refusal = self.counts, self.refusal
        self.asked += 1
        await self.is_free.wait()
        if refusal is not None:
            body = b'{"error":{"message":"%b","code":"%b"}}' % (refusal, refusal)
            await exchange.answer(body, status="400 Bad Request")
        elif b'"stream":true' in exchange.body.replace(b" ", b""):
            body = (_CHUNK % (counts, counts)).encode()
            await exchange.answer(body, "Content-Type: text/event-stream")
        else:
            await exchange.answer((_ANSWER % ((counts,) * 4)).encode(), "Content-Type: application/json")


@dataclass(slots=True)
class Drill:
    """A gateway with a provider that says what it is told to."""

    account: Account
    script: Script
    provider_key_id: str
    settings: Settings

    async def ask(self, model: str, *, stream: bool = False) -> int:
        """The status of an answer; `model` is what stands between the quotes of the JSON."""
        prompt = '[{"role":"user","content":"Hi"}]'
        body = f'{{"model":"{model}","messages":{prompt},"stream":{json.dumps(stream)}}}'
        answer = await self.account.http.post(
            f"{self.account.url}/v1/chat/completions",
            content=body,
            headers={"authorization": f"Bearer {self.account.api_key}", "content-type": "application/json"},
        )
        return answer.status_code

    async def settled(self, count: int) -> books.Books:
        """The books with so many rows and no more, whose sums are those of the rows."""
        found = await books.settled(self.account.workspace_id, count)
        assert len(found.rows) == count
        assert found.of_counter == found.of_days == found.of_provider_days == found.of_rows
        return found

    async def health(self) -> Row:
        """What the gateway says of itself."""
        row: Row = (await self.account.http.get(f"{self.account.url}/health")).json()
        return row

    def rejected(self) -> list[Row]:
        """What is kept aside."""
        file = self.settings.data_dir / REJECTS
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
async def drill(settings: Settings) -> AsyncIterator[Drill]:
    script = Script()
    script.is_free.set()
    async with serve(script.answer) as upstream, open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        key_id = await _add_provider(account, upstream)
        yield Drill(account, script, key_id, settings)


async def _add_provider(account: Account, upstream: Server) -> str:
    data = await account.graphql(
        "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }",
        input={
            "workspaceId": account.workspace_id,
            "provider": "CUSTOM",
            "apiKey": "sk-0001",
            "baseUrl": upstream.url,
        },
    )
    return str(data["addProviderKey"]["id"])


async def test_names_counts_and_words_that_no_column_holds(
    drill: Drill, database_kind: DatabaseKind, figures: Figures
) -> None:
    statuses: list[int] = []

    for stream in (False, True):
        statuses += [await drill.ask(name, stream=stream) for name in NAMES.values()]
        for drill.script.counts in COUNTS.values():
            statuses.append(await drill.ask("counted", stream=stream))
        for drill.script.refusal in WORDS.values():
            statuses.append(await drill.ask("refused", stream=stream))
        drill.script.refusal, drill.script.counts = None, "1"
    statuses.append(await drill.ask("good"))
    found = await drill.settled(len(statuses))
    health = await drill.health()

    assert {status for status in statuses if status not in {200, 400}} == set()
    assert statuses[-1] == 200
    assert health["status"] == "ok"
    assert drill.rejected() == []
    figures.tell(
        f"hostile records, {database_kind}",
        records=len(statuses),
        rows=len(found.rows),
        kept_aside=0,
        statuses=sorted(set(statuses)),
    )


_BY_TRIGGER = {
    "sqlite": """CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN NEW.{column} = 'unwelcome'
        BEGIN SELECT RAISE(ABORT, 'unwelcome'); END""",
    "postgres": """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'unwelcome'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW
        WHEN (NEW.{column} = 'unwelcome') EXECUTE FUNCTION refuse()""",
}
# Only one of them may be there, and one is there.
_BY_INDEX = dict.fromkeys(
    _BY_TRIGGER, "CREATE UNIQUE INDEX refuse ON {table} ({column}) WHERE {column} = 'unwelcome'"
)


@pytest.mark.parametrize(
    ("statements", "table", "column", "stored"),
    [
        (_BY_TRIGGER, "request_log", "requested_model", 0),
        (_BY_TRIGGER, "usage_daily", "model", 0),
        (_BY_INDEX, "request_log", "requested_model", 1),
    ],
    ids=["by a trigger of the log", "by a trigger of the sums", "by an index"],
)
async def test_a_row_that_the_database_refuses(
    drill: Drill, statements: dict[str, str], table: str, column: str, stored: int
) -> None:
    models = [f"good-{number}" for number in range(27)]
    for place in (20, 10, 5):
        models.insert(place, "unwelcome")
    await get_connection("default").execute_script(statements[dialect()].format(table=table, column=column))

    statuses = await asyncio.gather(*(drill.ask(model) for model in models))

    async def are_kept_aside() -> bool:
        return len(drill.rejected()) == 3 - stored

    await until(are_kept_aside)
    found = await drill.settled(27 + stored)
    statuses.append(await drill.ask("good-after"))
    after = await drill.settled(28 + stored)
    health = await drill.health()
    assert set(statuses) == {200}
    assert {row["entry"]["requested_model"] for row in drill.rejected()} == {"unwelcome"}
    assert {row["entry"]["id"] for row in drill.rejected()} & {row.id for row in found.rows} == set()
    assert len(after.rows) == len(found.rows) + 1
    assert (health["status"], health["journal"]["rejected"]) == ("degraded", 3 - stored)


async def _delete_provider_key(drill: Drill) -> None:
    await drill.account.graphql("mutation($id: ID!) { deleteProviderKey(id: $id) }", id=drill.provider_key_id)


async def _delete_api_key(drill: Drill) -> None:
    query = "query($id: ID!) { workspace(id: $id) { apiKeys { id } } }"
    found = await drill.account.graphql(query, id=drill.account.workspace_id)
    for key in found["workspace"]["apiKeys"]:
        await drill.account.graphql("mutation($id: ID!) { deleteApiKey(id: $id) }", id=key["id"])


async def _delete_everything(drill: Drill) -> None:
    # There is no such mutation: it is what somebody at the database's own prompt may do.
    for table in ("provider_key", "api_key", "usage_counter", "workspace", "session"):
        await get_connection("default").execute_script(f'DELETE FROM "{table}"')


@pytest.mark.parametrize(
    "delete",
    [_delete_provider_key, _delete_api_key, _delete_everything],
    ids=["provider key", "API key", "workspace and all"],
)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_what_is_deleted_while_a_completion_runs(
    drill: Drill, delete: Callable[[Drill], Awaitable[None]], *, stream: bool
) -> None:
    drill.script.is_free.clear()
    asking = [asyncio.create_task(drill.ask(f"m-{number}", stream=stream)) for number in range(3)]

    async def are_asked() -> bool:
        return drill.script.asked == 3

    await until(are_asked)
    await delete(drill)
    drill.script.is_free.set()
    statuses = await asyncio.gather(*asking)

    found = await drill.settled(3)
    health = await drill.health()
    assert statuses == [200, 200, 200]
    assert {row.status for row in found.rows} == {200}
    assert health["status"] == "ok"
    assert drill.rejected() == []
