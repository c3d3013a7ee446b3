"""Images from strangers' servers: how much, how many, how long."""

import asyncio
from pathlib import Path

import pytest

from app.chat.data_url import InlineBytes
from app.upstream.media import NotFetched
from tests.upstream.fetching import IMAGE, LIMIT, PNG, answering, fetched, fetcher
from tests.upstream.servers import Exchange, serve


async def test_stops_reading_where_the_images_get_too_large(tmp_path: Path) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + PNG)
        while True:
            await exchange.write(bytes(100))

    async with serve(endless) as server:
        outcome = await fetched(fetcher(tmp_path), server.url)

    assert outcome == [f"the images are larger than {LIMIT} bytes (MEDIA_MAX_BYTES)"]


async def test_the_limit_is_for_all_images_together(tmp_path: Path) -> None:
    image = PNG + bytes(LIMIT // 2)

    async with serve(answering(image)) as server:
        outcome = await fetched(fetcher(tmp_path), f"{server.url}/1", f"{server.url}/2")

    assert [isinstance(it, InlineBytes) for it in outcome].count(True) == 1
    assert f"the images are larger than {LIMIT} bytes (MEDIA_MAX_BYTES)" in outcome


async def test_more_than_a_hundred_images_are_too_many(tmp_path: Path) -> None:
    async with serve(answering(PNG)) as server:
        outcome = await fetched(fetcher(tmp_path), *(f"{server.url}/{number}" for number in range(101)))

    assert set(outcome) == {"more than 100 images are too many"}
    assert server.connections == 0


@pytest.mark.parametrize(
    ("limit_s", "left_s"), [(0.2, None), (0.2, 60), (60, 0.2), (0, 0.2)], ids=["own", "more", "less", "off"]
)
@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n\r\n" + PNG], ids=["silent", "stalling"])
async def test_waits_no_longer_than_there_is_time(
    tmp_path: Path, limit_s: float, left_s: float | None, sent: bytes
) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.write(sent)
        await exchange.client_is_gone()

    async with serve(handler) as server:
        fetching = fetcher(tmp_path, media_timeout_s=limit_s)
        outcome = await fetched(fetching, server.url, time_left_s=left_s)

    assert outcome == ["it takes too long (MEDIA_TIMEOUT_S)"]


async def test_no_time_left_is_no_image(tmp_path: Path) -> None:
    async with serve(answering(PNG)) as server:
        outcome = await fetched(fetcher(tmp_path), server.url, time_left_s=-1)

    assert outcome == ["it takes too long (MEDIA_TIMEOUT_S)"]


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + PNG])
async def test_an_image_that_breaks_off_is_none(tmp_path: Path, sent: bytes) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.write(sent)
        raise ConnectionError

    async with serve(handler) as server:
        outcome = await fetched(fetcher(tmp_path), server.url)

    assert outcome == ["its server cannot be reached, or breaks off"]


async def test_fetches_four_at_a_time(tmp_path: Path) -> None:
    running, most = 0, 0
    four_are_here = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 4:
            four_are_here.set()
        await four_are_here.wait()
        await exchange.answer(PNG)
        running -= 1

    async with serve(handler) as server:
        outcome = await fetched(fetcher(tmp_path), *(f"{server.url}/{number}" for number in range(9)))

    assert outcome == [IMAGE] * 9
    assert most == 4


async def test_a_shortage_of_our_own_is_not_the_clients_mistake(tmp_path: Path) -> None:
    is_asked = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        is_asked.set()
        await exchange.client_is_gone()

    fetching = fetcher(tmp_path, max_upstream_connections=1, media_timeout_s=60)
    async with serve(handler) as server:
        first = asyncio.create_task(fetching.fetch([f"{server.url}/1"], None))
        await is_asked.wait()
        second = await fetching.fetch([url := f"{server.url}/2"], None)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await fetching.close()

    failure = second[url]
    assert isinstance(failure, NotFetched)
    assert (failure.code, str(failure)) == ("overloaded", "all connections for images are in use")


async def test_a_client_that_goes_away_ends_the_fetching(tmp_path: Path) -> None:
    is_gone = asyncio.Event()
    is_asked = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        is_asked.set()
        await exchange.client_is_gone()
        is_gone.set()

    fetching = fetcher(tmp_path)
    async with serve(handler) as server:
        task = asyncio.create_task(fetching.fetch([server.url], None))
        await is_asked.wait()
        task.cancel()
        await is_gone.wait()
        await fetching.close()

    assert task.cancelled()
