"""From a provider's chunks to the client's bytes. A truncated answer never looks complete."""

from collections.abc import Sequence
from typing import Protocol

from app.chat.request import ChatRequest
from app.errors import UpstreamError
from app.gateway.attempts import RunningStream, understand
from app.gateway.dispatch import Dispatcher, OpenedStream
from app.gateway.failover import to_error
from app.gateway.patience import IdleLimit, Silence
from app.gateway.record import CompletionRecord
from app.providers.base import Chunk, StreamFailure

DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"


class ClientStream(Protocol):
    """Where a stream goes to."""

    async def write(self, frames: bytes) -> None:
        """Sends bytes of the body; the headers go out before the first of them."""


async def relay(
    opened: OpenedStream,
    client: ClientStream,
    chat: ChatRequest,
    record: CompletionRecord,
    dispatcher: Dispatcher,
) -> None:
    """Passes a stream on until its answer is whole; the closing `[DONE]` is the caller's.

    Raises CompletionFailed where the stream breaks: what the client has then is not the answer.
    """
    stream = opened.stream
    output_characters = sum(chunk.output_characters for chunk in opened.held)
    try:
        await client.write(frames(opened.held))
        record.note_first_token()
        output_characters += await _pass_on(stream, client, dispatcher.silence_of(record))
    except (StreamFailure, UpstreamError, TimeoutError) as error:
        failure = understand(error)
        dispatcher.note_broken_stream(record, failure)
        label = record.answered_by.provider_key.label if record.answered_by else None
        raise to_error(label, failure) from error
    finally:
        dispatcher.note_end(record, stream)
        record.note_usage(stream.usage, chat.input_characters, output_characters)
        await stream.close()


async def _pass_on(stream: RunningStream, client: ClientStream, silence: Silence) -> int:
    """Passes on the rest of the stream; gives the number of characters of visible output."""
    output_characters = 0
    try:
        async with IdleLimit() as limit:
            limit.wait(silence.idle_s)
            while (chunks := await stream.read()) is not None:
                # A slow client is not a silent provider: the limit rests while the client takes its bytes.
                limit.rest()
                if chunks:
                    for chunk in chunks:
                        output_characters += chunk.output_characters
                    await client.write(frames(chunks))
                limit.wait(silence.left_s(has_content=bool(chunks)))
    except TimeoutError:
        # Silence after the finish reason is a provider that forgot to hang up.
        if not stream.is_complete:
            raise
    return output_characters


def frames(chunks: Sequence[Chunk]) -> bytes:
    """The chunks as server-sent events."""
    if len(chunks) == 1 and chunks[0].body:
        return b"data: %b\n\n" % chunks[0].body
    return b"".join([b"data: %b\n\n" % chunk.body for chunk in chunks if chunk.body])
