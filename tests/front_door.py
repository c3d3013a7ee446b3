"""A running gateway and an account on it, driven through the front door."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import openai
from openai.types.chat import ChatCompletionUserMessageParam

from app.main import Perpetuo, create_app
from app.settings import Settings
from tests.serving import serving

HELLO: ChatCompletionUserMessageParam = {"role": "user", "content": "Say hello"}

# Rows of JSON as GraphQL gives them: the tests know their shape.
Row = dict[str, Any]

_SIGN_UP = (
    "mutation($input: SignupInput!) { signup(input: $input) { token apiKey workspace { id } user { id } } }"
)
_ADD_PROVIDER = "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }"
_LOGS = """
query($id: ID!) { workspace(id: $id) { logs(first: 200) { nodes {
  id requestedModel model providerUsed statusCode stream inputTokens cachedInputTokens outputTokens
  tokensEstimated durationMs timeToFirstTokenMs errorMessage notes apiKey { id name }
  attempts { provider label model statusCode durationMs errorMessage }
} } } }
"""


async def until(condition: Callable[[], Awaitable[object]], *, timeout_s: float = 10) -> None:
    """Waits until `condition` gives something true."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 # the condition lies in another process or a database
            await asyncio.sleep(0.01)


class Listening(Protocol):
    """Something that answers in a provider's place."""

    @property
    def base_url(self) -> str:
        """Where it listens, as a provider key's base URL."""


@dataclass
class Account:
    """A signed-up user with a workspace and an API key."""

    url: str
    token: str
    workspace_id: str
    api_key: str
    http: httpx.AsyncClient = field(repr=False)

    def openai(self, api_key: str | None = None) -> openai.AsyncOpenAI:
        """The official client, pointed at the gateway, without retries of its own."""
        return openai.AsyncOpenAI(
            base_url=f"{self.url}/v1",
            api_key=api_key or self.api_key,
            max_retries=0,
            # Its types name httpx2; either will do.
            http_client=self.http,  # type: ignore[arg-type]
        )

    async def complete(self, body: object, **headers: str) -> httpx.Response:
        """What the route answers to a body, without any client in between."""
        return await self.http.post(
            f"{self.url}/v1/chat/completions",
            json=body,
            headers={"authorization": f"Bearer {self.api_key}", **headers},
        )

    async def graphql(self, query: str, **variables: object) -> Row:
        """The data of a GraphQL answer without errors."""
        answer = await self.http.post(
            f"{self.url}/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {self.token}"},
        )
        body = answer.json()
        assert "errors" not in body, body
        data: Row = body["data"]
        return data

    async def add_provider(self, simulator: Listening, **values: object) -> str:
        """Stores a provider key that points to `simulator`; gives its id."""
        defaults = {
            "workspaceId": self.workspace_id,
            "provider": "OPENAI",
            "apiKey": "sk-simulated-key-0001",
            "baseUrl": simulator.base_url,
        }
        data = await self.graphql(_ADD_PROVIDER, input=defaults | values)
        return str(data["addProviderKey"]["id"])

    async def logs(self, count: int) -> list[Row]:
        """The workspace's log rows, newest first, as soon as there are `count` of them."""
        rows: list[Row] = []

        async def are_there() -> bool:
            nonlocal rows
            rows = (await self.graphql(_LOGS, id=self.workspace_id))["workspace"]["logs"]["nodes"]
            return len(rows) >= count

        await until(are_there)
        assert len(rows) == count
        return rows

    async def log(self) -> Row:
        """The workspace's only log row."""
        return (await self.logs(1))[0]


@dataclass
class Gateway:
    """A gateway that listens on a real socket."""

    url: str
    app: Perpetuo
    http: httpx.AsyncClient = field(repr=False)

    async def sign_up(self, email: str = "ada@example.com") -> Account:
        """A new account."""
        values = {"email": email, "password": "correct horse", "name": "Ada"}
        answer = await self.http.post(
            f"{self.url}/graphql", json={"query": _SIGN_UP, "variables": {"input": values}}
        )
        payload = answer.json()["data"]["signup"]
        self.http.cookies.clear()
        return Account(self.url, payload["token"], payload["workspace"]["id"], payload["apiKey"], self.http)


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway with these settings, in this event loop."""
    app = create_app(settings)
    async with app.running(), serving(app) as url, httpx.AsyncClient(timeout=30, verify=False) as http:
        yield Gateway(url, app, http)
