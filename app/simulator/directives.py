"""What the simulator is told to do wrong, and how it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


class BadDirective(Exception):
    """A directive that does not exist, or whose value makes no sense."""


@dataclass(frozen=True, slots=True)
class Directives:
    """How one answer shall differ from a flawless one.

    A directive is `name` or `name=value`; several are separated by `;`, or by `,`. They are read from

    - the model: what follows the first `;`, as in `gpt-4o-mini;status=500;times=1`
    - the key: likewise, as in `sk-sim;status=429;retry_after=2`
    - the header `x-simulate`: all of it, as in `first_token=3,pace=0.02`

    and where they disagree, the header wins over the model and the model over the key. Times are seconds.
    Chunks count from 1, the one with the role included; a plain answer is one chunk for this purpose.
    """

    # Answer with this status; 400 and above come with the error body that the provider sends with it.
    status: int = 200
    # The `retry-after` header, as it is.
    retry_after: str | None = None
    # What kind of error it is, in the provider's words: OpenAI's `error.code`, Anthropic's `error.type`.
    code: str | None = None
    # Fault for the first so many requests with this very text, and none after them.
    times: int | None = None

    # Never answer.
    hang: bool = False
    # Reset the connection (RST) before anything is answered.
    reset: bool = False
    # Wait so long before the headers.
    delay: float = 0
    # Send the headers at once, and the body or the first chunk so much later.
    first_token: float = 0
    # Wait so long between chunks.
    pace: float | None = None

    # Answer with an HTML page, as a proxy in between does.
    html: bool = False
    # Answer with an empty body, or with a stream without a single event.
    empty: bool = False
    # Close the connection in mid-body after so many chunks.
    cut: int | None = None
    # Say no more after so many chunks, and keep the connection open.
    stall: int | None = None
    # End the stream cleanly after so many chunks, without finish reason and without an end marker.
    end: int | None = None
    # Send broken JSON in the place of this chunk, and go on. A plain answer is broken JSON.
    malformed: int | None = None
    # Send an error event in the place of this chunk, and end the stream.
    error_event: int | None = None
    # Leave out what ends a flawless stream, as `[DONE]` does.
    no_done: bool = False

    # Answer with exactly so many tokens.
    tokens: int | None = None
    # Report no usage, even where it was asked for.
    no_usage: bool = False

    # Answer with reasoning before the text, as far as the provider shows it.
    think: bool = False
    # Refuse for safety, in the provider's way; `tokens` says how much was said before.
    refuse: bool = False
    # End the answer for this reason, in the provider's words; `tokens` says how much was said before.
    finish: str | None = None
    # Refuse requests that have this parameter, as OpenAI's models do that do not take it. OpenAI's API only.
    refuses: str | None = None
    # Call so many tools at once, where a tool is called and the request allows several.
    parallel: int = 1
    # Charge for so many more input tokens, which came from the provider's cache.
    cached: int = 0


_NUMBER = {
    "status",
    "times",
    "cut",
    "stall",
    "end",
    "malformed",
    "error_event",
    "tokens",
    "parallel",
    "cached",
}
_SECONDS = {"delay", "first_token", "pace"}
_TEXT = {"retry_after", "code", "finish", "refuses"}
_FLAG = {"hang", "reset", "html", "empty", "no_done", "no_usage", "think", "refuse"}


def parse(text: str, base: Directives | None = None) -> Directives:
    """The directives that `text` lists, on top of `base`. Raises BadDirective."""
    values: dict[str, object] = {}
    for part in text.replace(",", ";").split(";"):
        name, has_value, value = (piece.strip() for piece in part.partition("="))
        if name:
            values[name] = _value(name, value if has_value else None)
    return replace(base or Directives(), **values)  # type: ignore[arg-type]  # _value knows each field's type


def _value(name: str, text: str | None) -> object:
    if name in _FLAG and text is None:
        return True
    if text is not None:
        for names, convert in _CONVERSIONS.items():
            if name in names:
                try:
                    return convert(text)
                except ValueError:
                    break
    raise BadDirective(f"The simulator does not understand the directive {name!r} with the value {text!r}.")


_CONVERSIONS: Mapping[frozenset[str], Callable[[str], object]] = MappingProxyType(
    {frozenset(_NUMBER): int, frozenset(_SECONDS): float, frozenset(_TEXT): str}
)


def listed_in(name: str) -> str:
    """The directives inside a model name or a key: what follows its first `;`."""
    return name.partition(";")[2]
