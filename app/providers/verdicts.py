"""What a translation could not carry over as it was: refused, or reported. There is no third way."""

from dataclasses import dataclass, field
from typing import Final

# Sampling is tuning: thousands of clients send `temperature: 0.7` blindly, and a fallback that refused them
# would be none. Everything else that is asked for is meant.
TUNING: Final = frozenset(
    {"temperature", "top_p", "top_k", "min_p", "seed", "frequency_penalty", "presence_penalty"}
)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a candidate cannot serve a request. `param` is the parameter's name in OpenAI's request."""

    param: str
    reason: str
    code: str = "unsupported_parameter"


class CannotServe(Exception):
    """The candidate cannot serve the request; nothing was sent. At least one objection says why."""

    def __init__(self, objections: tuple[Objection, ...]) -> None:
        super().__init__("; ".join(f"{it.param}: {it.reason}" for it in objections))
        self.objections = objections


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """What is needed from an address. `param` is the address's name in OpenAI's request."""

    param: str
    url: str


class NeedsMedia(Exception):
    """The candidate can serve the request once these are inside it as `data:` URLs; nothing was sent."""

    def __init__(self, media: tuple[RemoteMedia, ...]) -> None:
        super().__init__(", ".join(it.param for it in media))
        self.media = media


@dataclass(slots=True)
class Verdicts:
    """Collects the verdicts of one translation; `close` ends it.

    A note is `param=what`, short and for machines: `temperature=left_out`, `reasoning_effort=high`.
    """

    is_strict: bool = False
    _objections: list[Objection] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _media: list[RemoteMedia] = field(default_factory=list)

    def refuse(self, param: str, reason: str) -> None:
        """The parameter means something, and cannot be had here."""
        self._objections.append(Objection(param, reason))

    def refuse_value(self, param: str, reason: str) -> None:
        """The parameter can be had here, but not with this value."""
        self._objections.append(Objection(param, reason, "unsupported_value"))

    def leave_out(self, param: str, reason: str, *, is_value: bool = False) -> None:
        """A tuning parameter that cannot be had: left out and reported, or refused where strict."""
        if self.is_strict:
            self._objections.append(
                Objection(param, reason, "unsupported_value" if is_value else "unsupported_parameter")
            )
        else:
            self._notes.append(f"{param}=left_out")

    def adapt(self, param: str, what: str, reason: str) -> None:
        """Something near is had in its place, `what`: reported, refused where the client is strict."""
        if self.is_strict:
            self._objections.append(Objection(param, reason, "unsupported_value"))
        else:
            self._notes.append(f"{param}={what}")

    def note(self, param: str, what: str = "ignored") -> None:
        """A hint that changes nothing in the answer was left out, or an exact substitute taken: reported."""
        self._notes.append(f"{param}={what}")

    def need(self, param: str, url: str) -> None:
        """What is at an address must be inside the request: it is not fetched here."""
        self._media.append(RemoteMedia(param, url))

    def close(self) -> tuple[str, ...]:
        """The notes, each once. Raises CannotServe where anything was refused, else NeedsMedia."""
        if self._objections:
            raise CannotServe(tuple(self._objections))
        if self._media:
            raise NeedsMedia(tuple(self._media))
        return tuple(dict.fromkeys(self._notes))
