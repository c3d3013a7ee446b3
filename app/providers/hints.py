"""Parameters that change nothing in the answer, for providers that have no place for them."""

from collections.abc import Iterable

from app.chat.conversation import Conversation
from app.providers.asked import asked
from app.providers.verdicts import Verdicts


def leave_out_hints(conversation: Conversation, hints: Iterable[str], verdicts: Verdicts) -> None:
    """Reports those of the hints that the request gives, in their order."""
    given, wanted = conversation.given, asked(conversation)
    for name in hints:
        if name in wanted:
            # A plain answer says it back; a stream has no place for it, with OpenAI neither.
            is_echoed = name == "metadata" and not given.stream
            verdicts.note(name, "echoed" if is_echoed else "ignored")
    if given.stream_options is not None and given.stream_options.include_obfuscation:
        verdicts.note("stream_options.include_obfuscation")
