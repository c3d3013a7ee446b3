"""Work in the background: whatever ends it, it goes on."""

import asyncio

import pytest

from app.core import background
from app.core.background import in_background


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (RuntimeError("a mistake"), "background work failed, and begins anew"),
        (asyncio.CancelledError(), "background work was cancelled by nobody, and begins anew"),
    ],
)
async def test_work_that_ends_by_itself_is_told_of_and_begins_anew(
    error: BaseException, complaint: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "_AGAIN_AFTER_S", 0.001)
    failures, is_well = [error, error], asyncio.Event()

    async def work() -> None:
        if failures:
            raise failures.pop()
        is_well.set()
        await asyncio.Event().wait()

    async with in_background(work):
        await asyncio.wait_for(is_well.wait(), 5)

    assert caplog.messages == [complaint] * 2


async def test_work_ends_with_the_block_and_one_that_is_done_does_not_begin_anew() -> None:
    done, is_cancelled = 0, False

    async def work_once() -> None:
        nonlocal done
        done += 1

    async def work_for_ever() -> None:
        nonlocal is_cancelled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            is_cancelled = True
            raise

    async with in_background(work_once, work_for_ever):
        await asyncio.sleep(0.01)

    assert (done, is_cancelled) == (1, True)
