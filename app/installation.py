"""What a process needs from its data folder: secrets of its own, and the right to be there."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from app.errors import StartRefused
from app.settings import Settings

# The file in the data folder that keeps the secrets nobody has set.
SECRETS = "secrets.json"
_LOCK = "worker.lock"


class _Secrets(msgspec.Struct, rename="upper"):
    jwt_secret: str
    encryption_key: str


def with_secrets(settings: Settings) -> Settings:
    """The settings with both secrets. On loopback they are made on the first start and kept in DATA_DIR.

    Raises StartRefused where they are missing and others than this machine can reach the server, and where
    what was kept cannot be read.
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
            "jwt_secret": settings.jwt_secret or kept.jwt_secret,
            "encryption_key": settings.encryption_key or (kept.encryption_key,),
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


def _kept_secrets(path: Path) -> _Secrets:
    try:
        if not path.exists():
            _make_secrets(path)
        return msgspec.json.decode(path.read_bytes(), type=_Secrets)
    except OSError as error:
        raise StartRefused(f"{path} cannot be made or read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StartRefused(
            f"{path} cannot be read as JSON with both secrets: restore it from a backup. "
            "Where no provider key is stored yet, delete it, and the next start makes new ones."
        ) from error


def _make_secrets(path: Path) -> None:
    """Makes the file whole or not at all, whenever the process dies, and never over another's."""
    fresh = _Secrets(secrets.token_hex(32), secrets.token_hex(32))
    # Readable by nobody else from the beginning.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
        file.write(msgspec.json.encode(fresh))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
