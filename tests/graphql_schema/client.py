"""A client of the management plane, through its front door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import httpx

PASSWORD = "correct horse battery"

SIGN_UP = """
mutation ($input: SignupInput!) {
  signup(input: $input) { user { id email name createdAt } token workspace { id name } apiKey }
}
"""
LOG_IN = "mutation ($input: LoginInput!) { login(input: $input) { user { email } token } }"

Json = Mapping[str, "Value"]
Value = str | int | float | bool | None | list["Value"] | Json


@dataclass(slots=True)
class Answer:
    """An answer, taken apart."""

    response: httpx.Response

    @property
    def data(self) -> Json:
        """The data of an answer without errors."""
        body = self.response.json()
        assert "errors" not in body, body
        return cast("Json", body["data"])

    @property
    def codes(self) -> list[tuple[str, str | None]]:
        """Code and field of each error."""
        errors = self.response.json()["errors"]
        return [(error["extensions"]["code"], error["extensions"].get("field")) for error in errors]

    @property
    def messages(self) -> list[str]:
        """The message of each error."""
        return [error["message"] for error in self.response.json()["errors"]]

    def at(self, path: str) -> Value:
        """What the data hold at a path such as `me.email` or `workspaces.0.id`."""
        found: Value = self.data
        for step in path.split("."):
            if isinstance(found, list):
                found = found[int(step)]
            else:
                assert isinstance(found, Mapping), f"{path} ends before {step}"
                found = found[step]
        return found

    def each(self, path: str, name: str) -> list[Value]:
        """What the objects of the list at a path have under a name."""
        found = self.at(path)
        assert isinstance(found, list)
        return [self.at(f"{path}.{number}.{name}") for number in range(len(found))]

    def text(self, path: str) -> str:
        """The text that the data hold at a path."""
        found = self.at(path)
        assert isinstance(found, str)
        return found


@dataclass(slots=True)
class Client:
    """Sends operations as one user."""

    http: httpx.AsyncClient
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    workspace_id: str = ""

    async def run(
        self, query: str, variables: Mapping[str, object] | None = None, /, **headers: str
    ) -> Answer:
        """The answer to an operation. Headers are given with underscores."""
        sent = dict(self.headers) | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        body = {"query": query, "variables": variables or {}}
        return Answer(await self.http.post("/graphql", json=body, headers=sent))

    async def sign_up(self, email: str = "ada@example.com") -> Answer:
        """Makes an account; the client keeps the cookie and nothing else."""
        form = {"email": email, "password": PASSWORD, "name": "Ada"}
        answer = await self.run(SIGN_UP, {"input": form})
        self.workspace_id = answer.text("signup.workspace.id")
        return answer
