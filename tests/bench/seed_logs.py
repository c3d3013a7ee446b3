"""Fills an SQLite database with an account and a long log, to measure pages of it.

    .venv/bin/python -m tests.bench.seed_logs <folder> --rows 1000000
    DATA_DIR=<folder> .venv/bin/perpetuo serve

Rows go in as the gateway writes them, sums included. The folder must not hold a database yet.
"""

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from uuid import UUID

from app.database import connect, migrate
from app.gateway.ledger.batch import commit
from app.gateway.ledger.entries import AttemptEntry, Ended
from app.installation import with_secrets
from app.main import create_tools
from app.management import accounts, api_keys
from app.settings import Settings

EMAIL = "bench@example.com"
MOST_ROWS = 5_000_000

_BATCH = 1000
_DAYS = 30
_MODELS = (
    ("OPENAI", "gpt-4o-mini"),
    ("OPENAI", "gpt-4o"),
    ("OPENAI", "o4-mini"),
    ("ANTHROPIC", "claude-sonnet-4-5"),
    ("GOOGLE", "gemini-2.5-flash"),
    ("CUSTOM", "llama-3.3-70b"),
)
_WEIGHTS = (40, 25, 5, 15, 10, 5)


async def seed(settings: Settings, rows: int) -> str:
    """Migrates the database and fills it; gives the account's password."""
    await migrate(settings)
    tools = create_tools(settings)
    password = secrets.token_hex(8)
    async with connect(settings):
        made = await accounts.sign_up(tools, email=EMAIL, password=password, name="Bench", origin="127.0.0.1")
        viewer = await accounts.authenticate(tools, made.signed_in.token)
        if viewer is None:
            raise RuntimeError("A session that was just made is not known.")
        keys = [
            (await api_keys.create(tools, viewer, made.workspace.id, name=name, expires_at=None)).row.id
            for name in ("web", "batch", "staging")
        ]
        entries = _entries(made.workspace.id, keys, rows)
        done = 0
        while batch := list(islice(entries, _BATCH)):
            await commit(batch, "seed")
            done += len(batch)
            if done % 50_000 == 0:
                sys.stderr.write(f"{done:,} rows\n")
    return password


def _entries(workspace_id: UUID, keys: list[UUID], rows: int) -> Iterator[Ended]:
    """Rows of the last days, oldest first; the same numbers each time."""
    random = Random(1)
    end_ms = time.time_ns() // 1_000_000
    span_ms = _DAYS * 24 * 3600 * 1000
    for number in range(rows):
        at_ms = end_ms - span_ms + span_ms * number // rows
        yield _entry(random, _id_at(random, at_ms), workspace_id, random.choice(keys))


def _id_at(random: Random, at_ms: int) -> UUID:
    return UUID(int=at_ms << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62))


def _entry(random: Random, id_: UUID, workspace_id: UUID, api_key_id: UUID) -> Ended:
    provider, model = random.choices(_MODELS, _WEIGHTS)[0]
    status = random.choices((200, 503, 429, 499), (96, 2, 1, 1))[0]
    is_failed = status in {503, 429}
    message = "That model is currently overloaded with other requests." if is_failed else None
    duration_ms = int(random.lognormvariate(6.5, 0.8))
    input_tokens, output_tokens = random.randint(20, 4000), 0 if is_failed else random.randint(1, 900)
    return Ended(
        id=id_,
        workspace_id=workspace_id,
        api_key_id=api_key_id,
        requested_model=model,
        model=model,
        provider=None if is_failed else provider,
        status_code=status,
        stream=random.random() < 0.6,
        input_tokens=input_tokens,
        cached_input_tokens=0,
        output_tokens=output_tokens,
        tokens_estimated=False,
        cost_nano_usd=None if is_failed else input_tokens * 150 + output_tokens * 600,
        duration_ms=duration_ms,
        time_to_first_token_ms=None if is_failed else duration_ms // 3,
        error_code="overloaded" if is_failed else None,
        error_message=message,
        attempts=[AttemptEntry(provider, provider.title(), model, status, duration_ms, message)],
        notes=[],
        key_reports=[],
    )


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    if not 1 <= chosen.rows <= MOST_ROWS:
        parser.error(f"--rows must be 1 to {MOST_ROWS:,}")
    if (chosen.folder / "perpetuo.db").exists():
        parser.error(f"{chosen.folder} holds a database already")
    settings = with_secrets(
        Settings(_env_file=None, data_dir=chosen.folder, host="127.0.0.1", database_url="")
    )
    password = asyncio.run(seed(settings, chosen.rows))
    sys.stdout.write(f"{EMAIL} {password}\n")


if __name__ == "__main__":
    main()
