"""Checks of JWT_SECRET and ENCRYPTION_KEY, and of the files that may hold them."""

from collections.abc import Iterator
from pathlib import Path

from app.cli.doctor.findings import Finding, check_permissions, fail, ok, warn
from app.core.secrets import Vault
from app.errors import StartRefused
from app.installation import SECRETS, with_secrets
from app.settings import Settings

# Thirty-two random hex digits hold about fourteen different ones; a typed word repeated holds few.
_DIFFERENT_CHARACTERS = 8


def check_secrets(settings: Settings) -> tuple[list[Finding], Vault | None]:
    """The findings, and what opens the stored provider keys where ENCRYPTION_KEY is known."""
    kept = settings.data_dir / SECRETS
    files = [*check_permissions("secrets", kept), *check_permissions("secrets", Path(".env"))]
    missing = [
        name
        for name, value in (("JWT_SECRET", settings.jwt_secret), ("ENCRYPTION_KEY", settings.encryption_key))
        if not value
    ]
    vault = Vault(settings.encryption_key) if settings.encryption_key else None
    if missing and not settings.is_loopback:
        text = (
            f"{' and '.join(missing)} must be set where HOST is not this machine alone: `perpetuo init-env`"
        )
        return [fail("secrets", text), *files], vault
    if missing and not kept.exists():
        return [ok("secrets", f"the first start makes them, in {kept}"), *files], vault
    try:
        complete = with_secrets(settings)
    except StartRefused as error:
        return [fail("secrets", error.message), *files], vault
    return [*_check_strength(complete), *files], Vault(complete.encryption_key)


def _check_strength(settings: Settings) -> Iterator[Finding]:
    weak = [
        name
        for name, values in (
            ("JWT_SECRET", (settings.jwt_secret,)),
            ("ENCRYPTION_KEY", settings.encryption_key),
        )
        if any(len(set(value)) < _DIFFERENT_CHARACTERS for value in values)
    ]
    if weak:
        yield fail("secrets", f"{' and '.join(weak)} can be guessed: take one from `openssl rand -hex 32`")
    elif settings.jwt_secret in settings.encryption_key:
        yield warn("secrets", "JWT_SECRET and ENCRYPTION_KEY are the same: give JWT_SECRET one of its own")
    else:
        yield ok("secrets", "both are there and look random")
