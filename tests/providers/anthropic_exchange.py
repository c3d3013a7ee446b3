"""What tests of Anthropic's dialect say again and again."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from anthropic.types import MessageCreateParams
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import TypeAdapter

from app.chat.request import ChatRequest
from app.providers.anthropic import AnthropicDialect
from app.providers.base import (
    Answer,
    Chunk,
    Endpoint,
    Exchange,
    Recall,
    StreamDecoder,
    Target,
    recall_nothing,
)
from app.providers.verdicts import CannotServe
from app.upstream.sse import SseParser
from tests.providers.exchanging import unnumbered

ANTHROPIC = AnthropicDialect()
ENDPOINT = Endpoint("https://api.anthropic.com", "sk-ant-secret")
OPUS = "claude-opus-5-5"
USER = {"role": "user", "content": "Grüße"}
HAIKU = "claude-haiku-4-5"

Row = dict[str, Any]

_REQUEST: TypeAdapter[Any] = TypeAdapter(MessageCreateParams)
_SAMPLING = {"temperature", "top_p", "top_k"}


def chat(*, is_strict: bool = False, **fields: Any) -> ChatRequest:
    body = {"model": OPUS, "messages": [USER], **fields}
    return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)


def translate(
    model: str = OPUS,
    *,
    is_strict: bool = False,
    recall: Recall = recall_nothing,
    refused: frozenset[str] = frozenset(),
    **fields: Any,
) -> Exchange:
    target = Target(model, ENDPOINT, recall, refused)
    return ANTHROPIC.translate(chat(is_strict=is_strict, **fields), target)


def sent(exchange: Exchange) -> Row:
    """The native body, which the official SDK's types allow."""
    body: Row = json.loads(exchange.request.body)
    modern = {name: value for name, value in body.items() if name not in _SAMPLING}
    _exhaust(_REQUEST.validate_python(modern))
    return body


def _exhaust(value: object) -> None:
    # pydantic checks iterables while they are walked.
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for inner in value:
            _exhaust(inner)


def body_of(model: str = OPUS, **fields: Any) -> Row:
    return sent(translate(model, **fields))


def refused(model: str = OPUS, *, is_strict: bool = False, **fields: Any) -> list[tuple[str, str]]:
    """What is objected to: the parameters, and why in one word."""
    with pytest.raises(CannotServe) as error:
        translate(model, is_strict=is_strict, **fields)
    return [(it.param, it.code) for it in error.value.objections]


def message(*content: Row, stop_reason: str | None = "end_turn", **fields: Any) -> Row:
    """A native answer."""
    return {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5-5",
        "content": list(content),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
        **fields,
    }


def decoded(native: Row, exchange: Exchange | None = None) -> Answer:
    """What a native answer becomes."""
    answer = (exchange or translate()).decode(json.dumps(native, ensure_ascii=False).encode())
    assert isinstance(answer, Answer)
    return answer


def completion(answer: Answer) -> Row:
    """An answer that the official SDK's types allow."""
    ChatCompletion.model_validate_json(answer.body, strict=True)
    body: Row = json.loads(answer.body)
    return body


def events_of(native: Row) -> list[Row]:
    """A native answer as the events of a stream, its texts cut into single characters."""
    start = {**native, "content": [], "stop_reason": None}
    events: list[Row] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(native["content"]):
        empty, deltas = _cut(block)
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += ({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        events += ({"type": "content_block_stop", "index": index}, {"type": "ping"})
    ending = {"stop_reason": native["stop_reason"], "stop_details": native.get("stop_details")}
    events.append({"type": "message_delta", "delta": ending, "usage": native["usage"]})
    return [*events, {"type": "message_stop"}]


def _cut(block: Row) -> tuple[Row, list[Row]]:
    match block["type"]:
        case "text":
            cited = [
                {"type": "citations_delta", "citation": citation} for citation in block.get("citations", [])
            ]
            texts = [{"type": "text_delta", "text": sign} for sign in block["text"]]
            return {"type": "text", "text": ""}, cited + texts
        case "thinking":
            thoughts = [{"type": "thinking_delta", "thinking": sign} for sign in block["thinking"]]
            signature = {"type": "signature_delta", "signature": block["signature"]}
            return {"type": "thinking", "thinking": "", "signature": ""}, [*thoughts, signature]
        case "tool_use" | "server_tool_use":
            written = json.dumps(block["input"], separators=(",", ":"), ensure_ascii=False)
            fragments = ["", *(written if block["input"] else "")]
            return {**block, "input": {}}, [
                {"type": "input_json_delta", "partial_json": fragment} for fragment in fragments
            ]
        case _:
            return block, []


def sse(events: Iterable[Row]) -> bytes:
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        for event in events
    )


def fed(stream: StreamDecoder, data: bytes, size_bytes: int | None = None) -> list[Chunk]:
    """The chunks of a stream that arrives in pieces of a size."""
    parser, chunks = SseParser(1_000_000), []
    step = size_bytes or len(data) or 1
    for start in range(0, len(data), step):
        for event in parser.feed(data[start : start + step]):
            chunks += stream.feed(event.event, event.data)
    return chunks + (stream.end() if stream.is_complete else [])


def shown(chunks: Iterable[Chunk]) -> list[Row]:
    """Chunks that the official SDK's types allow."""
    for chunk in chunks:
        ChatCompletionChunk.model_validate_json(chunk.body, strict=True)
    return [json.loads(chunk.body) for chunk in chunks]


def folded(chunks: Iterable[Row]) -> Row:
    """The message that the deltas of one choice add up to, and how it ends."""
    whole: Row = {"finish_reason": None}
    for choice in (choice for chunk in chunks for choice in chunk["choices"]):
        for name, value in choice["delta"].items():
            if name == "tool_calls":
                _fold_calls(whole.setdefault(name, []), value)
            elif name == "role":
                whole[name] = value
            elif isinstance(value, list):
                whole[name] = whole.get(name, []) + unnumbered(value)
            else:
                whole[name] = whole[name] + value if name in whole else value
        whole["finish_reason"] = choice["finish_reason"] or whole["finish_reason"]
    return whole


def _fold_calls(calls: list[Row], deltas: list[Row]) -> None:
    for delta in deltas:
        if "id" in delta:
            assert delta["index"] == len(calls)
            calls.append({name: value for name, value in delta.items() if name != "index"})
            continue
        kind = "custom" if "custom" in delta else "function"
        call = calls[delta["index"]]
        for name, text in delta[kind].items():
            call[kind][name] += text
