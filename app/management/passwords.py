"""Passwords: argon2id, in worker threads, a few at a time."""

import asyncio
import base64
import os
import unicodedata
from dataclasses import dataclass

from passlib.context import CryptContext

from app.errors import Invalid
from app.management.inputs import is_storable, storable
from app.settings import Settings

_SHORTEST = 8
_LONGEST = 256
_LANES = 4
# RFC 9106, 3.1: a lane needs 8 KiB.
_LANE_KIB = 8
# Each hash fills argon2_memory_kib of memory and a core: more at a time would starve the gateway.
_AT_A_TIME = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right. `renewed_hash` replaces a hash that was made with other parameters."""

    matches: bool
    renewed_hash: str | None = None


class Passwords:
    """Hashes and verifies passwords."""

    def __init__(self, settings: Settings) -> None:
        memory_kib, rounds = settings.argon2_memory_kib, settings.argon2_time_cost
        lanes = max(1, min(_LANES, memory_kib // _LANE_KIB))
        self._context = CryptContext(
            ["argon2"],
            argon2__type="ID",
            argon2__memory_cost=memory_kib,
            argon2__time_cost=rounds,
            argon2__parallelism=lanes,
        )
        self._seats = asyncio.Semaphore(_AT_A_TIME)
        # The digest is random, so no password fits. Verifying against it costs what a real one costs.
        self._nobody = (
            f"$argon2id$v=19$m={memory_kib},t={rounds},p={lanes}${_random_base64(16)}${_random_base64(32)}"
        )

    async def hash(self, password: str) -> str:
        """A hash of `password` with a salt of its own."""
        async with self._seats:
            return await asyncio.to_thread(self._context.hash, _normal(password))

    async def verify(self, password: str, password_hash: str) -> Verdict:
        """Whether `password` is the one that was hashed."""
        async with self._seats:
            matches, renewed_hash = await asyncio.to_thread(
                self._context.verify_and_update, _normal(password), password_hash
            )
        return Verdict(matches, renewed_hash)

    async def verify_nobody(self, password: str) -> None:
        """Takes as long as a verification, so that an unknown account looks like a wrong password."""
        await self.verify(password, self._nobody)


def check_new_password(password: str, field: str) -> None:
    """Raises Invalid for what must not become a password."""
    if len(password) < _SHORTEST or not _is_short_enough(password):
        raise Invalid(f"The password must have {_SHORTEST} to {_LONGEST} characters.", field)
    storable(password, field)


def could_match(password: str) -> bool:
    """Whether an account may have this password; what could not become one is wrong without a look."""
    return _is_short_enough(password) and is_storable(password)


def _is_short_enough(password: str) -> bool:
    # As it is typed, so that little is normalised; and normalised, for one character may become eighteen.
    return len(password) <= _LONGEST and len(_normal(password)) <= _LONGEST


def _normal(password: str) -> str:
    """The same password however a keyboard composes its characters (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _random_base64(size: int) -> str:
    return base64.b64encode(os.urandom(size)).rstrip(b"=").decode()
