"""Several choices from a provider that gives one at a time: as many requests, made into one answer.

All or nothing: where one of them fails, the answer fails.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final, TypeVar

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.usage import Usage
from app.gateway import attempts
from app.gateway.alarms import Alarms
from app.gateway.attempts import ProviderStream
from app.gateway.known import Candidate
from app.providers.base import Answer, Chunk, Exchange
from app.providers.writing import encode, usage_object
from app.upstream import Upstream

Fields = dict[str, msgspec.Raw]

_T = TypeVar("_T")

_FIELDS: Final = msgspec.json.Decoder(Fields)
_CHOICES: Final = msgspec.json.Decoder(list[Fields])
_NO_CHOICES: Final = msgspec.Raw(b"[]")


async def ask_all(upstream: Upstream, candidate: Candidate, exchange: Exchange) -> Answer:
    """One answer with the choices of all copies. Raises what the first failing one raises."""
    asked = [
        asyncio.ensure_future(attempts.ask(upstream, candidate, exchange)) for _ in range(exchange.copies)
    ]
    try:
        return merged(await asyncio.gather(*asked))
    finally:
        await _cancelled(asked)


async def open_all(
    upstream: Upstream,
    candidate: Candidate,
    exchange: Exchange,
    alarms: Alarms,
    headers_s: float | None,
    *,
    shows_usage: bool,
) -> "FannedOutStream":
    """One stream with the choices of all copies, each with its headers in. Raises as `ask_all` does."""
    opening = [
        asyncio.ensure_future(attempts.open_stream(upstream, candidate, exchange, alarms, headers_s))
        for _ in range(exchange.copies)
    ]
    try:
        return FannedOutStream(await asyncio.gather(*opening), shows_usage=shows_usage)
    except BaseException:
        await _cancelled(opening)
        for opened in opening:
            if not opened.cancelled() and opened.exception() is None:
                await opened.result().close()
        raise


def merged(answers: Sequence[Answer]) -> Answer:
    """One answer with the choices of all, and the sum of their tokens."""
    fields = _FIELDS.decode(answers[0].body)
    choices = [
        {**choice, "index": _number(index)}
        for index, answer in enumerate(answers)
        for choice in _CHOICES.decode(_FIELDS.decode(answer.body)["choices"])
    ]
    usage = total([answer.usage for answer in answers])
    body: dict[str, object] = {**fields, "choices": choices}
    if usage is not None:
        body["usage"] = usage_object(usage)
    return Answer(
        body=encode(body),
        usage=usage,
        output_characters=sum(answer.output_characters for answer in answers),
        notes=tuple(dict.fromkeys(note for answer in answers for note in answer.notes)),
        details=tuple(detail for answer in answers for detail in answer.details),
    )


def total(usages: Sequence[Usage | None]) -> Usage | None:
    """The sum; None where one is missing."""
    known = [usage for usage in usages if usage is not None]
    if not known or len(known) < len(usages):
        return None
    reasoning = [usage.reasoning_tokens for usage in known if usage.reasoning_tokens is not None]
    return Usage(
        input_tokens=sum(usage.input_tokens for usage in known),
        cached_input_tokens=sum(usage.cached_input_tokens for usage in known),
        output_tokens=sum(usage.output_tokens for usage in known),
        cache_write_tokens=sum(usage.cache_write_tokens for usage in known),
        reasoning_tokens=sum(reasoning) if reasoning else None,
    )


class FannedOutStream:
    """Several streams as one, each a choice of its own; it is read like any provider's stream."""

    def __init__(self, streams: Sequence[ProviderStream], *, shows_usage: bool) -> None:
        self._streams = streams
        self._shows_usage = shows_usage
        self._reading: dict[asyncio.Task[list[Chunk] | None], int] = {}
        self._identity: Fields = {}
        self._has_begun = False
        self._has_ended = False

    @property
    def usage(self) -> Usage | None:
        """The sum of what the streams reported so far."""
        return total([stream.usage for stream in self._streams])

    @property
    def is_complete(self) -> bool:
        """Whether every choice is whole."""
        return all(stream.is_complete for stream in self._streams)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was adapted on the way back, each once."""
        return tuple(dict.fromkeys(note for stream in self._streams for note in stream.notes))

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning state of all."""
        return tuple(detail for stream in self._streams for detail in stream.details)

    async def read(self) -> list[Chunk] | None:
        """The next chunks of whichever streams have some; None after the last. Raises as any stream does."""
        if not self._has_begun:
            self._has_begun = True
            for index in range(len(self._streams)):
                self._go_on(index)
        if not self._reading:
            return self._end()
        done, _ = await asyncio.wait(self._reading, return_when=asyncio.FIRST_COMPLETED)
        chunks: list[Chunk] = []
        for task in done:
            index = self._reading.pop(task)
            read = task.result()
            if read is not None:
                chunks += [shown for chunk in read if (shown := self._shown(chunk, index)) is not None]
                self._go_on(index)
        return chunks

    def hand_on(self, taker: Callable[[Chunk], bool] | None) -> None:
        """Asks nobody: each chunk gets the number of its choice first."""

    async def close(self) -> None:
        """Closes all, whatever becomes of one of them."""
        async with AsyncExitStack() as closing:
            for stream in self._streams:
                closing.push_async_callback(stream.close)
            await _cancelled(list(self._reading))
            self._reading.clear()

    def _go_on(self, index: int) -> None:
        self._reading[asyncio.ensure_future(self._streams[index].read())] = index

    def _end(self) -> list[Chunk] | None:
        usage = self.usage
        if self._has_ended or not self._shows_usage or usage is None:
            return None
        self._has_ended = True
        return [Chunk(encode({**self._identity, "choices": _NO_CHOICES, "usage": usage_object(usage)}))]

    def _shown(self, chunk: Chunk, index: int) -> Chunk | None:
        """The chunk under the choice's number and the answer's one id; None for a usage of its own."""
        if not chunk.body:
            return None
        fields = _FIELDS.decode(chunk.body)
        choices = _CHOICES.decode(fields.get("choices", _NO_CHOICES))
        if not choices:
            return None
        if not self._identity:
            self._identity = {
                name: fields[name] for name in ("id", "object", "created", "model") if name in fields
            }
        numbered = [{**choice, "index": _number(index)} for choice in choices]
        body = encode({**fields, **self._identity, "choices": numbered})
        return Chunk(body, chunk.has_token, chunk.is_finish, chunk.output_characters)


def _number(index: int) -> msgspec.Raw:
    return msgspec.Raw(b"%d" % index)


async def _cancelled(tasks: Sequence[asyncio.Future[_T]]) -> None:
    """Ends what still runs, and hears out what has failed."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
