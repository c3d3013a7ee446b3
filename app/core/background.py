"""Work that goes on for as long as the process does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]

_AGAIN_AFTER_S = 1.0


@asynccontextmanager
async def in_background(*works: Work) -> AsyncIterator[None]:
    """Does all of them while the block runs, and ends them with it.

    One that fails, which it should not, says so in the log and begins anew: nobody waits for it, and the
    process would go on without it. One that returns is done.
    """
    tasks = [asyncio.create_task(_done(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _done(work: Work) -> None:
    task = asyncio.current_task()
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            if task is None or task.cancelling():
                raise
            # Drivers cancel what their callers wait for.
            logger.exception("background work was cancelled by nobody, and begins anew")
        except Exception:
            logger.exception("background work failed, and begins anew")
        else:
            return
        await asyncio.sleep(_AGAIN_AFTER_S)
