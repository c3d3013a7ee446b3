"""GraphQL over HTTP as the dashboard asks it, and how long the answers take."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.front_door import Row

_LOGIN = "mutation($input: LoginInput!) { login(input: $input) { token } }"


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation by a name that a table can show, and the time that 95 % of its answers may take."""

    name: str
    query: str
    variables: Mapping[str, object]
    bar_ms: float | None


@dataclass(frozen=True, slots=True)
class Times:
    """How long answers took, in milliseconds."""

    p50: float
    p95: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Times":
        """The times in the middle, near the end and at the end of these."""
        ordered = sorted(second * 1000 for second in seconds)

        def at(percent: int) -> float:
            return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]

        return cls(at(50), at(95), at(99), ordered[-1])


class Browser:
    """One kept connection with a session."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._headers = {"content-type": "application/json"}
        self.log_in(email, password)

    def log_in(self, email: str, password: str) -> None:
        """Begins another session."""
        token = self.ask(_LOGIN, {"input": {"email": email, "password": password}})["login"]["token"]
        self._headers["authorization"] = f"Bearer {token}"

    def get(self, path: str) -> bytes:
        """What lies there."""
        self._connection.request("GET", path)
        return self._connection.getresponse().read()

    def ask(self, query: str, variables: Mapping[str, object]) -> Row:
        """The data of an answer. Raises RuntimeError where it has errors."""
        body = json.dumps({"query": query, "variables": variables})
        self._connection.request("POST", "/graphql", body, self._headers)
        answer = json.loads(self._connection.getresponse().read())
        if "errors" in answer:
            raise RuntimeError(answer["errors"][0]["message"])
        data: Row = answer["data"]
        return data

    def time(self, asked: Asked, runs: int) -> Times:
        """What the operation takes, after two runs that warm what can be warm."""
        seconds: list[float] = []
        for run in range(runs + 2):
            started = time.perf_counter()
            self.ask(asked.query, asked.variables)
            if run >= 2:
                seconds.append(time.perf_counter() - started)
        return Times.of(seconds)
