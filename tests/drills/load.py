"""A mixed load on a gateway, which keeps the books of what it was told."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import httpx

Kind = Literal["plain", "stream", "refused", "broken", "aborted", "impatient", "long"]
KINDS: tuple[Kind, ...] = ("plain", "plain", "stream", "stream", "refused", "broken", "aborted")

# Behind the mark of a request: what the simulator makes of it.
_DIRECTIVES: dict[Kind, str] = {
    "plain": "delay=0.005",
    "stream": "tokens=12;pace=0.003",
    "refused": "status=400",
    "broken": "tokens=12;pace=0.003;cut=6",
    "aborted": "tokens=2000;pace=0.005",
    "impatient": "hang",
    "long": "tokens=60;pace=0.05",
}
_STREAMED = {"stream", "broken", "aborted", "long"}
_TIMEOUT_S = 60.0
_IMPATIENT_S = 0.15
_PROMPT = [{"role": "user", "content": "How is the weather?"}]


@dataclass(slots=True)
class Outcome:
    """What the client knows of one request. `model` is unlike that of any other."""

    kind: Kind
    model: str
    # The gateway that was asked, and when, by the event loop's clock.
    url: str = ""
    asked_at: float = 0.0
    # Of the answer's headers; None where no answer came.
    id: str | None = None
    status: int | None = None
    # Whether the answer said itself that it is whole.
    is_whole: bool = False
    # What was wrong with the connection.
    error: str = ""


@dataclass(slots=True)
class Load:
    """So many clients, each with one request after the other, until told to stop."""

    urls: Sequence[str]
    api_key: str
    dice: random.Random
    clients: int = 8
    kinds: Sequence[Kind] = KINDS
    # Seconds that a client rests between two requests.
    pause_s: float = 0.0
    # What the models begin with: unlike that of any other load on the same books.
    name: str = "drill"
    outcomes: list[Outcome] = field(default_factory=list)
    # Requests that are on their way.
    open_count: int = 0
    _is_over: bool = False
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def run(self) -> None:
        """Asks until `stop` is called, and waits for what is on its way."""
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, limits=limits, trust_env=False) as http:
            await asyncio.gather(*(self._client(http) for _ in range(self.clients)))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Asks while the block runs, and waits at its end for what is on its way."""
        asking = asyncio.create_task(self.run())
        try:
            yield
        finally:
            self.stop()
            await asking

    def stop(self) -> None:
        """Lets each client end with the request that it has begun."""
        self._is_over = True

    @property
    def answered(self) -> list[Outcome]:
        """The outcomes that had an answer with an id."""
        return [outcome for outcome in self.outcomes if outcome.id is not None]

    async def _client(self, http: httpx.AsyncClient) -> None:
        while not self._is_over:
            kind = self.dice.choice(self.kinds)
            number = next(self._numbers)
            model = f"{self.name}-{number};{_DIRECTIVES[kind]}"
            outcome = Outcome(kind, model, self.urls[number % len(self.urls)])
            self.outcomes.append(outcome)
            self.open_count += 1
            try:
                await self._ask(http, outcome)
            except httpx.HTTPError as error:
                outcome.error = repr(error)
                # The gateway was killed, or is not there, or is slow: a client tries again a little later.
                await asyncio.sleep(0.02)
            finally:
                self.open_count -= 1
            await asyncio.sleep(self.pause_s)

    async def _ask(self, http: httpx.AsyncClient, outcome: Outcome) -> None:
        is_stream = outcome.kind in _STREAMED
        request = http.stream(
            "POST",
            f"{outcome.url}/v1/chat/completions",
            json={"model": outcome.model, "messages": _PROMPT, "stream": is_stream},
            headers={"authorization": f"Bearer {self.api_key}"},
            timeout=_IMPATIENT_S if outcome.kind == "impatient" else _TIMEOUT_S,
        )
        outcome.asked_at = asyncio.get_running_loop().time()
        async with request as answer:
            outcome.status = answer.status_code
            outcome.id = answer.headers.get("x-request-id")
            text = b""
            async for piece in answer.aiter_bytes():
                text += piece
                if outcome.kind == "aborted" and len(text) > 500:
                    return
        outcome.is_whole = text.endswith(b"data: [DONE]\n\n") if is_stream else answer.status_code == 200
