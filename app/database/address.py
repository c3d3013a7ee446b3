"""Where the database is, as DATABASE_URL and DATA_DIR say."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from app.errors import StartRefused
from app.settings import Settings

_POSTGRES_SCHEMES = ("postgres://", "postgresql://", "asyncpg://")


def sqlite_file(settings: Settings) -> Path:
    """The SQLite file; `sqlite:///var/x.db` is absolute, `sqlite://x.db` relative."""
    if not settings.database_url:
        return settings.data_dir / "perpetuo.db"
    path = settings.database_url.removeprefix("sqlite:").removeprefix("//")
    if not path or path == ":memory:":
        raise StartRefused("DATABASE_URL must name a file, as in sqlite:///var/lib/perpetuo/perpetuo.db")
    return Path(path)


def postgres_dsn(settings: Settings) -> str:
    """DATABASE_URL as libpq spells it; asyncpg reads the rest of it (sslmode, several hosts, sockets)."""
    for scheme in _POSTGRES_SCHEMES:
        if settings.database_url.startswith(scheme):
            return "postgresql://" + settings.database_url.removeprefix(scheme)
    raise StartRefused("DATABASE_URL must start with postgres:// or sqlite://")


def place(settings: Settings) -> str:
    """The database by host and name or by file, without user and password: fit for messages."""
    if settings.is_sqlite:
        return str(sqlite_file(settings))
    # Behind the last @, so that no odd character of a password comes along.
    url = urlsplit("//" + postgres_dsn(settings).removeprefix("postgresql://").rpartition("@")[2])
    host = url.netloc or parse_qs(url.query).get("host", ["localhost"])[0]
    return f"{host}{url.path}"
