"""Time limits of a provider key: the type and its input."""

import msgspec
import strawberry

from app.core.timeouts import FROM_SETTINGS, Timeouts

_BEFORE_HEADERS = "Silence before a stream answers with headers (HEADER_TIMEOUT_S)."
_WHOLE_ANSWER = "A plain answer, whole (ANSWER_TIMEOUT_S)."
_BEFORE_FIRST = (
    "First token of a stream while another provider is left, reasoning or not (FIRST_TOKEN_TIMEOUT_S). Where "
    "none is left, LAST_FIRST_TOKEN_TIMEOUT_S holds unless this is longer."
)
_BETWEEN_CHUNKS = "Silence inside a stream after its first token (STREAM_IDLE_TIMEOUT_S)."


@strawberry.type(
    description="Time limits in seconds. Null: the server's setting decides; 0: there is no limit."
)
class ProviderTimeouts:
    """A provider key's own time limits."""

    header_s: float | None = strawberry.field(description=_BEFORE_HEADERS)
    answer_s: float | None = strawberry.field(description=_WHOLE_ANSWER)
    first_token_s: float | None = strawberry.field(description=_BEFORE_FIRST)
    stream_idle_s: float | None = strawberry.field(description=_BETWEEN_CHUNKS)

    @classmethod
    def from_stored(cls, stored: dict[str, float] | None) -> "ProviderTimeouts":
        """The time limits as a row has them."""
        limits = msgspec.convert(stored or {}, Timeouts)
        return cls(
            header_s=limits.header_s,
            answer_s=limits.answer_s,
            first_token_s=limits.first_token_s,
            stream_idle_s=limits.stream_idle_s,
        )


@strawberry.input(
    description="Time limits in seconds, 0 to 3600 each. Left out or null: the server's setting decides; 0: "
    "there is no limit."
)
class ProviderTimeoutsInput:
    """Time limits as they were filled in."""

    header_s: float | None = strawberry.field(default=None, description=_BEFORE_HEADERS)
    answer_s: float | None = strawberry.field(default=None, description=_WHOLE_ANSWER)
    first_token_s: float | None = strawberry.field(default=None, description=_BEFORE_FIRST)
    stream_idle_s: float | None = strawberry.field(default=None, description=_BETWEEN_CHUNKS)


def timeouts_of(form: ProviderTimeoutsInput | None) -> Timeouts:
    """The time limits that were filled in."""
    if form is None:
        return FROM_SETTINGS
    return Timeouts(form.header_s, form.answer_s, form.first_token_s, form.stream_idle_s)
