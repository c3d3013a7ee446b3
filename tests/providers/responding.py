"""Requests and answers of the Responses route, checked against the official client's own types."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from pydantic import TypeAdapter

from app.chat.request import ChatRequest
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
from app.providers.openai import OpenAIDialect
from app.providers.verdicts import CannotServe
from tests.providers.exchanging import unnumbered

Json = dict[str, Any]

HI: Json = {"role": "user", "content": "Hi"}
SCHEMA: Json = {"type": "object", "properties": {"x": {"type": "integer"}}}
TOOL: Json = {"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA}}
CUSTOM_TOOL: Json = {"type": "custom", "custom": {"name": "c"}}

_PLAIN: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsNonStreaming)
_STREAM: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsStreaming)
_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def chat(*, is_strict: bool = False, **fields: Any) -> ChatRequest:
    body = {"model": "any", "messages": [HI], "tools": [TOOL], **fields}
    return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)


def translated(
    *, is_strict: bool = False, model: str = "gpt-5.5", recall: Recall = recall_nothing, **fields: Any
) -> Exchange:
    target = Target(model, Endpoint("https://api.openai.com/v1", "sk-secret"), recall)
    exchange = OpenAIDialect().translate(chat(is_strict=is_strict, **fields), target)
    assert exchange.request.url == "https://api.openai.com/v1/responses"
    return exchange


def body_of(exchange: Exchange) -> Json:
    """The body, once the client's types have found nothing wrong with it."""
    body: Json = json.loads(exchange.request.body)
    types = _STREAM if body.get("stream") else _PLAIN
    checked = types.validate_json(exchange.request.body, strict=False, extra="forbid")
    # Iterables are validated while they are walked.
    for name in ("input", "tools"):
        list(checked.get(name) or [])
    return body


def objections(*, is_strict: bool = False, model: str = "gpt-5.5", **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(CannotServe) as refused:
        translated(is_strict=is_strict, model=model, **fields)
    return [(it.param, it.code) for it in refused.value.objections]


def response(output: list[Json], *, status: str = "completed", **fields: Any) -> Json:
    """A whole response, as the client's types know it."""
    counts = {
        "input_tokens": 20,
        "input_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 4},
        "output_tokens": 9,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 29,
    }
    whole = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1.0,
        "model": "gpt-5.5-2026-04-23",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "status": status,
        "usage": counts,
        **fields,
    }
    Response.model_validate(whole)
    return whole


def message(*parts: Json, number: int = 0) -> Json:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": list(parts),
    }


def text(words: str, **fields: Any) -> Json:
    return {"type": "output_text", "text": words, "annotations": [], **fields}


def reasoning(*summary: str, number: int = 0, sealed: str | None = "gAAA") -> Json:
    parts = [{"type": "summary_text", "text": words} for words in summary]
    return {"id": f"rs_{number}", "type": "reasoning", "summary": parts, "encrypted_content": sealed}


def function_call(call_id: str, name: str, arguments: str) -> Json:
    return {
        "id": f"fc_{call_id}",
        "type": "function_call",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


def custom_call(call_id: str, name: str, words: str) -> Json:
    return {
        "id": f"ct_{call_id}",
        "type": "custom_tool_call",
        "call_id": call_id,
        "name": name,
        "input": words,
    }


def events_of(whole: Json, size: int = 3) -> list[Json]:
    """The events in which the response would be streamed, deltas of so many characters each."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    events: list[Json] = [{"type": "response.created", "response": begun}]
    for number, item in enumerate(whole["output"]):
        events.append({"type": "response.output_item.added", "item": _emptied(item), "output_index": number})
        events += [{"item_id": item["id"], "output_index": number, **it} for it in _fragments(item, size)]
        events.append({"type": "response.output_item.done", "item": item, "output_index": number})
    events.append({"type": f"response.{whole['status']}", "response": whole})
    numbered = [{**it, "sequence_number": number} for number, it in enumerate(events)]
    for it in numbered:
        _EVENT.validate_python(it)
    return numbered


def _emptied(item: Json) -> Json:
    empty = {"content": [], "summary": [], "arguments": "", "input": "", "status": "in_progress"}
    return {name: empty.get(name, value) for name, value in item.items()}


def _fragments(item: Json, size: int) -> list[Json]:
    if item["type"] == "function_call":
        kind, words = "response.function_call_arguments", item["arguments"]
        return [{"type": f"{kind}.delta", "delta": it} for it in _cut(words, size)]
    if item["type"] == "custom_tool_call":
        return [
            {"type": "response.custom_tool_call_input.delta", "delta": it} for it in _cut(item["input"], size)
        ]
    fragments: list[Json] = []
    for number, part in enumerate(item.get("summary", [])):
        at = {"summary_index": number}
        fragments.append({"type": "response.reasoning_summary_part.added", "part": part, **at})
        fragments += [
            {"type": "response.reasoning_summary_text.delta", "delta": it, **at}
            for it in _cut(part["text"], size)
        ]
    for number, part in enumerate(item.get("content", [])):
        at = {"content_index": number}
        is_refusal = part["type"] == "refusal"
        kind = "response.refusal.delta" if is_refusal else "response.output_text.delta"
        more: Json = {} if is_refusal else {"logprobs": []}
        words = part["refusal"] if is_refusal else part["text"]
        fragments += [{"type": kind, "delta": it, **at, **more} for it in _cut(words, size)]
    return fragments


def _cut(words: str, size: int) -> list[str]:
    return [words[at : at + size] for at in range(0, len(words), size)]


def plain(exchange: Exchange, whole: Json) -> tuple[Answer, Json]:
    """The plain answer, and it decoded."""
    answer = exchange.decode(json.dumps(whole).encode())
    assert isinstance(answer, Answer)
    decoded: Json = json.loads(answer.body)
    ChatCompletion.model_validate(decoded)
    return answer, decoded


def streamed(exchange: Exchange, events: list[Json]) -> tuple[StreamDecoder, list[Chunk]]:
    """The stream, and its chunks, which the client's types have found nothing wrong with."""
    stream = exchange.stream()
    chunks = [
        chunk
        for event in events
        for chunk in stream.feed(event["type"], json.dumps(event, ensure_ascii=False).encode())
    ]
    if stream.is_complete:
        chunks += stream.end()
    for chunk in chunks:
        # The types of chunks know no custom tools, though the API streams them.
        ChatCompletionChunk.model_validate_json(chunk.body.replace(b'"type":"custom"', b'"type":"function"'))
    return stream, chunks


def folded(chunks: list[Chunk]) -> Json:
    """The message that a client puts together from the chunks, and its finish reason."""
    folded: Json = {"role": "assistant", "content": None, "refusal": None}
    calls: dict[int, Json] = {}
    for chunk in chunks:
        for choice in json.loads(chunk.body)["choices"]:
            for name, value in choice["delta"].items():
                if name == "tool_calls":
                    for fragment in value:
                        _fold_call(calls, fragment)
                elif name in {"reasoning_details", "annotations"}:
                    folded.setdefault(name, []).extend(unnumbered(value))
                elif name != "role":
                    folded[name] = (folded.get(name) or "") + value
            folded["finish_reason"] = choice["finish_reason"]
    if calls:
        folded["tool_calls"] = [calls[number] for number in sorted(calls)]
    if not folded["content"] and (calls or folded["refusal"]):
        folded["content"] = None
    return folded


def _fold_call(calls: dict[int, Json], fragment: Json) -> None:
    call = calls.setdefault(fragment["index"], {})
    for name in ("id", "type"):
        call |= {name: fragment[name]} if name in fragment else {}
    for kind, key in (("function", "arguments"), ("custom", "input")):
        if kind in fragment:
            called = call.setdefault(kind, {"name": "", key: ""})
            called["name"] += fragment[kind].get("name", "")
            called[key] += fragment[kind].get(key, "")
