"""Mistral's wire format of completions, whole and streamed."""

import json
import zlib
from collections.abc import Iterator
from itertools import zip_longest

from app.simulator.api import Json, encoded
from app.simulator.chat import Choice
from app.simulator.mistral.answering import Completion
from app.simulator.mistral.errors import stream_error
from app.simulator.mistral.rules import signature


def plain(completion: Completion) -> Json:
    """The answer to a request that does not stream."""
    choices = [
        {
            "index": index,
            "finish_reason": choice.finish_reason,
            "message": {
                "role": "assistant",
                "content": _content(completion, choice),
                "tool_calls": _calls(completion, choice) or None,
            },
            **_logprobs(completion, choice.tokens),
        }
        for index, choice in enumerate(completion.choices)
    ]
    answer = _envelope(completion, "chat.completion") | {"choices": choices}
    return answer if completion.usage is None else answer | {"usage": completion.usage}


def stream(completion: Completion) -> Iterator[bytes]:
    """The chunks of a streamed answer; the last one has the usage, beside what finishes the last choice."""
    envelope = _envelope(completion, "chat.completion.chunk")
    rows = zip_longest(
        *(_entries(completion, index, choice) for index, choice in enumerate(completion.choices))
    )
    entries = [entry for row in rows for entry in row if entry is not None]
    for entry in entries[:-1]:
        yield event(envelope | {"choices": [entry]})
    usage: Json = {} if completion.usage is None else {"usage": completion.usage}
    yield event(envelope | {"choices": entries[-1:]} | usage)


def broken_off(code: str | None) -> bytes:
    """How a stream breaks off: with a finish reason of its own, or with the error that has this code."""
    if code is not None:
        return event(stream_error(code))
    entry = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
    return event(
        {"id": "simulated", "object": "chat.completion.chunk", "model": "simulated", "choices": [entry]}
    )


def event(chunk: Json) -> bytes:
    """`chunk` as a server-sent event."""
    return b"data: " + encoded(chunk) + b"\n\n"


def _envelope(completion: Completion, kind: str) -> Json:
    return {
        "id": completion.id,
        "object": kind,
        "created": completion.created,
        "model": completion.model,
    }


def _content(completion: Completion, choice: Choice) -> str | list[Json]:
    """A string; a list of chunks where the model thought."""
    if not choice.thoughts:
        return choice.text
    is_over = bool(choice.tokens or choice.calls)
    thought = _thought(choice.reasoning, is_over, _signed(completion, choice))
    return [thought, _text(choice.text)] if choice.tokens else [thought]


def _entries(completion: Completion, index: int, choice: Choice) -> Iterator[Json]:
    """The choices' entries of one choice's chunks: its role, thoughts, text, calls and end."""
    yield _entry(index, {"role": "assistant", "content": ""})
    for thought in choice.thoughts[:-1]:
        yield _entry(index, {"content": [_thought(thought, None, {})]})
    texts = list(choice.tokens)
    if choice.thoughts:
        # The last thought is closed in the list that the text begins in; strings follow it.
        is_over = bool(texts or choice.calls)
        closing = _thought(choice.thoughts[-1], is_over, _signed(completion, choice))
        first = texts[:1]
        content = [closing, *(_text(token) for token in first)]
        yield _entry(index, {"content": content}) | _logprobs(completion, tuple(first))
        texts = texts[1:]
    for token in texts:
        yield _entry(index, {"content": token}) | _logprobs(completion, (token,))
    ending: Json = {"content": ""}
    if choice.calls:
        ending["tool_calls"] = _calls(completion, choice)
    yield _entry(index, ending) | {"finish_reason": choice.finish_reason}


def _entry(index: int, delta: Json) -> Json:
    return {"index": index, "delta": delta, "finish_reason": None}


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _thought(text: str, is_closed: bool | None, signed: Json) -> Json:
    closed: Json = {} if is_closed is None else {"closed": is_closed}
    return {"type": "thinking", "thinking": [_text(text)]} | closed | signed


def _signed(completion: Completion, choice: Choice) -> Json:
    return {"signature": signature(choice.reasoning)} if completion.signs else {}


def _calls(completion: Completion, choice: Choice) -> list[Json]:
    """The calls, always whole."""
    if completion.calls_loosely:
        return [
            {"id": call.id, "function": {"name": call.name, "arguments": json.loads(call.arguments)}}
            for call in choice.calls
        ]
    return [
        {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}, "index": index}
        for index, call in enumerate(choice.calls)
    ]


def _logprobs(completion: Completion, tokens: tuple[str, ...]) -> Json:
    if not completion.has_logprobs:
        return {}
    content = [
        {
            "token": token,
            "logprob": -0.01,
            "bytes": list(token.encode()),
            "token_id": zlib.crc32(token.encode()) % 131_072,
            "top_logprobs": [],
        }
        for token in tokens
    ]
    return {"logprobs": {"content": content}}
