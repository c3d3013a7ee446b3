"""Telling other processes, and hearing from them: NOTIFY and LISTEN of PostgreSQL.

SQLite serves one process, which needs neither.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient

from app.database.address import place, postgres_dsn
from app.database.connections import dialect_of
from app.database.faults import fault, reason
from app.settings import Settings

# A message arrives as (channel, payload).
OnMessage = Callable[[str, str], None]
OnReconnect = Callable[[], None]

_FIRST_DELAY_S = 0.2
_LONGEST_DELAY_S = 5.0
# A peer that vanished without a word is found out by asking it something this often: something that makes
# room in the server's queue of notifications too, which else only senders do, and a full one takes nothing.
_PULSE_S = 10.0
_PULSE = "SELECT pg_notification_queue_usage()"
_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


async def notify(connection: BaseDBAsyncClient, channel: str, *payloads: str) -> None:
    """Sends `payloads` (each below 8,000 bytes) to all who listen, when the transaction commits."""
    if dialect_of(connection) == "postgres":
        told = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload"
        await connection.execute_query(told, [channel, payloads])


async def listen(
    settings: Settings, channels: Sequence[str], on_message: OnMessage, on_reconnect: OnReconnect
) -> None:
    """Calls `on_message` for what is sent to `channels`, until cancelled; on SQLite it returns at once.

    Has a connection of its own and makes it again for ever. After each connect, the first included, it
    calls `on_reconnect`: what was sent before is lost. The callbacks must be quick and must not fail.
    """
    if settings.is_sqlite:
        return
    dsn, delay_s = postgres_dsn(settings), _FIRST_DELAY_S

    def connected() -> None:
        nonlocal delay_s
        delay_s = _FIRST_DELAY_S
        on_reconnect()

    while True:
        try:
            await _listen_once(dsn, channels, on_message, connected)
        except Exception as error:
            if fault(error) is None and not isinstance(error, asyncpg.PostgresError):
                raise
            if delay_s == _FIRST_DELAY_S:
                _log.warning("Cannot listen to %s, will go on trying: %s", place(settings), reason(error))
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, _LONGEST_DELAY_S)


async def _listen_once(
    dsn: str, channels: Sequence[str], on_message: OnMessage, connected: Callable[[], None]
) -> None:
    ended = asyncio.Event()
    connection = await asyncpg.connect(
        dsn,
        timeout=_TIMEOUT_S,
        command_timeout=_TIMEOUT_S,
        server_settings={"application_name": "perpetuo listener"},
    )
    try:
        connection.add_termination_listener(lambda _: ended.set())
        for channel in channels:
            await connection.add_listener(channel, lambda _, __, name, payload: on_message(name, payload))
        connected()
        while not ended.is_set():
            await connection.execute(_PULSE)
            await _wait(ended, _PULSE_S)
        raise ConnectionResetError("the connection ended")
    finally:
        connection.terminate()


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return
