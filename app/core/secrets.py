"""Secrets: API keys are minted and hashed, provider keys sealed and opened."""

import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

API_KEY_PREFIX = "pk_"
_PREFIX_LENGTH = 10
_NONCE_LENGTH = 12
_VERSION = b"\x01"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class SealBroken(Exception):
    """A sealed secret cannot be opened: sealed with an unknown key, for another row, or damaged."""


def mint_api_key() -> str:
    """A new API key in clear: `pk_` and at least 160 random bits, without look-alike characters."""
    # 28 characters of 57 carry 163 bits.
    return API_KEY_PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(28))


def hash_api_key(api_key: str) -> bytes:
    """SHA-256 of an API key, 32 bytes: enough for a random secret, and fast enough for every request."""
    return hashlib.sha256(api_key.encode("utf-8", "surrogatepass")).digest()


def api_key_prefix(api_key: str) -> str:
    """The first characters of an API key, enough for its owner to recognise it."""
    return api_key[:_PREFIX_LENGTH]


def hint(secret: str) -> str:
    """A secret cut to its first and last characters, as in `sk-…9f2c`; short secrets show even less."""
    if len(secret) < 12:
        return "…"
    return f"{secret[:3]}…{secret[-4:]}"


def provider_key_place(workspace_id: UUID, provider_key_id: UUID) -> str:
    """The place that a provider key's secret is sealed for."""
    return f"{workspace_id}/{provider_key_id}"


class Vault:
    """Seals secrets with AES-256-GCM, each bound to its place, so that swapped rows do not open.

    `master_keys` come newest first: the first one seals, all of them open.
    """

    def __init__(self, master_keys: Sequence[str]) -> None:
        if not master_keys:
            raise ValueError("a vault needs at least one master key")
        self._ciphers = [AESGCM(_derive(key)) for key in master_keys]

    def seal(self, secret: str, place: str) -> bytes:
        """`secret` sealed for `place`: version, nonce and ciphertext in one blob."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return _VERSION + nonce + self._ciphers[0].encrypt(nonce, secret.encode(), place.encode())

    def open(self, blob: bytes, place: str) -> str:
        """The secret that was sealed for `place`. Raises SealBroken."""
        if blob[:1] != _VERSION:
            raise SealBroken
        nonce, ciphertext = blob[1 : 1 + _NONCE_LENGTH], blob[1 + _NONCE_LENGTH :]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, ciphertext, place.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise SealBroken

    def is_current(self, blob: bytes, place: str) -> bool:
        """Whether the newest master key opens `blob`, so that it need not be sealed again."""
        try:
            self._ciphers[0].decrypt(blob[1 : 1 + _NONCE_LENGTH], blob[1 + _NONCE_LENGTH :], place.encode())
        except (InvalidTag, ValueError):
            return False
        return True


def _derive(master_key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"perpetuo provider keys").derive(master_key.encode())
