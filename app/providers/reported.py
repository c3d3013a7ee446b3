"""What providers say when they refuse: the shapes of their error bodies, read for every dialect alike."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from app.providers.base import Failure

_MESSAGE_LENGTH: Final = 500
_WORD_LENGTH: Final = 100
# What is read is longer than what is shown by the longest of secrets: one across the cut is masked whole.
READ_LENGTH: Final = 1000
# Whoever asks for more than a year has said "never".
_LONGEST_S: Final = 365.0 * 24 * 3600
_NO_WORDS: Final = "the provider gave no reason"

# Keys by the prefixes that vendors use, whatever follows "Bearer" or "key=", and any long run of letters and
# digits. Providers quote the key that they refuse.
_SECRET: Final = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|tgp|fw|nvapi|AIza)[-_]?[A-Za-z0-9_\-*.]{8,}"
    r"|(?<=[Bb]earer )\S{8,}"
    r"|(?<=key=)[^\s&\"']{8,}"
    r"|[A-Za-z0-9]{32,}"
)
_MASK: Final = "[key]"
# Shorter ones, as in `none` or `EMPTY`, guard nothing, and are found in words that have to stay readable.
_SHORTEST_SECRET: Final = 6
_TAGS: Final = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class ReportedError:
    """A provider's error in its own words; they may quote secrets, see `without_secrets`.

    `number` is a numeric code, such as a status.
    """

    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None
    number: int | None = None


def read_error(body: bytes) -> ReportedError:
    """The error that a body reports, in whichever of the known shapes; its text where it has none of them."""
    try:
        decoded: object = msgspec.json.decode(body)
    except _UNREADABLE:
        return ReportedError(_presentable(_TAGS.sub(" ", body[:20_000].decode("utf-8", "replace"))))
    if isinstance(decoded, list) and decoded:
        decoded = decoded[0]
    if not isinstance(decoded, dict):
        return ReportedError(_presentable(decoded if isinstance(decoded, str) else ""))
    inner = decoded.get("error")
    if isinstance(inner, dict):
        return _from_object(inner)
    if isinstance(inner, str):
        return _from_object({**decoded, "message": inner})
    return _from_object(decoded)


def without_secrets(failure: Failure, secret: str) -> Failure:
    """The failure as anybody may read it: cut, without the `secret` that was sent or what looks like one."""

    def word(text: str | None) -> str | None:
        return text and masked(text, secret)[:_WORD_LENGTH]

    return replace(
        failure,
        message=masked(failure.message, secret)[:_MESSAGE_LENGTH],
        type=word(failure.type),
        code=word(failure.code),
        param=word(failure.param),
    )


def masked(text: str, secret: str = "") -> str:
    """`text` with `secret` masked, and with everything else that may be one."""
    # The exact one first: of a key of an unusual shape the pattern would leave pieces.
    if len(secret) >= _SHORTEST_SECRET:
        text = _without_beginning(text.replace(secret, _MASK), secret)
    return _SECRET.sub(_MASK, text)


def _without_beginning(text: str, secret: str) -> str:
    """`text`, which may have been cut inside of a secret, without the beginning of it."""
    lengths = range(len(secret) - 1, _SHORTEST_SECRET - 1, -1)
    cut = next((length for length in lengths if text.endswith(secret[:length])), 0)
    return text[:-cut] + _MASK if cut else text


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """The provider's hint how long to wait, in seconds; None where it gave none that makes sense."""
    hint = _hint_s(headers, now)
    return None if hint is None else bounded_s(hint)


def bounded_s(wait_s: float) -> float:
    """A wait that a provider asked for, as long as it makes sense."""
    return min(wait_s, _LONGEST_S)


def _hint_s(headers: Mapping[str, str], now: datetime) -> float | None:
    milliseconds = _positive(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    hint = headers.get("retry-after")
    seconds = _positive(hint)
    if seconds is not None or hint is None:
        return seconds
    try:
        date = parsedate_to_datetime(hint)
    except (ValueError, OverflowError):
        return None
    # A date without a zone is GMT (RFC 9110, section 5.6.7).
    date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max((date - now).total_seconds(), 0.0)


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """The provider's verdict whether the same request may be sent again; None where it gave none."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").lower())


def _from_object(error: JsonObject) -> ReportedError:
    code = error.get("code")
    message = error.get("message") or error.get("detail") or error.get("msg") or error.get("error_message")
    if isinstance(message, dict):
        message = message.get("detail") or message.get("message") or message
    return ReportedError(
        message=_presentable(message if isinstance(message, str) else _as_text(message)),
        type=_short(error.get("type")),
        code=_short(code) or _innermost_code(error),
        param=_short(error.get("param")),
        number=_number(code),
    )


def _innermost_code(error: JsonObject) -> str | None:
    """The code of Azure's `innererror`, where the outer one is missing."""
    inner = error.get("innererror")
    return _short(inner.get("code")) if isinstance(inner, dict) else None


def _as_text(value: object) -> str:
    return "" if value is None else msgspec.json.encode(value).decode()


def _presentable(text: str) -> str:
    words = " ".join(text.split())
    return "".join(c for c in words if c.isprintable())[:READ_LENGTH] or _NO_WORDS


def _short(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)[:READ_LENGTH] or None


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 5:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _positive(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return max(value, 0.0) if math.isfinite(value) else None
