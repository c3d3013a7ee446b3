"""Settings: the environment, read once, as one frozen value. Nothing else configures Perpetuo."""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import StartRefused

_SECRET_LENGTH = 32


class Signup(StrEnum):
    """Who may sign up."""

    OPEN = "open"
    FIRST = "first"
    CLOSED = "closed"


class LogLevel(StrEnum):
    """The least level to print."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Fsync(StrEnum):
    """When the journal is forced onto the disk."""

    OFF = "off"
    INTERVAL = "interval"
    ALWAYS = "always"


class UpstreamTransport(StrEnum):
    """Who speaks HTTP with the providers."""

    DIRECT = "direct"
    HTTPX = "httpx"


Seconds = Annotated[float, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Every setting, with its default, unit and meaning. Times are in seconds; 0 turns a time limit off."""

    # An empty variable is one that is not set: `SIGNUP=` in an `.env` asks for the default.
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(3000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    public_url: str = Field(
        "", description="The address users see; decides cookies, the Origin check and snippets."
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of proxies whose X-Forwarded-* headers are believed, separated by "
        "commas; * believes everybody.",
    )
    data_dir: Path = Field(Path("data"), description="Folder of SQLite, journal and generated secrets.")
    database_url: str = Field(
        "",
        repr=False,
        description="postgres://user:password@host:5432/name, or sqlite:///path; empty: SQLite in DATA_DIR.",
    )
    database_pool: Positive = Field(10, description="Connections to PostgreSQL for the management plane.")
    log_level: LogLevel = Field(
        LogLevel.INFO, description="Least level to print: debug, info, warning or error."
    )

    jwt_secret: str = Field("", repr=False, description="Signs sessions; at least 32 characters.")
    encryption_key: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        repr=False,
        description="Seals provider keys; several, newest first, separated by commas; 32 characters each.",
    )
    signup: Signup | None = Field(
        None,
        description="open, first (only the first account) or closed; default: open on loopback, else first.",
    )
    session_days: Positive = Field(7, description="Days until a session ends by itself.")
    argon2_memory_kib: Positive = Field(65_536, description="Memory of one password hash, in KiB.")
    argon2_time_cost: Positive = Field(3, description="Rounds of one password hash.")
    allow_private_upstreams: bool | None = Field(
        None, description="Whether base URLs may point into private networks; default: on for loopback."
    )
    allow_private_media: bool = Field(
        False,
        description="Whether images may lie in private networks: every client that names one can look there.",
    )
    simulator_port: int = Field(
        4011,
        ge=1,
        le=65535,
        description="Loopback port of the simulated provider, once a workspace has a key for it.",
    )

    max_body_bytes: Positive = Field(20_000_000, description="Largest request body.")
    max_answer_bytes: Positive = Field(50_000_000, description="Largest plain answer of a provider.")
    media_max_bytes: Positive = Field(
        20_000_000,
        description="Images that are fetched by their addresses for one request, all of them together.",
    )
    media_timeout_s: Seconds = Field(10, description="Fetching them.")
    upstream_transport: UpstreamTransport = Field(
        UpstreamTransport.DIRECT,
        description="direct: HTTP of our own, the fast one. httpx: the library, as always behind a proxy.",
    )
    max_upstream_connections: Positive = Field(
        2000, description="Connections to one provider at a time; with httpx, to all of them together."
    )
    connect_timeout_s: Seconds = Field(5, description="Making a connection to a provider.")
    header_timeout_s: Seconds = Field(
        30, description="Silence before a provider's stream answers with headers."
    )
    answer_timeout_s: Seconds = Field(120, description="A plain answer, whole.")
    first_token_timeout_s: Seconds = Field(
        10, description="First token of a stream while another candidate is left."
    )
    last_first_token_timeout_s: Seconds = Field(
        60, description="First token of a stream where no other candidate is left or reasoning was asked for."
    )
    stream_idle_timeout_s: Seconds = Field(60, description="Silence inside a stream after its first token.")
    stream_headers_after_s: Seconds = Field(15, description="When a waiting stream's headers go out anyway.")
    total_timeout_s: Seconds = Field(
        600,
        description="All attempts of one completion, until its first token where it streams.",
    )
    retry_attempts: int = Field(1, ge=0, description="Second tries at the same candidate.")
    max_attempts: Positive = Field(
        6, description="Attempts of one completion, retries and fallbacks together."
    )
    retry_after_max_s: Seconds = Field(3, description="Longest Retry-After that is waited for.")
    content_policy_fallback: bool = Field(
        False, description="Whether a refusal by content policy goes on to the next provider."
    )
    breaker_failures: Positive = Field(5, description="Failures in a row that rest a candidate.")
    breaker_open_s: Seconds = Field(15, description="How long a failing candidate rests.")
    keepalive_s: Seconds = Field(15, description="Silence after which a running stream gets a comment line.")

    ledger_fsync: Fsync = Field(Fsync.OFF, description="off, interval (every 200 ms) or always.")
    ledger_batch_interval_s: float = Field(0.2, gt=0, description="How often rows go into the database.")
    journal_max_bytes: Positive = Field(1_000_000_000, description="Journal kept while the database is away.")
    journal_segment_bytes: Positive = Field(8_000_000, description="Size at which a journal segment ends.")
    log_retention_days: int = Field(
        0,
        ge=0,
        description="Days after which log rows are deleted; the daily sums stay. 0 keeps them for ever.",
    )
    database_outage_limit_s: Seconds = Field(
        600, description="How long health stays 200 while the database is away."
    )
    snapshot_grace_s: Seconds = Field(300, description="How long known keys work while the database is away.")
    snapshot_poll_s: float = Field(
        0.5, gt=0, description="How often changes by other processes are looked for."
    )
    snapshot_max_keys: Positive = Field(50_000, description="API keys held in memory.")
    drain_delay_s: Seconds = Field(5, description="Time between SIGTERM and closing the door.")
    drain_timeout_s: Seconds = Field(60, description="Time that running streams get to finish.")

    @field_validator("encryption_key", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: str) -> str:
        # What uvicorn cannot read it takes for a name that no peer has, and believes nobody.
        for part in value.split(",") if value not in {"", "*"} else ():
            try:
                ipaddress.ip_network(part.strip())
            except ValueError as error:
                raise ValueError(
                    "each must be an IP address, a network as in 10.0.0.0/8, or * alone"
                ) from error
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, secrets in (("JWT_SECRET", (self.jwt_secret,)), ("ENCRYPTION_KEY", self.encryption_key)):
            if any(secret and len(secret) < _SECRET_LENGTH for secret in secrets):
                raise ValueError(f"{name} must have at least {_SECRET_LENGTH} characters")
        if self.public_url:
            _check_public_url(self.public_url)
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback_host(self.host)

    @property
    def base_url(self) -> str:
        """The address that users see, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether users come by https, so that cookies can be bound to it."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def signup_policy(self) -> Signup:
        """Who may sign up, after the default."""
        return self.signup or (Signup.OPEN if self.is_loopback else Signup.FIRST)

    @property
    def private_upstreams_allowed(self) -> bool:
        """Whether base URLs may point into private networks, after the default."""
        if self.allow_private_upstreams is None:
            return self.is_loopback
        return self.allow_private_upstreams

    @property
    def simulator_allowed(self) -> bool:
        """Whether the simulated provider may be offered: to nobody but users of this machine."""
        return self.is_loopback and self.private_upstreams_allowed

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite, which serves exactly one worker."""
        return not self.database_url or self.database_url.startswith("sqlite:")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine by its name or address, whatever DNS says."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_public_url(text: str) -> None:
    """Raises ValueError where cookies, origins and snippets could not be made from it."""
    try:
        url = urlsplit(text)
        # Reading the port is what checks it.
        has_place = bool(url.hostname) and url.port != 0
    except ValueError:
        raise ValueError("PUBLIC_URL must have a host, and a port that there is") from None
    if url.scheme not in {"http", "https"}:
        raise ValueError("PUBLIC_URL must start with http:// or https://")
    if not has_place or url.username is not None or " " in text or not text.isprintable():
        raise ValueError("PUBLIC_URL must have a host, and neither user nor spaces")


def load() -> Settings:
    """The settings of this process. Raises StartRefused, naming each bad variable and never its value."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            "".join(f"{str(name).upper()}: " for name in issue["loc"][:1])
            + issue["msg"].removeprefix("Value error, ")
            for issue in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise StartRefused("Bad settings.\n  " + "\n  ".join(problems)) from None
