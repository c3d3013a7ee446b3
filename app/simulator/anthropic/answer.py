"""Anthropic's answers: messages, whole and streamed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.simulator.api import Json, encoded
from app.simulator.chat import Choice, tokens

_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}

# Where the simulator finds everything.
_PAGE: Json = {"title": "Simulated answers", "url": "https://example.com/answers"}
_CITATION: Json = {
    "type": "web_search_result_location",
    "cited_text": "A simulated answer is made without any model behind it.",
    "encrypted_index": "c2ltdWxhdGVk",
} | _PAGE


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What is shown of the reasoning; `text` is empty where it is only signed."""

    text: str
    signature: str
    is_redacted: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A search of the web before the answer; one that is resumed was begun in an answer before."""

    id: str
    is_resumed: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and what it costs."""

    id: str
    model: str
    choice: Choice
    reasoning: Reasoning | None
    input_tokens: int
    cached_tokens: int = 0
    search: Search | None = None
    has_usage: bool = True


def whole(reply: Reply) -> Json:
    """The answer to a request that does not stream."""
    usage = {"usage": _usage(reply, reply.choice.billed_tokens)} if reply.has_usage else {}
    return _opened(reply) | _ended(reply.choice) | {"content": _content(reply)} | usage


def stream(reply: Reply) -> Iterator[bytes]:
    """The events of a streamed answer but for the last, `STOP`."""
    usage = {"usage": _usage(reply, 1)} if reply.has_usage else {}
    yield event({"type": "message_start", "message": _opened(reply) | usage})
    for index, block in enumerate(_content(reply)):
        yield event({"type": "content_block_start", "index": index, "content_block": _emptied(block)})
        if index == 0:
            yield event({"type": "ping"})
        for delta in _deltas(block):
            yield event({"type": "content_block_delta", "index": index, "delta": delta})
        yield event({"type": "content_block_stop", "index": index})
    # Figures of the end are totals, and the input's come once more.
    final = {"usage": _usage(reply, reply.choice.billed_tokens)} if reply.has_usage else {}
    end: Json = {"type": "message_delta", "delta": _ended(reply.choice)}
    yield event(end | final)


def event(body: Json) -> bytes:
    """`body` as a server-sent event, named as its type."""
    return f"event: {body['type']}\ndata: ".encode() + encoded(body) + b"\n\n"


STOP = event({"type": "message_stop"})


def _opened(reply: Reply) -> Json:
    return {
        "id": reply.id,
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
    }


def _ended(choice: Choice) -> Json:
    is_refused = choice.finish_reason == "content_filter"
    details = {
        "type": "refusal",
        "category": "cyber",
        "explanation": "This request triggered restrictions on cyber content.",
    }
    reason = _STOP_REASONS.get(choice.finish_reason, choice.finish_reason)
    return {
        "stop_reason": "stop_sequence" if choice.stopped_by else reason,
        "stop_sequence": choice.stopped_by,
        "stop_details": details if is_refused else None,
    }


def _content(reply: Reply) -> list[Json]:
    blocks: list[Json] = []
    reasoning = reply.reasoning
    if reasoning is not None and reasoning.is_redacted:
        blocks.append({"type": "redacted_thinking", "data": reasoning.signature})
    elif reasoning is not None:
        blocks.append({"type": "thinking", "thinking": reasoning.text, "signature": reasoning.signature})
    if reply.search is not None:
        blocks += _searched(reply.search, reply.choice)
    if reply.choice.tokens:
        citations: Json = {"citations": [_CITATION]} if reply.search is not None else {}
        blocks.append({"type": "text", "text": reply.choice.text} | citations)
    for call in reply.choice.calls:
        named: Json = {"id": f"toolu_{call.id.removeprefix('call_')}", "name": call.name}
        given: Json = {"input": json.loads(call.arguments), "caller": {"type": "direct"}}
        blocks.append({"type": "tool_use"} | named | given)
    return blocks


def _searched(search: Search, choice: Choice) -> list[Json]:
    """The search and what it gave; a turn that pauses has only the one, the next only the other."""
    call: Json = {"type": "server_tool_use", "id": search.id, "name": "web_search"}
    result = {"type": "web_search_result", "encrypted_content": "c2ltdWxhdGVk", "page_age": None} | _PAGE
    found: Json = {"type": "web_search_tool_result", "tool_use_id": search.id, "content": [result]}
    begun = [] if search.is_resumed else [call | {"input": {"query": "simulated answers"}}]
    return begun if choice.finish_reason == "pause_turn" else [*begun, found]


def _emptied(block: Json) -> Json:
    """The block as it starts, before any delta."""
    empty: dict[str, Json] = {
        "thinking": {"thinking": "", "signature": ""},
        "text": {"text": ""} | ({"citations": []} if "citations" in block else {}),
        "tool_use": {"input": {}},
        "server_tool_use": {"input": {}},
    }
    return block | empty.get(str(block["type"]), {})


def _deltas(block: Json) -> Iterator[Json]:
    match block:
        case {"type": "thinking", "thinking": str(text), "signature": signature}:
            for token in tokens(text):
                yield {"type": "thinking_delta", "thinking": token}
            yield {"type": "signature_delta", "signature": signature}
        case {"type": "text", "text": str(text)}:
            if "citations" in block:
                yield {"type": "citations_delta", "citation": _CITATION}
            for token in tokens(text):
                yield {"type": "text_delta", "text": token}
        case {"type": "tool_use" | "server_tool_use", "input": given}:
            # An empty fragment comes first, and stays alone where the tool is given nothing.
            for fragment in ("", *(tokens(json.dumps(given, ensure_ascii=False)) if given else ())):
                yield {"type": "input_json_delta", "partial_json": fragment}


def _usage(reply: Reply, output_tokens: int) -> Json:
    searched = {"web_search_requests": 1, "web_fetch_requests": 0}
    return {
        "input_tokens": reply.input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": reply.cached_tokens,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output_tokens,
        "output_tokens_details": {"thinking_tokens": min(len(reply.choice.thoughts), output_tokens)},
        "server_tool_use": searched if reply.search is not None else None,
        "service_tier": "standard",
    }
