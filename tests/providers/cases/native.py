"""Answers in the providers' own words, and what the rows of the tables expect of them."""

from collections.abc import Iterable
from typing import Any

from tests.providers import anthropic_exchange
from tests.providers.exchanging import Party, Row, deltas, folded
from tests.providers.streaming import FRAME

TOOLS: list[Row] = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("look_up", "get_time")
]


def claude(*events: Row | Iterable[Row], stop_reason: str = "end_turn", **usage: Any) -> bytes:
    """A stream of Anthropic's: its events, singly or by block, between the first and the last."""
    start = anthropic_exchange.message(stop_reason=None)
    ending = {"stop_reason": stop_reason, "stop_sequence": None}
    flat = [it for event in events for it in ([event] if isinstance(event, dict) else event)]
    return anthropic_exchange.sse(
        [
            {"type": "message_start", "message": start},
            *flat,
            {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 5, **usage}},
            {"type": "message_stop"},
        ]
    )


def block(index: int, opening: Row, *pieces: Row) -> list[Row]:
    """The events of one block of Anthropic's."""
    return [
        {"type": "content_block_start", "index": index, "content_block": opening},
        *({"type": "content_block_delta", "index": index, "delta": piece} for piece in pieces),
        {"type": "content_block_stop", "index": index},
    ]


def thought(index: int, text: str, signature: str) -> list[Row]:
    """The events of a thought of Anthropic's."""
    opening = {"type": "thinking", "thinking": "", "signature": ""}
    said = [{"type": "thinking_delta", "thinking": text}] if text else []
    return block(index, opening, *said, {"type": "signature_delta", "signature": signature})


def words(index: int, *pieces: str) -> list[Row]:
    """The events of a text of Anthropic's."""
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": it} for it in pieces))


def use(index: int, call_id: str, *fragments: str) -> list[Row]:
    """The events of a call of Anthropic's."""
    opening = {"type": "tool_use", "id": call_id, "name": "look_up", "input": {}}
    return block(index, opening, *({"type": "input_json_delta", "partial_json": it} for it in fragments))


def chunk(delta: Row | None, finish: str | None = None, **fields: Any) -> Row:
    """One chunk of a server that speaks OpenAI's dialect."""
    return {**FRAME, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **fields}


def opened(number: int, call_id: object, name: str = "look_up", **function: Any) -> Row:
    """The delta that opens a call."""
    call = {"index": number, "id": call_id, "type": "function"}
    return {"tool_calls": [{**call, "function": {"name": name, "arguments": "", **function}}]}


def argued(number: int, fragment: str) -> Row:
    """The delta that adds to a call's arguments."""
    return {"tool_calls": [{"index": number, "function": {"arguments": fragment}}]}


def made(call_id: object, arguments: str, name: str = "look_up", **fields: Any) -> Row:
    """A whole call."""
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
        **fields,
    }


def choice(content: str | None, finish: str = "stop", **message: Any) -> Row:
    """A whole choice; `message` is what it has beside its text."""
    told = {"role": "assistant", "content": content, "refusal": None, **message}
    return {"index": 0, "message": told, "logprobs": None, "finish_reason": finish}


def told(asked: Party, stream: bytes, **fields: Any) -> list[Row]:
    """The deltas of a stream, the finish reason among them, without the opaque state beside them."""
    return [it for it in deltas(asked.streamed(stream, **fields)) if "reasoning_details" not in it]


def told_both_ways(asked: Party, answer: Row, stream: bytes, **fields: Any) -> Row:
    """The choice that a plain answer is, which the same answer as a stream adds up to as well."""
    plain, streamed = asked.choice(answer, **fields), folded(asked.streamed(stream, **fields))
    for it in (plain, streamed):
        # Opaque state counts the blocks before it, which a stream may cut finer.
        it["message"].pop("reasoning_details", None)
    assert streamed == plain
    return plain
