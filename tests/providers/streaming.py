"""Streams of compatible servers, and what clients see of them."""

import json
from typing import Any

from openai.types.chat import ChatCompletionChunk

from app.providers.base import Chunk
from app.providers.openai.habits import Habits
from app.providers.openai.stream import OpenAIStream

Json = dict[str, Any]

FRAME: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
HIDING = Habits()
SHOWING = Habits(shows_usage=True)


def event(*, finish: str | None = None, index: int | None = 0, **words: Any) -> Json:
    return {**FRAME, "choices": [{"index": index, "delta": words, "finish_reason": finish}]}


def call(**fields: Any) -> Json:
    return event(tool_calls=[fields])


def opened(number: int, call_id: str, name: str, arguments: str = "") -> Json:
    function = {"name": name, "arguments": arguments}
    return {"index": number, "id": call_id, "type": "function", "function": function}


def told(events: list[Json], habits: Habits = HIDING, *, is_done: bool = True) -> list[Json]:
    """The chunks of a stream, each of which OpenAI's own client can read."""
    return [checked(chunk) for chunk in chunks_of(events, habits, is_done=is_done)]


def chunks_of(events: list[Json], habits: Habits, *, is_done: bool = True) -> list[Chunk]:
    stream = OpenAIStream(habits)
    chunks = [chunk for it in events for chunk in stream.feed("message", encoded(it))]
    if is_done:
        chunks += stream.feed("message", b"[DONE]")
    return chunks + stream.end()


def encoded(it: Json) -> bytes:
    return json.dumps(it, ensure_ascii=False).encode()


def checked(chunk: Chunk) -> Json:
    body: Json = json.loads(chunk.body)
    ChatCompletionChunk.model_validate(body)
    return body


def deltas(chunks: list[Json]) -> list[Json]:
    """What the chunks say, without roles and ends."""
    said = [it["choices"][0]["delta"] for it in chunks if it["choices"]]
    return [words for words in ({k: v for k, v in it.items() if k != "role"} for it in said) if words]


def calls(chunks: list[Json]) -> list[Json]:
    return [fragment for words in deltas(chunks) for fragment in words.get("tool_calls", [])]


def finishes(chunks: list[Json]) -> list[str]:
    return [c["finish_reason"] for it in chunks for c in it["choices"] if c["finish_reason"] is not None]


def roles(chunks: list[Json]) -> list[str]:
    return [c["delta"]["role"] for it in chunks for c in it["choices"] if "role" in c["delta"]]
