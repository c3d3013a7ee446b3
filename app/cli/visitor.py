"""A visitor at the front door: signs up, stores provider keys, asks for completions, reads the log."""

import asyncio
from collections.abc import Mapping
from typing import TypeVar

import httpx
import msgspec

from app.errors import PerpetuoError

_T = TypeVar("_T")

_SIGN_UP = """
mutation ($input: SignupInput!) { signup(input: $input) { token apiKey workspace { id } } }
"""
_ADD_PROVIDER = """
mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }
"""
_LOG = """
query ($id: ID!) {
  workspace(id: $id) {
    logs(first: 200) { nodes { statusCode requestedModel costUsd notes attempts { label statusCode } } }
  }
}
"""
_LOG_EVERY_S = 0.05
_LOG_WITHIN_S = 15


class Account(msgspec.Struct, frozen=True):
    """What a sign-up gave."""

    token: str
    workspace_id: str
    api_key: str


class Attempt(msgspec.Struct, frozen=True, rename="camel"):
    """One try at a provider key; without a status where no HTTP answer came."""

    label: str
    status_code: int | None


class LogRow(msgspec.Struct, frozen=True, rename="camel"):
    """One request, as the log has it; `cost_usd` is None where no price is known."""

    status_code: int
    requested_model: str
    cost_usd: str | None
    notes: list[str]
    attempts: list[Attempt]


class _WithId(msgspec.Struct, frozen=True):
    id: str


class _SignedUp(msgspec.Struct, frozen=True, rename="camel"):
    token: str
    api_key: str
    workspace: _WithId


class _Rows(msgspec.Struct, frozen=True):
    nodes: list[LogRow]


class _Logs(msgspec.Struct, frozen=True):
    logs: _Rows


class Visitor:
    """Speaks to a running Perpetuo by HTTP alone, as everybody does. `http` knows its address."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def sign_up(self, email: str, password: str) -> Account:
        """A new account."""
        values = {"email": email, "password": password, "name": "Demo"}
        signed_up = await self._ask("signup", _SIGN_UP, {"input": values}, _SignedUp)
        return Account(signed_up.token, signed_up.workspace.id, signed_up.api_key)

    async def add_provider(self, account: Account, values: Mapping[str, object]) -> None:
        """Stores a provider key behind those that are there."""
        variables = {"input": {"workspaceId": account.workspace_id, **values}}
        await self._ask("addProviderKey", _ADD_PROVIDER, variables, _WithId, account)

    async def complete(self, account: Account, body: Mapping[str, object]) -> None:
        """Asks for a completion, and hears it to its end, whatever it is."""
        await self._http.post("/v1/chat/completions", json=body, headers=_bearer(account.api_key))

    async def log(self, account: Account, count: int) -> list[LogRow]:
        """The log's rows, newest first, as soon as there are `count` of them."""
        async with asyncio.timeout(_LOG_WITHIN_S):
            while True:
                found = await self._ask("workspace", _LOG, {"id": account.workspace_id}, _Logs, account)
                if len(found.logs.nodes) >= count:
                    return found.logs.nodes
                await asyncio.sleep(_LOG_EVERY_S)

    async def _ask(
        self,
        field: str,
        query: str,
        variables: Mapping[str, object],
        kind: type[_T],
        account: Account | None = None,
    ) -> _T:
        answer = await self._http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers=_bearer(account.token) if account else {},
        )
        body = answer.json()
        if "errors" in body:
            raise PerpetuoError(f"{field} failed: {body['errors'][0]['message']}")
        return msgspec.convert(body["data"][field], kind)


def _bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}
