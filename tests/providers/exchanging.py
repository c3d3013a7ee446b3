"""Requests in OpenAI's words to one dialect, what becomes of them, and what comes back."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.providers.base import Answer, Chunk, Dialect, Endpoint, Exchange, Recall, Target, recall_nothing
from app.providers.verdicts import CannotServe
from app.upstream.sse import ServerSentEvent, SseParser

# Rows of JSON: the tests know their shape.
Row = dict[str, Any]

HI: Row = {"role": "user", "content": "Hi"}
CALL: Row = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"a":1}'}}
CALLED: Row = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT: Row = {"role": "tool", "tool_call_id": "call_1", "content": "42"}
SCHEMA: Row = {"type": "object", "properties": {"a": {"type": "integer"}}}


def function(name: str = "look_up", **fields: Any) -> Row:
    """A tool."""
    return {"type": "function", "function": {"name": name, **fields}}


@dataclass(frozen=True)
class Party:
    """A dialect that is asked for one model; `check` holds native bodies to the provider's own types."""

    dialect: Dialect
    model: str
    check: Callable[[Row], None]
    endpoint: Endpoint = field(default=Endpoint("https://provider.example", "secret"))

    def chat(self, *, is_strict: bool = False, **fields: Any) -> ChatRequest:
        """A request; a short conversation where none is given."""
        body = {"model": self.model, "messages": [HI], **fields}
        return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)

    def exchange(
        self, request: ChatRequest, *, recall: Recall = recall_nothing, refused: str = ""
    ) -> Exchange:
        """The translation of a request; its body is checked."""
        target = Target(request.model, self.endpoint, recall, frozenset(refused.split()))
        exchange = self.dialect.translate(request, target)
        assert self.dialect.translate(request, target).request == exchange.request
        self.check(json.loads(exchange.request.body))
        return exchange

    def sent(self, *, recall: Recall = recall_nothing, **fields: Any) -> Row:
        """The native body."""
        body: Row = json.loads(self.exchange(self.chat(**fields), recall=recall).request.body)
        return body

    def added(self, **fields: Any) -> Row:
        """What the fields add to the native body."""
        body = self.sent(**fields)
        return {name: value for name, value in body.items() if name not in {"model", "messages"}}

    def messages(self, *messages: Row, **fields: Any) -> list[Row]:
        """The native messages."""
        sent: list[Row] = self.sent(messages=list(messages), **fields)["messages"]
        return sent

    def notes(self, **fields: Any) -> tuple[str, ...]:
        """What was reported."""
        return self.exchange(self.chat(**fields)).notes

    def objections(self, **fields: Any) -> Row:
        """What was refused: codes by parameter."""
        try:
            self.exchange(self.chat(**fields))
        except CannotServe as refusal:
            return {it.param: it.code for it in refusal.objections}
        return {}

    def answered(self, answer: Row, **fields: Any) -> Answer:
        """The answer in OpenAI's shape."""
        return self.decoded(json.dumps(answer).encode(), **fields)

    def decoded(self, body: bytes, **fields: Any) -> Answer:
        """The answer that a body is."""
        decoded = self.exchange(self.chat(**fields)).decode(body)
        assert isinstance(decoded, Answer)
        ChatCompletion.model_validate_json(decoded.body)
        return decoded

    def choice(self, answer: Row, **fields: Any) -> Row:
        """The answer's first choice."""
        choice: Row = json.loads(self.answered(answer, **fields).body)["choices"][0]
        return choice

    def streamed(self, stream: bytes, *, size: int = 0, **fields: Any) -> list[Row]:
        """The chunks of a stream that comes in reads of `size` bytes, or all at once."""
        decoder = self.exchange(self.chat(stream=True, **fields)).stream()
        chunks: list[Chunk] = []
        step = size or len(stream)
        for event in events_in(stream[at : at + step] for at in range(0, len(stream), step)):
            chunks += decoder.feed(event.event, event.data)
        assert decoder.is_complete
        return shown([*chunks, *decoder.end()])


def events_in(pieces: Iterable[bytes]) -> list[ServerSentEvent]:
    """The events of a stream that comes in these pieces."""
    parser = SseParser(10_000_000)
    events = [it for piece in pieces for it in parser.feed(piece)]
    return events + parser.end()


def shown(chunks: Sequence[Chunk]) -> list[Row]:
    """The chunks' JSON, without the moment; each is a chunk to OpenAI's SDK."""
    for chunk in chunks:
        ChatCompletionChunk.model_validate_json(chunk.body)
        assert b"\n" not in chunk.body
    return [{**json.loads(chunk.body), "created": 0} for chunk in chunks]


def deltas(chunks: Sequence[Row]) -> list[Row]:
    """What the chunks add, the finish reason among them."""
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    return [choice["delta"] or {"finish_reason": choice["finish_reason"]} for choice in choices]


def folded(chunks: Sequence[Row], index: int = 0) -> Row:
    """The choice that a stream adds up to, in the shape of a plain answer's."""
    message: Row = {"role": "assistant", "content": None, "refusal": None}
    choice: Row = {"index": index, "message": message, "logprobs": None, "finish_reason": None}
    calls: list[Row] = []
    for part in (part for chunk in chunks for part in chunk["choices"] if part["index"] == index):
        delta = part["delta"]
        for name in ("content", "reasoning_content", "refusal"):
            if delta.get(name):
                message[name] = (message.get(name) or "") + delta[name]
        for name in ("reasoning_details", "annotations"):
            if name in delta:
                message[name] = message.get(name, []) + unnumbered(delta[name])
        for call in delta.get("tool_calls", ()):
            _add_call(calls, call)
        if part.get("logprobs"):
            known = (choice["logprobs"] or {"content": [], "refusal": None})["content"]
            choice["logprobs"] = {"content": known + part["logprobs"]["content"], "refusal": None}
        choice["finish_reason"] = part["finish_reason"] or choice["finish_reason"]
    if calls:
        message["tool_calls"] = calls
    elif message["content"] is None and message["refusal"] is None:
        message["content"] = ""
    return choice


def unnumbered(entries: Sequence[Row]) -> list[Row]:
    """The entries of a list as a plain answer has them; in a stream some have a number."""
    return [{name: value for name, value in entry.items() if name != "index"} for entry in entries]


def _add_call(calls: list[Row], call: Row) -> None:
    if "id" in call:
        assert call["index"] == len(calls)
        calls.append({name: value for name, value in call.items() if name != "index"})
    else:
        calls[call["index"]]["function"]["arguments"] += call["function"]["arguments"]


def remembering(*rows: Row) -> Recall:
    """A memory that holds these details."""
    details = [msgspec.json.decode(json.dumps(row), type=ReasoningDetail) for row in rows]
    return lambda call_id: tuple(detail for detail in details if detail.call_id == call_id)


def sse(*events: Row, newline: str = "\n", is_named: bool = False) -> bytes:
    """The events as a provider streams them, with the marker that ends them."""
    texts = [
        (f"event: {event['type']}{newline}" if is_named else "")
        + f"data: {json.dumps(event, ensure_ascii=False)}{newline}{newline}"
        for event in events
    ]
    return "".join([*texts, f"data: [DONE]{newline}{newline}"]).encode()
