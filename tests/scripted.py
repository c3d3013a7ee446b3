"""A provider that answers what a test wrote down, byte for byte and piece by piece."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, repeat

from tests.front_door import Account
from tests.upstream.servers import Exchange, Server, serve


@dataclass(frozen=True)
class Scripted:
    """One answer. Each piece is sent on its own.

    `is_cut` breaks the connection behind the last of them; `is_endless` sends no end of the body.
    """

    pieces: Sequence[bytes]
    content_type: str = "application/json"
    status: int = 200
    headers: tuple[str, ...] = ()
    is_cut: bool = False
    is_endless: bool = False

    async def send(self, exchange: Exchange) -> None:
        """Answers one request."""
        lines = [
            f"HTTP/1.1 {self.status} Scripted",
            f"Content-Type: {self.content_type}",
            "Transfer-Encoding: chunked",
            *self.headers,
        ]
        await exchange.write("\r\n".join([*lines, "", ""]).encode())
        for piece in self.pieces:
            await exchange.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if self.is_cut:
            exchange.reset()
        elif not self.is_endless:
            await exchange.write(b"0\r\n\r\n")


@dataclass
class ScriptedProvider:
    """A running provider: where it listens, what it was asked, and the key that points to it."""

    server: Server = field(repr=False)
    key_id: str = ""
    _answers: Iterator[Scripted] = field(default=iter(()), repr=False)

    @property
    def base_url(self) -> str:
        """Where it listens; it takes any path."""
        return self.server.url

    @property
    def tries(self) -> int:
        """How often it was asked since it was told what to say."""
        return len(self.server.requests)

    def plays(self, *answers: Scripted) -> None:
        """Gives one answer after the other from now on, the last of them for ever."""
        self._answers = chain(answers[:-1], repeat(answers[-1]))
        self.server.requests.clear()

    async def answer(self, exchange: Exchange) -> None:
        """Answers a request."""
        await next(self._answers).send(exchange)


@asynccontextmanager
async def scripted(
    account: Account,
    model: str,
    *answers: Scripted,
    provider: str = "CUSTOM",
    target: str = "m",
    secret: str = "sk-simulated-key-0001",
) -> AsyncIterator[ScriptedProvider]:
    """A provider that is the account's next choice for `model` while the block runs, asked for `target`."""

    async def handle(exchange: Exchange) -> None:
        await playing.answer(exchange)

    async with serve(handle) as server:
        playing = ScriptedProvider(server)
        playing.key_id = await account.add_provider(
            playing,
            label=f"{model} at {server.port}",
            provider=provider,
            apiKey=secret,
            modelMap=[{"requested": model, "target": target}],
        )
        playing.plays(*answers)
        try:
            yield playing
        finally:
            await account.graphql("mutation($id: ID!) { deleteProviderKey(id: $id) }", id=playing.key_id)
