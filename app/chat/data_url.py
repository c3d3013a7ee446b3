"""`data:` URLs, as clients really write them."""

import base64
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

_DATA_URL: Final = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),(.*)\Z", re.DOTALL | re.IGNORECASE)
_ALIASES: Final = {"image/jpg": "image/jpeg", "audio/x-wav": "audio/wav", "audio/mpeg": "audio/mp3"}
# What the first bytes say goes before what the URL declares: providers compare the two.
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_HEIC: Final = frozenset({b"ftypheic", b"ftypheix"})


@dataclass(frozen=True, slots=True)
class InlineBytes:
    """Bytes inside a request: their media type, and themselves in padded standard base64."""

    media_type: str
    base64: str

    @property
    def data_url(self) -> str:
        """Them as a `data:` URL."""
        return f"data:{self.media_type};base64,{self.base64}"


def read_data_url(url: str) -> InlineBytes | None:
    """The bytes that a `data:` URL holds; None where it is no such URL, or its base64 is broken.

    Missing padding, white space, the URL-safe alphabet and percent-encoding are taken as meant.
    """
    match = _DATA_URL.match(url)
    if match is None:
        return None
    declared, options, rest = match[1].strip().lower(), match[2].lower(), match[3]
    text = (
        rest if ";base64" in options.replace(" ", "") else base64.b64encode(unquote_to_bytes(rest)).decode()
    )
    return read_base64(text, declared or "text/plain")


def read_base64(text: str, media_type: str) -> InlineBytes | None:
    """The bytes that a base64 text holds; None where it is broken."""
    tidy = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    padded = tidy + "=" * (-len(tidy) % 4)
    try:
        start = base64.b64decode(padded[:64], validate=True)
        if not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", padded) or len(tidy) % 4 == 1:
            return None
    except ValueError:
        # `b64decode` raises a plain one at characters beyond ASCII.
        return None
    return InlineBytes(sniffed(start) or _ALIASES.get(media_type, media_type), padded)


def sniffed(start: bytes) -> str | None:
    """The media type that the first 12 bytes tell; None where they tell none."""
    if start[4:12] in _HEIC:
        return "image/heic"
    if start[:4] == b"RIFF" and start[8:12] in {b"WEBP", b"WAVE"}:
        return "image/webp" if start[8:12] == b"WEBP" else "audio/wav"
    return next((media_type for magic, media_type in _MAGIC if start.startswith(magic)), None)
