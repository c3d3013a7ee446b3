"""Names that strangers choose keep nobody else from the resolver."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from app.settings import UpstreamTransport
from tests.upstream.fetching import fetcher
from tests.upstream.servers import until

MOST = 8


@pytest.mark.parametrize(
    ("transport", "may_be_private"),
    [(UpstreamTransport.DIRECT, True), (UpstreamTransport.DIRECT, False), (UpstreamTransport.HTTPX, False)],
)
async def test_few_are_looked_up_at_a_time_and_given_up_ones_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: UpstreamTransport, may_be_private: bool
) -> None:
    # A resolver that is silent until it is told: a real one cannot be made to.
    asked: list[str] = []
    answers = asyncio.Event()

    async def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        await answers.wait()
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    def names(count: int) -> list[str]:
        return [f"http://silent{number}.example/" for number in range(count)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    fetching = fetcher(tmp_path, allow_private_media=may_be_private, upstream_transport=transport)
    # Each asks for four at a time.
    given_up = [asyncio.create_task(fetching.fetch(names(4), None)) for _ in range(2)]
    await until(lambda: len(asked) == MOST)
    waiting = asyncio.create_task(fetching.fetch(names(3), None))
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    asked_before = len(asked)
    answers.set()
    outcomes = await waiting
    await fetching.close()

    assert (asked_before, len(asked)) == (MOST, MOST + 3)
    assert {str(it) for it in outcomes.values()} == {"its server cannot be reached, or breaks off"}
