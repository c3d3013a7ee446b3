"""Cohere's wire format of answers, whole and streamed."""

import zlib
from collections.abc import Iterator, Sequence
from uuid import UUID

from app.simulator.api import Json, encoded
from app.simulator.chat import ToolCall, tokens
from app.simulator.cohere.answering import Answer


def plain(identifier: UUID, answer: Answer) -> Json:
    """The answer to a request that does not stream."""
    message: Json = {"role": "assistant"}
    if answer.plan:
        message["tool_plan"] = "".join(answer.plan)
    if answer.calls:
        message["tool_calls"] = [_call(call, call.arguments) for call in answer.calls]
    if content := _content(answer):
        message["content"] = content
    if answer.citations:
        message["citations"] = list(answer.citations)
    body: Json = {"id": str(identifier), "finish_reason": answer.finish_reason, "message": message}
    if answer.has_logprobs:
        body["logprobs"] = [_logprob(token) for token in answer.tokens]
    return body if answer.usage is None else body | {"usage": answer.usage}


def stream(identifier: UUID, answer: Answer) -> Iterator[bytes]:
    """The events of a streamed answer."""
    opening: Json = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield _message_event("message-start", opening, {"id": str(identifier)})
    if answer.thoughts:
        yield from _content_events(0, "thinking", answer.thoughts)
    if answer.tokens or not answer.calls:
        yield from _content_events(1 if answer.thoughts else 0, "text", answer.tokens, answer)
    for token in answer.plan:
        yield _message_event("tool-plan-delta", {"tool_plan": token}, {})
    for index, call in enumerate(answer.calls):
        yield from _call_events(index, call)
    ending: Json = {"finish_reason": answer.finish_reason}
    yield event(
        "message-end", {"delta": ending if answer.usage is None else ending | {"usage": answer.usage}}
    )


def event(kind: str, body: Json) -> bytes:
    """One server-sent event; the kind stands in its name and in its body."""
    return b"event: " + kind.encode() + b"\ndata: " + encoded({"type": kind} | body) + b"\n\n"


def _message_event(kind: str, message: Json, more: Json) -> bytes:
    return event(kind, more | {"delta": {"message": message}})


def _content(answer: Answer) -> list[Json]:
    content: list[Json] = []
    if answer.thoughts:
        content.append({"type": "thinking", "thinking": "".join(answer.thoughts)})
    if answer.tokens or not answer.calls:
        content.append({"type": "text", "text": "".join(answer.tokens)})
    return content


def _content_events(
    index: int, kind: str, pieces: Sequence[str], cited: Answer | None = None
) -> Iterator[bytes]:
    place: Json = {"index": index}
    yield _message_event("content-start", {"content": {"type": kind, kind: ""}}, place)
    for piece in pieces:
        logprobs: Json = {"logprobs": _logprob(piece)} if cited is not None and cited.has_logprobs else {}
        yield _message_event("content-delta", {"content": {kind: piece}}, place | logprobs)
    for number, citation in enumerate(cited.citations if cited is not None else ()):
        yield _message_event("citation-start", {"citations": citation}, {"index": number})
        yield event("citation-end", {"index": number})
    yield event("content-end", place)


def _call_events(index: int, call: ToolCall) -> Iterator[bytes]:
    place: Json = {"index": index}
    yield _message_event("tool-call-start", {"tool_calls": _call(call, "")}, place)
    for piece in tokens(call.arguments):
        yield _message_event("tool-call-delta", {"tool_calls": {"function": {"arguments": piece}}}, place)
    yield event("tool-call-end", place)


def _call(call: ToolCall, arguments: str) -> Json:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _logprob(token: str) -> Json:
    return {"text": token, "token_ids": [zlib.crc32(token.encode()) % 255_000], "logprobs": [-0.01]}
