"""What the tests of Cohere's dialect share."""

import inspect
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cohere.types.chat_message_v2 import (
    AssistantChatMessageV2,
    SystemChatMessageV2,
    ToolChatMessageV2,
    UserChatMessageV2,
)
from cohere.types.thinking import Thinking
from cohere.types.tool_v2 import ToolV2
from cohere.v2.client import V2Client

from app.providers.cohere import CohereDialect
from app.simulator.cohere.request import read
from tests.providers.exchanging import Party, Row

_MESSAGES: Mapping[str, Any] = MappingProxyType(
    {
        "system": SystemChatMessageV2,
        "user": UserChatMessageV2,
        "assistant": AssistantChatMessageV2,
        "tool": ToolChatMessageV2,
    }
)
_FIELDS = frozenset(inspect.signature(V2Client.chat).parameters) | {"stream"}
USAGE: Row = {"tokens": {"input_tokens": 10.0, "output_tokens": 5.0}, "billed_units": {"input_tokens": 3.0}}


def check(body: Row) -> None:
    """The SDK knows every field and takes its value; so does the simulator, which takes nothing else."""
    assert body.keys() <= _FIELDS
    for message in body["messages"]:
        assert not _MESSAGES[message["role"]].model_validate(message).model_extra
    for tool in body.get("tools", ()):
        assert not ToolV2.model_validate(tool).model_extra
    if "thinking" in body:
        assert not Thinking.model_validate(body["thinking"]).model_extra
    read(json.dumps(body).encode())


COHERE = Party(CohereDialect(), "command-a-reasoning-08-2025", check)
SEEING = Party(CohereDialect(), "command-a-plus-05-2026", check)
PLANNING = Party(CohereDialect(), "command-a-03-2025", check)
OLD = Party(CohereDialect(), "command-r-08-2024", check)
UNKNOWN = Party(CohereDialect(), "command-z-2027", check)


def text(text: str) -> Row:
    """A block of text."""
    return {"type": "text", "text": text}


def thinking(text: str) -> Row:
    """A block of thought."""
    return {"type": "thinking", "thinking": text}


def answer(**fields: Any) -> Row:
    """A plain answer; `fields` are the message's."""
    reason = fields.pop("finish_reason", "COMPLETE")
    message = {"role": "assistant", **fields}
    return {"id": "c-1", "finish_reason": reason, "message": message, "usage": USAGE}


def event(kind: str, index: int | None = None, **message: Any) -> Row:
    """One event of a stream."""
    place = {} if index is None else {"index": index}
    return {"type": kind, **place, **({"delta": {"message": message}} if message else {})}


def start() -> Row:
    """The first event."""
    return {"type": "message-start", "id": "c-1", "delta": {"message": {"role": "assistant", "content": []}}}


def end(reason: str = "COMPLETE", **delta: Any) -> Row:
    """The last event."""
    return {"type": "message-end", "delta": {"finish_reason": reason, "usage": USAGE, **delta}}


def said(index: int, *pieces: str, kind: str = "text") -> list[Row]:
    """The events of a block."""
    opening = event("content-start", index, content={"type": kind, kind: ""})
    parts = [event("content-delta", index, content={kind: piece}) for piece in pieces]
    return [opening, *parts, event("content-end", index)]


def called(index: int, call: Row, *fragments: str) -> list[Row]:
    """The events of a call."""
    opening = {**call, "function": {**call["function"], "arguments": ""}}
    parts = [
        event("tool-call-delta", index, tool_calls={"function": {"arguments": piece}}) for piece in fragments
    ]
    return [event("tool-call-start", index, tool_calls=opening), *parts, event("tool-call-end", index)]
