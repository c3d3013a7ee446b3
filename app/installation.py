"""What a process needs from its data folder: secrets of its own, and the right to be there."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import StartRefused
from app.settings import Settings

# The file in the data folder that keeps the secrets nobody has set.
SECRETS = "secrets.json"
_LOCK = "worker.lock"


def with_secrets(settings: Settings) -> Settings:
    """The settings with both secrets. On loopback they are made on the first start and kept in DATA_DIR.

    Raises StartRefused where they are missing and others than this machine can reach the server.
    """
    if settings.jwt_secret and settings.encryption_key:
        return settings
    missing = [
        name
        for name, value in (("JWT_SECRET", settings.jwt_secret), ("ENCRYPTION_KEY", settings.encryption_key))
        if not value
    ]
    if not settings.is_loopback:
        raise StartRefused(
            f"{' and '.join(missing)} must be set, because the server listens on {settings.host} and not "
            "only on this machine. `perpetuo init-env` writes a .env with fresh secrets."
        )
    kept = _kept_secrets(prepare(settings.data_dir) / SECRETS)
    return settings.model_copy(
        update={
            "jwt_secret": settings.jwt_secret or kept["JWT_SECRET"],
            "encryption_key": settings.encryption_key or (kept["ENCRYPTION_KEY"],),
        }
    )


def prepare(data_dir: Path) -> Path:
    """The data folder, made if it was not there. Raises StartRefused where it cannot be written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StartRefused(f"DATA_DIR {data_dir} cannot be made: {error.strerror}.") from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise StartRefused(f"DATA_DIR {data_dir} cannot be written by this user.")
    return data_dir


@contextmanager
def only_worker(settings: Settings) -> Iterator[None]:
    """Holds the data folder for this process where the database is SQLite, which serves exactly one.

    Raises StartRefused where another process has it.
    """
    if not settings.is_sqlite:
        yield
        return
    descriptor = os.open(prepare(settings.data_dir) / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartRefused(
                f"Another Perpetuo serves from {settings.data_dir} already, and SQLite serves exactly one. "
                "For several processes set DATABASE_URL to a PostgreSQL."
            ) from error
        yield
    finally:
        os.close(descriptor)


def _kept_secrets(path: Path) -> dict[str, str]:
    fresh = {name: secrets.token_hex(32) for name in ("JWT_SECRET", "ENCRYPTION_KEY")}
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    with os.fdopen(descriptor, "w") as file:
        json.dump(fresh, file)
    return fresh
