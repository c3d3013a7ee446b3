"""Marks up to where a prompt may be cached, in the client's words and in Anthropic's."""

from typing import Final

import msgspec

from app.providers.anthropic.translation import Translation

# platform.claude.com/docs/en/build-with-claude/prompt-caching, November 2026
MOST_MARKS: Final = 4

_HOUR: Final = {"type": "ephemeral", "ttl": "1h"}


class _Mark(msgspec.Struct):
    """Anthropic's `cache_control` has a type, OpenAI's `prompt_cache_breakpoint` a mode."""

    type: str | None = None
    mode: str | None = None
    ttl: str | None = None


_MARK: Final = msgspec.json.Decoder(_Mark)


def to_mark(translation: Translation, mark: msgspec.Raw, place: str) -> object:
    """The native mark for that of a part. OpenAI's half an hour becomes an hour: never shorter than asked."""
    try:
        read = _MARK.decode(mark)
    except msgspec.ValidationError:
        translation.verdicts.refuse_value(place, "its mark for the prompt cache cannot be read")
        return None
    if read.type is not None:
        return mark
    if read.ttl == "12h":
        translation.verdicts.adapt("prompt_cache_breakpoint", "1h", "Anthropic keeps a prompt for an hour")
    else:
        translation.verdicts.note("prompt_cache_breakpoint", "1h")
    return _HOUR


def to_automatic_mark(translation: Translation) -> object:
    """The top-level mark, which caches the longest prompt there is; None where none was asked for."""
    own = translation.conversation.extensions.get("cache_control")
    options = translation.given.prompt_cache_options
    if options is None or own is not None:
        if options is not None:
            translation.verdicts.note("prompt_cache_options")
        return own
    if bytes(options.get("mode", b"")) == b'"explicit"':
        # Without marks Anthropic caches nothing.
        translation.verdicts.note("prompt_cache_options", "explicit")
        return None
    translation.verdicts.note("prompt_cache_options", "1h")
    return _HOUR
