"""What the tests of Google's dialect share: requests in OpenAI's words, and what becomes of them."""

import json
from typing import Any

import msgspec
from google.genai import types
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.providers.base import Answer, Chunk, Endpoint, Exchange, Recall, Target, recall_nothing
from app.providers.google import GoogleDialect
from app.providers.verdicts import CannotServe, Objection
from app.upstream.sse import SseParser
from tests.providers.exchanging import unnumbered

# Rows of JSON: the tests know their shape.
Row = dict[str, Any]

HI: Row = {"role": "user", "content": "Hi"}
WEATHER: Row = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
CLOCK: Row = {"type": "function", "function": {"name": "get_time"}}
PNG = "iVBORw0KGgoAAAANSUhEUg=="
PICTURE = f"data:image/png;base64,{PNG}"
PDF = "JVBERi0xLjcK"
ENDPOINT = Endpoint("https://generativelanguage.googleapis.com", "AIza-secret")


def chat(*, is_strict: bool = False, **fields: Any) -> ChatRequest:
    """A request; a short conversation where none is given."""
    body = {"model": "gemini-3-flash", "messages": [HI], **fields}
    return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)


def exchange(request: ChatRequest, *, recall: Recall = recall_nothing, refused: str = "") -> Exchange:
    """The translation of a request."""
    target = Target(request.model, ENDPOINT, recall, frozenset(refused.split()))
    return GoogleDialect().translate(request, target)


def body_of(request: ChatRequest, *, recall: Recall = recall_nothing) -> Row:
    """The native body, checked against Google's own types."""
    body: Row = json.loads(exchange(request, recall=recall).request.body)
    check_native(body)
    return body


def translated(**fields: Any) -> Row:
    """The native body of a request with these fields."""
    return body_of(chat(**fields))


def generation(**fields: Any) -> Row:
    """The native `generationConfig`, without what asks for thoughts."""
    config: Row = translated(**fields).get("generationConfig", {})
    return {name: value for name, value in config.items() if name != "thinkingConfig"}


def objections(**fields: Any) -> tuple[Objection, ...]:
    """Why a request cannot be served; nothing where it can."""
    try:
        exchange(chat(**fields))
    except CannotServe as refusal:
        return refusal.objections
    return ()


def check_native(body: Row) -> None:
    """Google's SDK knows every field, by its name on the wire, and takes its value."""
    for content in body["contents"]:
        types.Content.model_validate(content)
    if "systemInstruction" in body:
        types.Content.model_validate(body["systemInstruction"])
    beside = {name: value for name, value in body.items() if name not in {"contents", "generationConfig"}}
    types.GenerateContentConfig.model_validate({**beside, **body.get("generationConfig", {})})


def frame(*parts: Row, finish: str | None = None, usage: Row | None = None, **candidate: Any) -> Row:
    """A GenerateContentResponse with one candidate."""
    said: Row = {"content": {"role": "model", "parts": list(parts)}} if parts else {}
    ended = {} if finish is None else {"finishReason": finish}
    counted = {} if usage is None else {"usageMetadata": usage}
    whole = {"candidates": [{**said, **ended, "index": 0, **candidate}], **counted}
    return {**whole, "modelVersion": "gemini-3-flash-001", "responseId": "resp-1"}


def call(name: str = "get_weather", args: Row | None = None, **more: str) -> Row:
    """A functionCall part."""
    identity = {"id": more.pop("id")} if "id" in more else {}
    return {"functionCall": {**identity, "name": name, **({} if args is None else {"args": args})}, **more}


def grounding(start: int, end: int, **more: Any) -> Row:
    """What bears out these bytes."""
    sources = [{"web": {"uri": "https://a.example", "title": "A"}}, {"retrievedContext": {}}]
    segment = {"startIndex": start, "endIndex": end, **more}
    supports = [{"segment": segment, "groundingChunkIndices": [0, 1, 9]}]
    return {"groundingChunks": sources, "groundingSupports": supports}


def answered(frame: Row, request: ChatRequest | None = None) -> Answer:
    """The answer that a frame is."""
    decoded = exchange(request or chat()).decode(json.dumps(frame, ensure_ascii=False).encode())
    assert isinstance(decoded, Answer)
    ChatCompletion.model_validate_json(decoded.body)
    return decoded


def completion(frame: Row, request: ChatRequest | None = None) -> Row:
    """The answer's JSON."""
    body: Row = json.loads(answered(frame, request).body)
    return body


def choice(frame: Row, request: ChatRequest | None = None) -> Row:
    """The answer's first choice."""
    first: Row = completion(frame, request)["choices"][0]
    return first


def sse(*frames: Row, newline: str = "\n") -> bytes:
    """The frames as Google streams them."""
    events = (f"data: {json.dumps(it, ensure_ascii=False)}{newline}{newline}" for it in frames)
    return "".join(events).encode()


def streamed(stream: bytes, request: ChatRequest | None = None, *, size: int = 0) -> list[Chunk]:
    """The chunks of a stream that arrives in reads of `size` bytes; all at once where it is 0."""
    decoder = exchange(request or chat(stream=True)).stream()
    parser = SseParser(1_000_000)
    events = []
    for start in range(0, len(stream), size or len(stream) or 1):
        events += parser.feed(stream[start : start + (size or len(stream))])
    events += parser.end()
    chunks = [chunk for event in events for chunk in decoder.feed(event.event, event.data)]
    assert decoder.is_complete
    return chunks + decoder.end()


def shown(chunks: list[Chunk]) -> list[Row]:
    """The chunks' JSON, without the moment; each is a chunk to OpenAI's SDK."""
    for chunk in chunks:
        ChatCompletionChunk.model_validate_json(chunk.body)
        assert b"\n" not in chunk.body
    return [{**json.loads(chunk.body), "created": 0} for chunk in chunks]


def deltas(*frames: Row, request: ChatRequest | None = None) -> list[Row]:
    """The deltas of a stream of these frames, the finish reason among them."""
    choices = [it["choices"][0] for it in shown(streamed(sse(*frames), request)) if it["choices"]]
    return [it["delta"] or {"finish_reason": it["finish_reason"]} for it in choices]


def remembering(*details: ReasoningDetail) -> Recall:
    """A memory that holds these details."""
    return lambda call_id: tuple(detail for detail in details if detail.call_id == call_id)


def detail(kind: str, part: Row, *, position: int = 0, call_id: str | None = None) -> Row:
    """A reasoning detail as a client sends it back."""
    whole = {"type": kind, "model": "gemini-3-flash", "position": position, "block": part}
    return whole if call_id is None else {**whole, "call_id": call_id}


def as_detail(row: Row) -> ReasoningDetail:
    """A reasoning detail as the gateway remembers it."""
    return msgspec.json.decode(json.dumps(row), type=ReasoningDetail)


def function(name: str, **more: Any) -> Row:
    """A function tool."""
    return {"type": "function", "function": {"name": name, **more}}


def called(call_id: str, name: str = "get_weather", arguments: str = "{}", **more: Any) -> Row:
    """A call as a client sends it back."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def signed(call_id: str, signature: str) -> Row:
    """A call with Google's signature."""
    return called(call_id, extra_content={"google": {"thought_signature": signature}})


def calling(*calls: Row, content: object = None, **more: Any) -> Row:
    """An answer that calls."""
    return {"role": "assistant", "content": content, "tool_calls": list(calls), **more}


def result(call_id: str, content: object = "42") -> Row:
    """A call's result."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def user(*parts: Row | str) -> Row:
    """What the user says: texts and other parts."""
    return {"role": "user", "content": [text_part(part) for part in parts]}


def text_part(part: Row | str) -> Row:
    """A part; a text stands for one."""
    return {"type": "text", "text": part} if isinstance(part, str) else part


def image(url: str, **more: str) -> Row:
    """An image."""
    return {"type": "image_url", "image_url": {"url": url, **more}}


def file(**content: str) -> Row:
    """A file."""
    return {"type": "file", "file": content}


def contents(*messages: Row, **fields: Any) -> list[Row]:
    """The native contents of these messages."""
    made: list[Row] = translated(messages=messages, **fields)["contents"]
    return made


def notes(*messages: Row, **fields: Any) -> tuple[str, ...]:
    """What is reported of these messages."""
    return exchange(chat(messages=messages, **fields)).notes


def fold(chunks: list[Row]) -> Row:
    """The choice that the chunks add up to."""
    message: Row = {"role": "", "content": "", "refusal": None}
    calls: list[Row] = []
    finish = None
    logprobs: list[Row] = []
    for it in chunks:
        for part in it["choices"]:
            finish = part["finish_reason"] or finish
            logprobs += (part.get("logprobs") or {}).get("content", [])
            for name, value in part["delta"].items():
                if name == "tool_calls":
                    _fold_call(calls, value[0])
                elif isinstance(value, list):
                    message[name] = message.get(name, []) + unnumbered(value)
                else:
                    message[name] = (message.get(name) or "") + value
    if calls:
        message["tool_calls"] = calls
    message["content"] = message["content"] or (None if calls or message["refusal"] else "")
    shown_logprobs = {"content": logprobs, "refusal": None} if logprobs else None
    return {"index": 0, "message": message, "logprobs": shown_logprobs, "finish_reason": finish}


def _fold_call(calls: list[Row], fragment: Row) -> None:
    if fragment["index"] == len(calls):
        calls.append({name: it for name, it in fragment.items() if name != "index"})
    else:
        calls[fragment["index"]]["function"]["arguments"] += fragment["function"]["arguments"]
