"""Streams in OpenAI's dialect. A chunk as OpenAI writes it goes on byte for byte; others are put right."""

import json
from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import NULL, Fields
from app.chat.usage import Usage
from app.providers.base import Chunk, NativeRequest, StreamFailure
from app.providers.native_json import UNREADABLE, read_json
from app.providers.openai.choice import NOTHING, Step, StreamedChoice
from app.providers.openai.failures import classify_event
from app.providers.openai.habits import Habits
from app.providers.openai.repeats import Repeats, repeats_of
from app.providers.openai.shapes import Event, Remains, StreamChoice
from app.providers.openai.tidying import FIELDS, LIST, framed, raw, refuse_giving_up
from app.providers.openai.usage import read_usage, written_usage

_EVENT: Final = msgspec.json.Decoder(Event)
_REMAINS: Final = msgspec.json.Decoder(Remains)
_CHUNK: Final = "chat.completion.chunk"
_NO_USAGE: Final = b',"usage":null'
# What is the same in every chunk of a stream; the rest is said once.
_FRAME: Final = frozenset({"id", "object", "created", "model", "system_fingerprint", "service_tier"})


class OpenAIStream:
    """The state of one stream in OpenAI's dialect."""

    notes: tuple[str, ...] = ()
    continuation: NativeRequest | None = None

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._choices: dict[int, StreamedChoice] = {}
        self._id: object = None
        # The latest chunk that went on as it came: what is written here later looks like it.
        self._passed_on = b"{}"
        # What the next chunk may repeat of the latest one.
        self._repeats: Repeats | None = None
        self._usage: Usage | None = None
        self._written_usage: msgspec.Raw | None = None
        # The chunk of usage as the server wrote it, where it wrote a proper one.
        self._usage_chunk: bytes | None = None
        self._is_done = False

    @property
    def usage(self) -> Usage | None:
        """What the provider reported last."""
        return self._usage

    @property
    def is_complete(self) -> bool:
        """Whether every choice has its finish reason. `[DONE]` alone proves nothing.

        A server that ignores `n` and gives fewer choices says `[DONE]` after those; without it, choices that
        never began may have been cut off. So may one that went on after its finish reason.
        """
        choices = self._choices.values()
        if not choices or not all(choice.is_finished for choice in choices):
            return False
        if self._is_done:
            return True
        return len(choices) >= self._habits.choices and not any(choice.is_doubtful for choice in choices)

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning that must come back with the tool calls, where the server wants that."""
        return tuple(detail for choice in self._choices.values() for detail in choice.details)

    @property
    def is_done(self) -> bool:
        """Whether `[DONE]` came."""
        return self._is_done

    def feed(self, event: str, data: bytes) -> list[Chunk]:
        """The chunks that the event amounts to, if it is one to show. Raises StreamFailure."""
        if event != "error" and (chunk := self.repeat(data)) is not None:
            return [chunk]
        self._repeats = None
        if data.strip() == b"[DONE]":
            self._is_done = True
            return self._finish()
        if event == "error":
            raise StreamFailure(classify_event(data))
        parsed = _read_event(data)
        if parsed is None:
            return []
        if parsed.is_error:
            raise StreamFailure(classify_event(data))
        if parsed.has_usage or parsed.x_groq:
            self._keep_usage(parsed)
        if self._is_done:
            return []
        return self._show(parsed, parsed.choices, data) if parsed.choices else self._show_rest(parsed, data)

    def repeat(self, data: bytes) -> Chunk | None:
        """The chunk for an unnamed event like the latest in all but its text; None where it must be fed.

        What it gives a chunk for has no line's end in it.
        """
        chunk = None if self._repeats is None else self._repeats.chunk(data)
        if chunk is not None:
            self._passed_on = data
        return chunk

    def end(self) -> list[Chunk]:
        """What was held back: a finish reason that more might have followed, and the usage."""
        chunks = self._finish()
        if not self._habits.shows_usage or self._written_usage is None:
            return chunks
        body = self._usage_chunk
        if body is None:
            body = msgspec.json.encode({**self._frame(), "choices": raw([]), "usage": self._written_usage})
        self._written_usage = None
        return [*chunks, Chunk(_one_line(body))]

    def _keep_usage(self, event: Event) -> None:
        usage = read_usage(event.usage, event.x_groq)
        if usage is not None:
            self._usage, self._written_usage = usage, written_usage(event.usage, event.x_groq)
            self._usage_chunk = None

    def _show_rest(self, event: Event, data: bytes) -> list[Chunk]:
        """The chunks of an event without choices. That of usage is shown once, at the end."""
        if event.has_usage:
            self._usage_chunk = data if event.choices is not None and self._is_ours(event) else None
            return []
        # Azure begins with its verdict on the prompt, in a chunk without an id, which clients stumble over;
        # other chunks without choices say something that the client may know.
        return [Chunk(_one_line(data))] if event.choices is not None and event.id else []

    def _is_ours(self, event: Event) -> bool:
        """Whether an event is framed as every chunk of this stream."""
        is_named = isinstance(event.id, str) and bool(event.id)
        return event.kind == _CHUNK and is_named and (self._id is None or event.id == self._id)

    def _show(self, event: Event, choices: list[StreamChoice], data: bytes) -> list[Chunk]:
        for choice in choices:
            refuse_giving_up(choice.finish_reason)
        if self._is_ours(event) and not event.has_usage and self._are_clean(choices):
            self._id = event.id
            return [self._pass_on(event, choices, data)]
        return self._put_right(choices, data)

    def _are_clean(self, choices: list[StreamChoice]) -> bool:
        return all(self._choice(choice).is_clean(choice) for choice in choices)

    def _choice(self, given: StreamChoice) -> StreamedChoice:
        index = given.index or 0
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = StreamedChoice(index, self._habits)
        return choice

    def _pass_on(self, event: Event, choices: list[StreamChoice], data: bytes) -> Chunk:
        """The chunk as it came, but for the `usage: null` that each chunk has or has not."""
        self._passed_on = data
        has_token, is_finish, characters = False, False, 0
        for choice in choices:
            delta = choice.delta or NOTHING
            self._choice(choice).follow(choice)
            is_finish = is_finish or bool(choice.finish_reason)
            if delta.has_token:
                has_token = True
                characters += delta.characters
        if len(event.usage) and not self._habits.shows_usage:
            data = _without_usage(data)
        elif not len(event.usage) and self._habits.shows_usage:
            data = data.rstrip()[:-1] + _NO_USAGE + b"}"
        shown = _one_line(data)
        if has_token and not is_finish:
            self._repeats = repeats_of(event, self._passed_on, shown)
        return Chunk(shown, has_token, is_finish, characters)

    def _put_right(self, choices: list[StreamChoice], data: bytes) -> list[Chunk]:
        # Half a character in it becomes the replacement character.
        fields = read_json(FIELDS, data)
        written = LIST.decode(fields["choices"])
        steps = [
            step
            for choice, words in zip(choices, written, strict=True)
            for step in self._choice(choice).put_right(choice, words)
        ]
        rest = {
            name: value
            for name, value in fields.items()
            if name not in _FRAME and name not in {"choices", "usage"}
        }
        self._passed_on = data
        return self._chunks(steps, rest)

    def _finish(self) -> list[Chunk]:
        choices = self._choices.values()
        return self._chunks([step for it in choices for step in it.finish(is_done=self._is_done)], {})

    def _chunks(self, steps: list[Step], rest: Fields) -> list[Chunk]:
        """A chunk for each step; the first one says the rest."""
        chunks = []
        for step in steps:
            body = {**self._frame(), "choices": raw([step.fields]), **rest}
            if self._habits.shows_usage:
                body["usage"] = NULL
            body_bytes = msgspec.json.encode(body)
            chunks.append(Chunk(body_bytes, step.has_token, step.is_finish, step.characters))
            rest = {}
        return chunks

    def _frame(self) -> Fields:
        """What every chunk of this stream begins with."""
        fields = read_json(FIELDS, self._passed_on)
        frame = {name: value for name, value in fields.items() if name in _FRAME}
        if self._id:
            frame["id"] = raw(self._id)
        frame = framed(frame, _CHUNK)
        self._id = msgspec.json.decode(frame["id"])
        return frame


def _read_event(data: bytes) -> Event | None:
    """The event in `data`; None where it makes no sense at all."""
    try:
        return read_json(_EVENT, data)
    except msgspec.ValidationError:
        try:
            remains = read_json(_REMAINS, data)
        except UNREADABLE:
            return None
        return Event(usage=remains.usage, x_groq=remains.x_groq, error=remains.error, kind=remains.kind)
    except UNREADABLE:
        return None


def _one_line(data: bytes) -> bytes:
    return data.replace(b"\n", b" ")


def _without_usage(data: bytes) -> bytes:
    if data.count(b'"usage"') == 1 and _NO_USAGE in data:
        # A quote inside a text has a backslash before it, so that this can only be the field.
        return data.replace(_NO_USAGE, b"")
    try:
        fields = FIELDS.decode(data)
    except msgspec.DecodeError:
        # Half a character somewhere; what the client makes of it is its own.
        whole = json.loads(data)
        del whole["usage"]
        return json.dumps(whole, separators=(",", ":")).encode()
    del fields["usage"]
    return msgspec.json.encode(fields)
