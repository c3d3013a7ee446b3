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

    def write_at_once(self, frames: bytes) -> bool:
        """The same from outside of any task, once the headers are out; False where that cannot be now."""


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
    passing = _Passing(stream, client, dispatcher.silence_of(record), IdleLimit(dispatcher.alarms))
    try:
        await passing.write(opened.held)
        record.note_first_token()
        await passing.rest()
    except (StreamFailure, UpstreamError, TimeoutError) as error:
        provider_key = record.answered_by.provider_key if record.answered_by else None
        failure = understand(error, provider_key.secret if provider_key else "")
        dispatcher.note_broken_stream(record, failure)
        raise to_error(provider_key.label if provider_key else None, failure) from error
    finally:
        dispatcher.note_end(record, stream)
        record.note_usage(stream.usage, chat.input_characters, passing.output_characters)
        await stream.close()


class _Passing:
    """A running stream on its way to the client, and how many characters of visible output that was."""

    def __init__(
        self, stream: RunningStream, client: ClientStream, silence: Silence, limit: IdleLimit
    ) -> None:
        self.output_characters = 0
        self._stream = stream
        self._client = client
        self._silence = silence
        self._limit = limit

    async def write(self, chunks: Sequence[Chunk]) -> None:
        """Passes chunks on."""
        for chunk in chunks:
            self.output_characters += chunk.output_characters
        await self._client.write(frames(chunks))

    async def rest(self) -> None:
        """Passes on all that is still to come."""
        stream, silence = self._stream, self._silence
        try:
            with self._limit as limit:
                limit.wait(silence.idle_s)
                stream.hand_on(self._take)
                while (chunks := await stream.read()) is not None:
                    # A slow client is no silent provider: the limit rests while the client takes its bytes.
                    limit.rest()
                    if chunks:
                        await self.write(chunks)
                    limit.wait(silence.left_s(has_content=bool(chunks)))
        except TimeoutError:
            # Silence after the finish reason is a provider that forgot to hang up.
            if not stream.is_complete:
                raise
        finally:
            stream.hand_on(None)

    def _take(self, chunk: Chunk) -> bool:
        """Passes a chunk on in the callback in which it came, where the client takes it; False where not."""
        if not self._client.write_at_once(b"data: %b\n\n" % chunk.body):
            return False
        self.output_characters += chunk.output_characters
        self._limit.wait(self._silence.left_s(has_content=True))
        return True


def frames(chunks: Sequence[Chunk]) -> bytes:
    """The chunks as server-sent events."""
    if len(chunks) == 1 and chunks[0].body:
        return b"data: %b\n\n" % chunks[0].body
    return b"".join([b"data: %b\n\n" % chunk.body for chunk in chunks if chunk.body])
