"""Signatures of thoughts: made with an answer, verified when they come back."""

import base64
import binascii
import hmac
import secrets

from app.simulator.google.errors import invalid
from app.simulator.google.request import Part

# What a history that another model made may have in the place of signatures.
PLACEHOLDER = "skip_thought_signature_validator"
_SECRET = b"what the simulator signs with"
_SIZE = 16


def sign(called: str = "") -> str:
    """The signature of a call of that function, or of a text."""
    nonce = secrets.token_bytes(_SIZE)
    return base64.b64encode(nonce + _mac(nonce, called)).decode()


def check_signature(part: Part) -> None:
    """Nothing, if the part has no signature or the one that it was given. Raises Refused."""
    if part.thought_signature is None or _standard(part.thought_signature) == _standard(PLACEHOLDER):
        return
    called = part.function_call.name if part.function_call is not None else ""
    try:
        signed = base64.b64decode(_standard(part.thought_signature), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise invalid("Thought signature is not valid") from problem
    if not hmac.compare_digest(signed[_SIZE:], _mac(signed[:_SIZE], called)):
        raise invalid("Corrupted thought signature.")


def _standard(signature: str) -> str:
    """The signature in the usual alphabet of base64: clients may write bytes in either."""
    text = signature.replace("-", "+").replace("_", "/").rstrip("=")
    return text + "=" * (-len(text) % 4)


def _mac(nonce: bytes, called: str) -> bytes:
    return hmac.digest(_SECRET, nonce + called.encode(), "sha256")[:_SIZE]
