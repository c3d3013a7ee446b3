"""Checks of the database: reachable, migrated, its clock, and whether the provider keys in it open."""

import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException

from app.cli.doctor.findings import Finding, check_permissions, fail, ok, warn
from app.cli.doctor.folders import existing, is_writable
from app.core.secrets import SealBroken, Vault, provider_key_place
from app.database import READ, connect, pending_migrations, reason
from app.database.address import place, sqlite_file
from app.errors import StartRefused
from app.models import ProviderKey
from app.settings import Settings

_SLOW_MS = 50
_CLOCK_TOLERANCE_S = 2
_DIALECTS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
_VERSION = {
    "sqlite": "SELECT sqlite_version() AS version",
    "postgres": "SELECT current_setting('server_version') AS version",
}
_CLOCK = "SELECT EXTRACT(EPOCH FROM clock_timestamp())::float8 AS seconds"
_FAILURES = (
    OSError,
    ValueError,
    StartRefused,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    BaseORMException,
)


async def check(settings: Settings, vault: Vault | None) -> list[Finding]:
    """What there is to say about the database; nothing is made or changed.

    Without `vault` the provider keys are left alone.
    """
    findings: list[Finding] = []
    try:
        if settings.is_sqlite:
            if not sqlite_file(settings).exists():
                return [_check_room_for(sqlite_file(settings).absolute())]
            findings += check_permissions("database", sqlite_file(settings))
        async with connect(settings):
            async for finding in _check_connected(settings, vault):
                # One at a time: what was found before a failure is kept.
                findings.append(finding)
    except _FAILURES as error:
        findings.append(fail("database", _reason(settings, error)))
    return findings


def _check_room_for(file: Path) -> Finding:
    folder = existing(file.parent)
    if is_writable(folder):
        return ok("database", f"the first start makes it, in {file}")
    return fail("database", f"{folder} cannot be written by this user, so no start can make {file}")


def _reason(settings: Settings, error: Exception) -> str:
    if isinstance(error, StartRefused):
        return error.message
    if isinstance(error, ValueError):
        # Its text could quote the password.
        return "DATABASE_URL cannot be read: percent-encode special characters of user and password"
    return f"{place(settings)} does not answer: {reason(error)}. Start it, or mend DATABASE_URL"


async def _check_connected(settings: Settings, vault: Vault | None) -> AsyncIterator[Finding]:
    yield await _check_answer(settings)
    if not settings.is_sqlite:
        yield await _check_clock()
    pending = await pending_migrations()
    if pending:
        yield warn(
            "migrations", f"{len(pending)} pending: `perpetuo migrate`, or the next `perpetuo serve` does it"
        )
        return
    yield ok("migrations", "all applied")
    if vault is not None:
        yield await _check_provider_keys(vault)


async def _check_answer(settings: Settings) -> Finding:
    dialect = "sqlite" if settings.is_sqlite else "postgres"
    connection = get_connection(READ)
    rows = await connection.execute_query_dict(_VERSION[dialect])
    # The first query had to connect; the second shows what each of them costs.
    started = time.perf_counter()
    await connection.execute_query_dict(_VERSION[dialect])
    latency_ms = (time.perf_counter() - started) * 1000
    text = f"{_DIALECTS[dialect]} {rows[0]['version']} at {place(settings)} answers in {latency_ms:.1f} ms"
    if latency_ms > _SLOW_MS:
        return warn("database", f"{text}: move Perpetuo nearer to it")
    return ok("database", text)


async def _check_clock() -> Finding:
    before = time.time()
    rows = await get_connection(READ).execute_query_dict(_CLOCK)
    after = time.time()
    ahead_s = (before + after) / 2 - float(rows[0]["seconds"])
    text = f"{abs(ahead_s):.1f} s {'ahead of' if ahead_s > 0 else 'behind'} the database's"
    if abs(ahead_s) > _CLOCK_TOLERANCE_S:
        return warn("clock", f"{text}: let NTP set both")
    return ok("clock", text)


async def _check_provider_keys(vault: Vault) -> Finding:
    closed: list[str] = []
    outdated = 0
    rows = await ProviderKey.all().using_db(get_connection(READ)).order_by("id")
    for row in rows:
        where = provider_key_place(row.workspace_id, row.id)
        try:
            vault.open(row.secret_sealed, where)
        except SealBroken:
            closed.append(str(row.id))
            continue
        outdated += not vault.is_current(row.secret_sealed, where)
    if closed:
        shown = ", ".join(closed[:5]) + (" …" if len(closed) > 5 else "")
        return fail(
            "provider keys",
            f"{len(closed)} of {len(rows)} do not open: add the key that sealed them to ENCRYPTION_KEY, "
            f"or store them anew: {shown}",
        )
    if outdated:
        return warn(
            "provider keys", f"{outdated} of {len(rows)} are sealed with an older key: `perpetuo rekey`"
        )
    return ok("provider keys", f"all {len(rows)} open" if rows else "none is stored")
